"""What calls into the SDK, and into libraries with effects, mean to the interpreter."""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.durable import operations
from durable_lint.durable.caches import MADE_UP, is_cached, is_kept
from durable_lint.durable.checkpoints.losses import Loss, loss
from durable_lint.durable.checkpoints.storage import Result, is_plain
from durable_lint.durable.durations import duration
from durable_lint.durable.effects import Match, NamesTable, applies
from durable_lint.durable.house import HouseNames
from durable_lint.durable.paths import PathTable
from durable_lint.durable.sdk import (
    CALLED_FACTORIES,
    DURATION_UNITS,
    EXECUTION,
    FACTORIES,
    GET_RESULTS,
    IS_REPLAYING,
    OPERATIONS,
    PACKAGE,
    STRATEGIES,
    WITH_RETRY,
    Role,
    sdk_name,
)
from durable_lint.durable.shapes import (
    Body,
    BranchObject,
    Context,
    Effect,
    Factory,
    Handler,
    OperationMethod,
    Prepared,
)
from durable_lint.program.values.arguments import Arguments
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import (
    Container,
    External,
    Instance,
    Opaque,
    Site,
    member_path,
)
from durable_lint.program.values.values import (
    UNKNOWN,
    Shape,
    Value,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter


# The rule on values that are kept from import.
KEPT = "LDF114"

_PYTHON = sys.stdlib_module_names | frozenset(dir(builtins))


@dataclass(frozen=True, slots=True)
class Entry:
    """A function wrapped by `durable_execution`, and where it was wrapped."""

    function: Shape
    call: Call


@dataclass
class DurableLibrary:
    """The interpreter's knowledge of the SDK and of the names tables."""

    names: NamesTable
    step_wrappers: frozenset[str] = frozenset()
    entry_points: frozenset[str] = frozenset()
    house: HouseNames = field(default_factory=lambda: HouseNames(()))
    results: PathTable[Result] = field(default_factory=lambda: PathTable(()))
    entries: list[Entry] = field(default_factory=list)
    factories: list[tuple[Factory, Call]] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)

    def call(
        self,
        interpreter: Interpreter,
        call: Call,
        shape: Shape,
        body: object,
        default: Callable[[], Value],
    ) -> Value:
        """Return the result of calling something that is not a function of the project."""
        match shape:
            case External():
                return self._call_external(interpreter, call, shape, default)
            case OperationMethod():
                signature = OPERATIONS[shape.name]
                return operations.perform(interpreter, call, signature, shape.context)
            case Factory():
                site = Site(call.node, call.frame)
                prepared = Prepared(shape.role, shape.function, call.arguments, site)
                return value_of(prepared).mixed_with(call.arguments.all_values().origins)
            case Prepared():
                # Applied by hand, as in `lambda ctx: charge(order)(ctx)`.
                received = Arguments((*call.arguments.items, *shape.arguments.items))
                result, frames = interpreter.apply(
                    call.frame, call.node, shape.function, received, body
                )
                call.lead_to(frames)
                return result
            case BranchObject():
                result, frames = interpreter.apply(
                    call.frame, call.node, shape.function, call.arguments, body
                )
                call.lead_to(frames)
                return result
            case Handler():
                call.meaning = shape
                return UNKNOWN
            case _:
                return default()

    def _call_external(
        self,
        interpreter: Interpreter,
        call: Call,
        shape: External,
        default: Callable[[], Value],
    ) -> Value:
        name = sdk_name(shape.path)
        if name == GET_RESULTS:
            return operations.results_of_branches(shape, call)
        if name is not None:
            known = self._call_sdk(interpreter, call, name)
            if known is not None:
                return known
        if shape.path.removesuffix("()") in self.entry_points:
            return self._enter(call) or default()
        if shape.path in self.step_wrappers:
            return operations.run_wrapped_step(interpreter, call)
        match = self.names.find(shape.path)
        if match is None or match.entry.attribute:
            return default()
        if match.entry.is_selective and not applies(match.entry, call.arguments):
            return default()
        if not applies(match.entry, call.arguments):
            # What exempts the call exempts what it makes: a seeded generator is no `Random()`.
            made = External(f"{shape.path}(...)", Site(call.node, call.frame))
            return value_of(made).mixed_with(call.arguments.all_values().origins)
        if self._goes_on(interpreter, call, shape.path, match.code):
            return default()
        effect = Effect(match.code, _shown(match.path), match.entry.why, call.node, call.frame)
        call.meaning = effect
        return default().mixed_with(frozenset((effect,)))

    def _goes_on(self, interpreter: Interpreter, call: Call, path: str, code: str) -> bool:
        """Whether a call goes on with what an effect gave, as in `requests.get(url).json()`.

        Where the effect is a defect itself there is but one, and plain data has no effects.
        """
        earlier = [o for o in call.callee.origins if isinstance(o, Effect) and o.code == code]
        for origin in earlier:
            if origin.frame.body == call.frame.body and not _is_fetched_once(interpreter, origin):
                return True
        return bool(earlier) and is_plain(path.rpartition(".")[0], self.results)

    def _call_sdk(self, interpreter: Interpreter, call: Call, name: str) -> Value | None:
        if name in (EXECUTION, f"{EXECUTION}()"):
            return self._enter(call)
        if name in FACTORIES and name not in CALLED_FACTORIES:
            return self._factory(call, FACTORIES[name])
        factory, _, rest = name.partition("()")
        if factory in CALLED_FACTORIES and not rest and name.endswith("()"):
            return self._factory(call, FACTORIES[factory])
        if name == "ParallelBranch":
            return _branch(call)
        if name in DURATION_UNITS:
            made = value_of(duration(name, call.arguments))
            return made.mixed_with(call.arguments.all_values().origins)
        if name in STRATEGIES:
            operations.run_strategy(interpreter, call, name)
        if name == WITH_RETRY.name:
            for context in call.arguments.value(0, "context").shapes:
                if isinstance(context, Context) and context.durable:
                    return operations.perform(interpreter, call, WITH_RETRY, context)
        return None

    def _enter(self, call: Call) -> Value | None:
        given = call.arguments.value(0, "func")
        functions = [s for s in given.shapes if not isinstance(s, External)]
        if not functions:
            return None
        for function in functions:
            self.entries.append(Entry(function, call))
        return value_of(Handler(given))

    def _factory(self, call: Call, role: Role) -> Value:
        factory = Factory(role, call.arguments.value(0, "func"))
        self.factories.append((factory, call))
        return value_of(factory)

    def attribute(
        self, interpreter: Interpreter, frame: Frame, node: cst.CSTNode, shape: Shape, name: str
    ) -> Value | None:
        """Return an attribute of a context or of a library object with an effect."""
        match shape:
            case Context(durable=True):
                if name in OPERATIONS:
                    return value_of(OperationMethod(shape, name))
                path = f"{PACKAGE}.DurableContext().{name}"
                site = Site(node, frame) if path == IS_REPLAYING else None
                return self._read(interpreter, frame, node, path, site)
            case Context():
                return value_of(External(f"{PACKAGE}.StepContext().{name}"))
            case External():
                path = member_path(shape.path, name)
                return self._read(interpreter, frame, node, path, shape.site)
            case Handler() | Factory() if name == "__wrapped__":
                return shape.function
            case Opaque() | Container():
                lost = loss(frame, node, shape, name)
                if lost is not None:
                    self.losses.append(lost)
                return None
            case _:
                return None

    def _read(
        self,
        interpreter: Interpreter,
        frame: Frame,
        node: cst.CSTNode,
        path: str,
        site: Site | None = None,
    ) -> Value:
        value = value_of(External(path, site))
        match = self.names.find(path)
        if match is None or not match.entry.attribute:
            return value
        return _reading(interpreter, frame, node, match, value)

    def mentioned(
        self, interpreter: Interpreter, frame: Frame, node: cst.CSTNode, path: str, value: Value
    ) -> Value:
        """Return what `value` is where an expression may yield the member `path` of a library.

        `os.environ` is the same object by any name: it is read wherever it is mentioned. What a
        body has read before is not read again.
        """
        match = self.names.find(path)
        if match is None or not match.entry.attribute or _is_read(match, value):
            return value
        return _reading(interpreter, frame, node, match, value)

    def kept(
        self, interpreter: Interpreter, frame: Frame, node: cst.CSTNode, name: str, value: Value
    ) -> Value:
        """Return what a module keeps, as an effect of its own where it was drawn on import.

        An object or container may keep other things besides: what it keeps is read from it.
        """
        drawn = [o for o in value.origins if isinstance(o, Effect) and self._is_drawn(o)]
        holds = any(isinstance(shape, Container | Instance) for shape in value.shapes)
        if not drawn or holds or not isinstance(frame.body, Body):
            return value
        first = min(drawn, key=lambda effect: effect.path)
        why = f"keeps what {first.path} gave when the module was imported"
        effect = Effect(KEPT, name, why, node, frame.host)
        _record(interpreter, effect, value, "kept")
        return Value(value.shapes, value.origins.difference(drawn) | {effect}, value.open)

    def _is_drawn(self, effect: Effect) -> bool:
        """Whether an effect made plain data on import: what draws anew has an effect each time."""
        plain = effect.code in MADE_UP and is_plain(f"{effect.path}()", self.results)
        return effect.frame.body is None and plain

    def knows(self, path: str) -> bool:
        """Tell whether the SDK, Python or a names table has the library that `path` is from."""
        head = re.split(r"\W", path, maxsplit=1)[0]
        return head in _PYTHON or head == PACKAGE or self.names.has_library(head)

    def claimed(self, module: Path, name: str) -> str | None:
        """Return the path under which the settings know a member of a project's module."""
        return self.house.find(module, name)


def _reading(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, match: Match, value: Value
) -> Value:
    """Record that an attribute is read; return its value with that as an origin."""
    effect = Effect(match.code, _shown(match.path), match.entry.why, node, frame.host)
    _record(interpreter, effect, value)
    return value.mixed_with(frozenset((effect,)))


def _is_read(match: Match, value: Value) -> bool:
    """Tell whether a body has read an attribute already: it goes on with what it got."""
    earlier = (o for o in value.origins if isinstance(o, Effect) and o.code == match.code)
    return any(origin.frame.body is not None for origin in earlier)


def _is_fetched_once(interpreter: Interpreter, effect: Effect) -> bool:
    """Tell whether the value of an effect is kept by its frame, or by those that lead there."""
    around = (f for f in effect.frame.ancestors() if f.body == effect.frame.body)
    return any(is_cached(interpreter, f) or is_kept(interpreter, f, effect) for f in around)


def _branch(call: Call) -> Value:
    given = call.arguments.get(0, "func")
    site = Site(call.node, call.frame)
    if given is None:
        return UNKNOWN
    branch = BranchObject(given.value, site, given.node or call.node)
    return value_of(branch).mixed_with(given.value.origins)


def _record(interpreter: Interpreter, effect: Effect, value: Value, variant: str = "") -> None:
    """Record the effect of reading `value`, as a call that has no arguments."""
    order, frame = interpreter.tick(), effect.frame
    read = Call(effect.node, frame, frame.regions, order, value, Arguments(), value, [], effect)
    interpreter.record(read, variant)


def _shown(path: str) -> str:
    """Return a path as messages show it: a context by its usual name."""
    return path.replace(f"{PACKAGE}.DurableContext()", "context")

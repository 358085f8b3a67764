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
from durable_lint.durable.caches import is_cached, is_kept
from durable_lint.durable.durations import duration
from durable_lint.durable.effects import NamesTable, applies
from durable_lint.durable.house import HouseNames
from durable_lint.durable.paths import PathTable
from durable_lint.durable.sdk import (
    CALLED_FACTORIES,
    DURATION_UNITS,
    EXECUTION,
    FACTORIES,
    OPERATIONS,
    PACKAGE,
    STRATEGIES,
    WITH_RETRY,
    Role,
    sdk_name,
)
from durable_lint.durable.shapes import (
    BranchObject,
    Context,
    Effect,
    Factory,
    Handler,
    OperationMethod,
    Prepared,
)
from durable_lint.durable.storage import Result, is_plain
from durable_lint.program.arguments import Arguments
from durable_lint.program.frames import Call, Frame
from durable_lint.program.shapes import (
    External,
    Function,
    Site,
    member_path,
)
from durable_lint.program.values import (
    UNKNOWN,
    Shape,
    Value,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter


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
                return value_of(Prepared(shape.role, shape.function, call.arguments, site))
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
                return self._read(interpreter, frame, node, f"{PACKAGE}.DurableContext().{name}")
            case Context():
                return value_of(External(f"{PACKAGE}.StepContext().{name}"))
            case External():
                path = member_path(shape.path, name)
                return self._read(interpreter, frame, node, path, shape.site)
            case Handler() | Factory() if name == "__wrapped__":
                return shape.function
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
        host = frame.host
        effect = Effect(match.code, _shown(match.path), match.entry.why, node, host)
        event = Call(
            node, host, host.regions, interpreter.tick(), value, Arguments(), value, [], effect
        )
        interpreter.record(event)
        return value.mixed_with(frozenset((effect,)))

    def knows(self, path: str) -> bool:
        """Tell whether the SDK, Python or a names table has the library that `path` is from."""
        head = re.split(r"\W", path, maxsplit=1)[0]
        return head in _PYTHON or head == PACKAGE or self.names.has_library(head)

    def claimed(self, module: Path, name: str) -> str | None:
        """Return the path under which the settings know a member of a project's module."""
        return self.house.find(module, name)

    def entry_functions(self) -> list[Function]:
        """Return the functions of the project that are entry points."""
        return [entry.function for entry in self.entries if isinstance(entry.function, Function)]


def _is_fetched_once(interpreter: Interpreter, effect: Effect) -> bool:
    """Tell whether the value of an effect is kept by its frame, or by those that lead there."""
    around = (f for f in effect.frame.ancestors() if f.body == effect.frame.body)
    return any(is_cached(interpreter, f) or is_kept(interpreter, f, effect) for f in around)


def _branch(call: Call) -> Value:
    given = call.arguments.get(0, "func")
    site = Site(call.node, call.frame)
    if given is None:
        return UNKNOWN
    return value_of(BranchObject(given.value, site, given.node or call.node))


def _shown(path: str) -> str:
    """Return a path as messages show it: a context by its usual name."""
    return path.replace(f"{PACKAGE}.DurableContext()", "context")

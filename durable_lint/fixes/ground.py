"""What the code around an expression allows a fix to do with it."""

from __future__ import annotations

import builtins
import keyword
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import chain, count

import libcst as cst

from durable_lint.durable.checkpoints.storage import Result
from durable_lint.durable.flow.reach import Reach
from durable_lint.durable.shapes import Context, Effect
from durable_lint.durable.state.lifetimes import owner_of
from durable_lint.durable.walk import Walk
from durable_lint.findings import Applicability
from durable_lint.fixes.bindings import FunctionNames, binders
from durable_lint.fixes.happenings import Happenings, led_to, result_at
from durable_lint.fixes.naming import references
from durable_lint.fixes.surroundings import Surroundings
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.syntax import COMPREHENSIONS, FunctionNode, descendants
from durable_lint.program.running.changes import ONE_SHOT_KINDS
from durable_lint.program.values.frames import Call, Cell, Frame, Write
from durable_lint.program.values.operators import DATA
from durable_lint.program.values.shapes import (
    Constant,
    Container,
    External,
    Instance,
    Opaque,
)
from durable_lint.program.values.values import Shape, Value

_BOUND_TO_FRAME = frozenset(("locals", "super", "vars", "dir", "eval", "exec"))


class Ground:
    """The program around the code that fixes mend, and what they ask of it."""

    def __init__(self, walk: Walk, reach: Reach) -> None:
        self.walk = walk
        self.reach = reach
        self._happenings = Happenings(walk.events)
        self.around = Surroundings(walk, self._happenings)
        self._bindings: dict[tuple[cst.CSTNode, str], list[cst.CSTNode]] = {}
        self._names: dict[Module, set[str]] = {}
        self._given: dict[cst.CSTNode, str] = {}
        self._functions: dict[FunctionNode, FunctionNames] = {}

    def context(self, frame: Frame, node: cst.CSTNode) -> str | None:
        """Return the expression that is the context of the body at `node`, whoever runs the code.

        None where there is none, where its name means something else at `node`, and where the code
        runs for several bodies that do not all find their own context by that name.
        """
        path = self.reach.context(frame)
        if path is None:
            return None
        name = path.partition(".")[0]
        owner = frame.owner_of(name)
        if owner is None or not _is_certain(owner, frame, path):
            return None
        if not all(self.reach.context(other) == path for other in self._activations[frame.node]):
            return None
        if self._is_hidden(frame, node, name) or self._is_put_off(frame, node):
            return None
        return path if self.is_bound_before(owner, frame, node, name) else None

    @cached_property
    def _activations(self) -> dict[cst.CSTNode, list[Frame]]:
        found: dict[cst.CSTNode, list[Frame]] = defaultdict(list)
        for frame in self.walk.interpreter.frames:
            found[frame.node].append(frame)
        return found

    def is_global(self, frame: Frame, node: cst.CSTNode, name: str) -> bool:
        """Tell whether `name`, written at `node`, would mean the module's name or a builtin."""
        current: Frame | None = frame
        while current is not None and current.outer is not None:
            if name in current.scope.bound:
                return False
            current = current.outer
        return not self._is_hidden(frame, node, name)

    def is_builtin(self, frame: Frame, node: cst.CSTNode, name: str) -> bool:
        """Tell whether `name`, written at `node`, would mean the builtin."""
        return frame.owner_of(name) is None and self.is_global(frame, node, name)

    def _is_hidden(self, frame: Frame, node: cst.CSTNode, name: str) -> bool:
        return any(name in self.walk.interpreter.scope(b).bound for b in _blocks(frame, node))

    def _is_put_off(self, frame: Frame, node: cst.CSTNode) -> bool:
        """Whether `node` runs when somebody draws from a generator, which may be in a step."""
        drawn = (b for b in _blocks(frame, node) if isinstance(b, cst.GeneratorExp))
        return not all(self._is_drawn_at_once(frame, generator) for generator in drawn)

    def _is_drawn_at_once(self, frame: Frame, generator: cst.GeneratorExp) -> bool:
        parents = frame.module.parents
        parent = parents[generator]
        if not isinstance(parent, cst.Arg):
            return isinstance(parent, cst.For | cst.CompFor | cst.StarredElement)
        made = result_at(frame, parents[parent])
        shape = made.only() if made is not None else None
        return isinstance(shape, Shape) and not (
            isinstance(shape, Container) and shape.kind in ONE_SHOT_KINDS
        )

    def is_bound_before(self, owner: Frame, frame: Frame, node: cst.CSTNode, name: str) -> bool:
        """Tell whether `name` of `owner` is bound once only, and before `node` runs in `frame`."""
        key = (owner.node, name)
        if key not in self._bindings:
            found = (node for bound, node in binders(owner.node) if bound == name)
            self._bindings[key] = [node for node in found if node is not owner.node]
        match self._bindings[key]:
            case [cst.Param()]:
                return True
            case [binding]:
                span = owner.module.span
                return owner is not frame or span(binding).start < span(node).start
            case _:
                return False

    def moving(
        self, frame: Frame, node: cst.CSTNode, context: str, *, may_fail: bool
    ) -> Applicability | None:
        """Return what moving `node` into a step on `context` would be; None where it must not be.

        It must not be where the code would do something else in a function of its own or when it
        is not run again on replay. `may_fail` says that the step may fail and be retried.
        """
        names = {reference.value for reference in references(node)}
        if context.partition(".")[0] in names or self.is_bound_to_frame(frame, node):
            return None
        calls = [event for event in self._happenings.within(frame, node) if isinstance(event, Call)]
        if any(self.walk.is_or_makes_operation(call) for call in calls):
            return None
        if self._acts_on_process(calls):
            return None
        if not self.around.allow_operation(frame, node, may_fail=may_fail, suspends=may_fail):
            return None
        return self._losses(frame, node, calls)

    def is_bound_to_frame(self, frame: Frame, node: cst.CSTNode) -> bool:
        """Tell whether `node` cannot stand in a function of its own."""
        names = {reference.value for reference in references(node)}
        if any(isinstance(n, cst.Await | cst.Yield | cst.NamedExpr) for n in descendants(node)):
            return True
        if any(frame.owner_of(name) is None for name in names & _BOUND_TO_FRAME):
            return True
        # A function does not see the names of a class body that it stands in.
        classes = (b for b in _blocks(frame, node) if isinstance(b, cst.ClassDef))
        return any(names & self.walk.interpreter.scope(block).bound for block in classes)

    def _acts_on_process(self, calls: list[Call]) -> bool:
        """Whether calls change the process they are made in, which another one does not see."""
        results = self.walk.vocabulary.results
        inner = (e for frame in led_to(calls).values() for e in frame.all_events())
        made = chain(calls, (event for event in inner if isinstance(event, Call)))
        paths = (s.path for call in made for s in call.callee.shapes if isinstance(s, External))
        return any(results.find(f"{path}()") is Result.IN_PROCESS for path in paths)

    def may_raise(self, frame: Frame, node: cst.CSTNode) -> bool:
        """Tell whether `node` may fail: it looks into data, or calls more than a library.

        A library's function that is given nothing unknown does not.
        """
        if any(isinstance(n, cst.Index | cst.Raise | cst.Assert) for n in descendants(node)):
            return True
        calls = [event for event in self._happenings.within(frame, node) if isinstance(event, Call)]
        values = [call.callee for call in calls]
        values += [item.value for call in calls for item in call.arguments.items]
        return not all(_is_settled(value) for value in values)

    def _losses(self, frame: Frame, node: cst.CSTNode, calls: list[Call]) -> Applicability | None:
        """Return SAFE where `node` changes nothing outside of it, UNSAFE where only a module's."""
        inside = {id(n) for n in descendants(node)}
        frames = led_to(calls)
        events = [e for f in frames.values() for e in f.all_events()]
        events += self._happenings.within(frame, node)
        acts = (e for e in events if isinstance(e, Call) and isinstance(e.meaning, Effect))
        acted_on = {id(event.node) for event in acts}
        worst = Applicability.SAFE
        for event in events:
            if not isinstance(event, Write):
                continue
            if isinstance(event.target, External) and id(event.node) in acted_on:
                # What an effect does to the object that it is asked of is the effect itself.
                continue
            if _is_made_in(event.target, frames, inside):
                continue
            if owner_of(event.target) is not None:
                return None
            worst = Applicability.UNSAFE
        return worst

    def names_of(self, module: Module, function: FunctionNode) -> FunctionNames:
        """Return the names of a function, collected once."""
        if function not in self._functions:
            self._functions[function] = FunctionNames(module, function)
        return self._functions[function]

    def fresh_name(self, module: Module, node: cst.CSTNode, wanted: str) -> str:
        """Return `wanted`, or a name like it, that the module does not use; one for each `node`."""
        if node not in self._given:
            if module not in self._names:
                used = {name.value for name in references(module.tree)}
                self._names[module] = used.union(dir(builtins), keyword.kwlist)
            taken = self._names[module]
            numbered = (f"{wanted}_step_{number}" for number in count(2))
            name = next(n for n in chain((wanted, f"{wanted}_step"), numbered) if n not in taken)
            taken.add(name)
            self._given[node] = name
        return self._given[node]


def _blocks(frame: Frame, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the comprehensions and class bodies of a function whose names `node` would see."""
    parents = frame.module.parents
    child = node
    while child is not frame.node and child in parents:
        parent = parents[child]
        if isinstance(parent, cst.ClassDef) and child is parent.body:
            yield parent
        elif isinstance(parent, cst.CompFor) and child is parent.iter:
            around = parents[parent]
            if isinstance(around, COMPREHENSIONS):
                # The first source is evaluated outside of the comprehension.
                child = around
                continue
        elif isinstance(parent, COMPREHENSIONS):
            yield parent
        child = parent


def _is_certain(owner: Frame, frame: Frame, path: str) -> bool:
    """Whether `path`, read from a name of `owner`, is nothing but the context of `frame`'s body."""
    name, _, attribute = path.partition(".")
    bound = owner.env.get(name)
    if not isinstance(bound, Value):
        return False
    values = [bound]
    if attribute:
        holders = [shape for shape in bound.shapes if isinstance(shape, Instance)]
        values = [h.attributes[attribute] for h in holders if attribute in h.attributes]
    shapes = [shape for value in values for shape in value.shapes]
    return bool(shapes) and all(isinstance(s, Context) and s.body == frame.body for s in shapes)


def _is_settled(value: Value) -> bool:
    """Whether a value is known, or is a library's own."""
    return not value.open and all(
        isinstance(shape, Constant) or (isinstance(shape, External) and shape not in DATA.shapes)
        for shape in value.shapes
    )


def _is_made_in(target: Cell | Shape, frames: dict[int, Frame], nodes: set[int]) -> bool:
    """Whether a variable or object comes into being in some activations, or at some nodes."""
    match target:
        case Cell():
            return id(target.frame.host) in frames
        case Container() | Instance() | Opaque() | External() if target.site is not None:
            return id(target.site.frame.host) in frames or id(target.site.node) in nodes
        case _:
            return False

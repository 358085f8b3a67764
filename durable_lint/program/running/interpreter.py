"""Runs code on values instead of data: each block once per thing it is called with.

The interpreter follows statements in order, keeps both arms of a branch, goes over a loop twice,
and opens functions, methods and modules of the project where a call or an import leads. What
library code means is asked of a `Library`; what happens is recorded as events on the frames.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import libcst as cst

from durable_lint.program.modules.imports import Deferred
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.project import Project
from durable_lint.program.modules.scopes import Scope, free_names, scope_of
from durable_lint.program.running import calls, declared, expressions, managers, statements, targets
from durable_lint.program.running.activation import MAX_FRAMES
from durable_lint.program.running.looks import look
from durable_lint.program.running.names import Names
from durable_lint.program.running.narrowing import treat_by_type
from durable_lint.program.running.protocols import TRUTH, ask
from durable_lint.program.running.turns import Turns
from durable_lint.program.values.arguments import Arguments
from durable_lint.program.values.frames import (
    Access,
    Call,
    Cell,
    Event,
    Frame,
    Leave,
    Region,
    State,
    Test,
    Write,
)
from durable_lint.program.values.reaching import changed, seen
from durable_lint.program.values.shapes import (
    Class,
    Container,
    Function,
    Instance,
    Site,
)
from durable_lint.program.values.values import (
    NOTHING,
    UNKNOWN,
    Shape,
    Value,
    join,
)

E = TypeVar("E", bound=Event)
S = TypeVar("S", bound=Shape)


class Library(Protocol):
    """What the layer above knows of code that is not in the project."""

    def call(
        self,
        interpreter: Interpreter,
        call: Call,
        shape: Shape,
        body: object,
        default: Callable[[], Value],
    ) -> Value:
        """Return the result of calling `shape`; `default` is what Python alone can say of it."""

    def attribute(
        self, interpreter: Interpreter, frame: Frame, node: cst.CSTNode, shape: Shape, name: str
    ) -> Value | None:
        """Return an attribute of `shape`, None where nothing is known of it."""

    def kept(
        self, interpreter: Interpreter, frame: Frame, node: cst.CSTNode, name: str, value: Value
    ) -> Value:
        """Return a value that a module, class or default keeps, as `frame` reads it by `name`."""

    def mentioned(
        self, interpreter: Interpreter, frame: Frame, node: cst.CSTNode, path: str, value: Value
    ) -> Value:
        """Return what `value` is where an expression may yield the member `path` of a library."""

    def knows(self, path: str) -> bool:
        """Tell whether anything is known of a library's member by its path."""

    def claimed(self, module: Path, name: str) -> str | None:
        """Return the path by which a member of a project's module is known, None where it is not.

        Such a member is taken for a library's: its code is not opened.
        """


class Interpreter:
    """One run over as much of a project as its entry points reach.

    `frames` are all activations in the order of their start, `reads` every look at a variable or
    an object, `state` the changes that may be found in them now (see `reaching`), `turns` the
    loops that are being run (see `turns`), and `exhausted` tells that the program was too large to
    be followed to its end: it took more than `most_frames` activations, or nested them too deep.
    `stacked` are the managers that each stack of managers has entered.
    `unfollowed` are the calls, by frame and node, that were not followed for it although they run
    for a body.
    """

    def __init__(self, project: Project, library: Library, most_frames: int = MAX_FRAMES) -> None:
        self.project = project
        self.most_frames = most_frames
        self.library = library
        self.names = Names(self)
        self.frames: list[Frame] = []
        self.activations = calls.Activations()
        self.reads: dict[Cell | Shape, list[Access]] = defaultdict(list)
        self.exhausted = False
        self.unfollowed: dict[tuple[Frame, cst.CSTNode], None] = {}
        self.silent = 0
        self.state: State = {}
        self.turns = Turns()
        self.stacked: dict[Shape, dict[Value, None]] = defaultdict(dict)
        self._objects: dict[Hashable, Shape] = {}
        self._scopes: dict[cst.CSTNode, Scope] = {}
        self._free_names: dict[cst.CSTNode, frozenset[str]] = {}
        self._order = 0

    def tick(self) -> int:
        """Return the next number of the walk's clock."""
        self._order += 1
        return self._order

    def scope(self, node: cst.CSTNode) -> Scope:
        """Return the scope of a block, computed once."""
        if node not in self._scopes:
            self._scopes[node] = scope_of(node)
        return self._scopes[node]

    def free_names(self, node: cst.CSTNode) -> frozenset[str]:
        """Return the names that a block takes from blocks around it, computed once."""
        if node not in self._free_names:
            self._free_names[node] = free_names(node, self.scope(node))
        return self._free_names[node]

    def record(self, event: E, variant: str = "") -> E:
        """Add an event to its frame, or merge it with what an earlier pass saw there."""
        events = event.frame.events
        key = (type(event), id(event.node), variant)
        earlier = events.get(key)
        if isinstance(earlier, type(event)):
            earlier.merge(event)
            return earlier
        events[key] = event
        return event

    def read(
        self,
        what: Cell | Shape,
        frame: Frame,
        node: cst.CSTNode,
        value: Value = NOTHING,
        part: Hashable = None,
    ) -> None:
        """Note that a variable or object, or a part of it, is read here, and what it holds."""
        if self.silent:
            return
        found = seen(self.state, what, part)
        order = self.tick()
        self.reads[what].append(Access(order, frame.body, frame.host, node, value, part, found))

    def change(self, write: Write, variant: str, *, replaces: bool) -> Write:
        """Record a change, which `replaces` what certainly is not there any more; return it."""
        write.before = seen(self.state, write.target, write.part)
        known = self.record(write, variant)
        # What code does to its own objects matters only where others have changed them, too.
        if write.target in self.state or _owner(write.target) != write.frame.body:
            self.state = changed(self.state, known, replaces=replaces)
        return known

    def returned(self, frame: Frame, node: cst.CSTNode, value: Value) -> None:
        """Note that a function returns `value`; library code that called it looks into that."""
        if frame.caller is not None and frame.caller.body != frame.body:
            look(self, frame, node, value)

    def made(self, shape: S) -> S:
        """Return the one object for `shape`: what an earlier pass made at the same site, if any."""
        known = self._objects.setdefault(shape, shape)
        if known is not shape:
            _absorb(known, shape)
        return known if isinstance(known, type(shape)) else shape

    def test(self, frame: Frame, node: cst.CSTNode, value: Value) -> Value:
        """Note that the truth of `value` decides, at `node` as in `Test`; return what is asked."""
        answer = ask(self, frame, node, value, TRUTH)
        asked = value if answer is None else value.mixed_with(answer.origins)
        treat_by_type(asked)
        self.decide(frame, node, asked)
        return asked

    def decide(self, frame: Frame, node: cst.CSTNode, value: Value) -> None:
        """Note that `value` decides what runs next, without being asked for its truth."""
        self.record(Test(node, frame.host, frame.host.regions, self.tick(), value))

    def leaves(self, frame: Frame, node: cst.CSTNode, how: str, value: Value = NOTHING) -> None:
        """Note that control leaves at `node`; `how` is as in `Leave`."""
        host = frame.host
        self.record(Leave(node, host, host.regions, self.tick(), how, value), variant=how)

    def region(
        self,
        frame: Frame,
        kind: str,
        node: cst.CSTNode,
        test: Value = UNKNOWN,
        arm: cst.CSTNode | None = None,
    ) -> Region:
        """Enter a part of a compound statement; leave it with `leave`."""
        region = Region(kind, node, test, arm)
        host = frame.host
        host.regions = (*host.regions, region)
        return region

    def leave(self, frame: Frame) -> None:
        """Leave the innermost region."""
        host = frame.host
        host.regions = host.regions[:-1]

    # Names and modules

    def module_frame(self, module: Module) -> Frame:
        """Return the frame of a module's top level, run at the first call."""
        return self.names.module_frame(module)

    def lookup(self, frame: Frame, name: str, node: cst.CSTNode) -> Value:
        """Return what `name` may be when read in `frame`."""
        return self.names.lookup(frame, name, node)

    def resolve(self, what: Deferred) -> Value:
        """Return what an import stands for, opening the module where it is the project's."""
        return self.names.resolve(what)

    def member(self, module: Module | tuple[Path, ...], name: str) -> Value:
        """Return a module's member: one of its names, or a module inside it."""
        return self.names.member(module, name)

    def assign(self, frame: Frame, name: str, value: Value) -> Cell:
        """Bind `name` as seen from `frame`; return the variable."""
        return self.names.assign(frame, name, value)

    # Code

    def evaluate(self, frame: Frame, node: cst.CSTNode) -> Value:
        """Return what an expression may be, recording what happens on the way."""
        return expressions.evaluate(self, frame, node)

    def obtain(self, frame: Frame, node: cst.CSTNode) -> Value:
        """Return what an expression may be, which is only handed on and not looked into."""
        return expressions.obtain(self, frame, node)

    def execute(self, frame: Frame, body: Sequence[cst.CSTNode]) -> bool:
        """Run statements; return whether control may reach their end."""
        return statements.execute_body(self, frame, body)

    def declared(self, frame: Frame, annotation: cst.BaseExpression) -> Value:
        """Return what an annotation says of a value of which nothing else is known."""
        return declared.declared(self, frame, annotation)

    def bind(self, frame: Frame, target: cst.CSTNode, value: Value) -> None:
        """Assign `value` to an assignment target, unpacking where it is a pattern."""
        targets.bind_target(self, frame, target, value)

    def call(self, event: Call) -> Value:
        """Call what `event.callee` may be; fill in and return the event's result."""
        return calls.perform(self, event)

    def entered(self, frame: Frame, node: cst.CSTNode, manager: Value) -> Value:
        """Return what `with` binds when it enters `manager`."""
        return managers.entered(self, frame, node, manager)

    def exited(self, frame: Frame, node: cst.CSTNode, manager: Value) -> bool:
        """Let `with` leave `manager`; return whether that may end an exception."""
        return managers.exited(self, frame, node, manager)

    def call_method(
        self, frame: Frame, node: cst.CSTNode, instance: Instance, name: str, *values: Value
    ) -> Value | None:
        """Call a method on behalf of syntax (`with`, `for`, indexing); None where there is none."""
        return calls.call_method(self, frame, node, instance, name, values)

    def apply(
        self,
        frame: Frame,
        node: cst.CSTNode,
        callee: Value,
        arguments: Arguments,
        body: object = None,
    ) -> tuple[Value, list[Frame]]:
        """Run a callable as library code would, for `body`; return its result and its frames."""
        return calls.apply(self, frame, node, callee, arguments, body)

    @property
    def active(self) -> list[Frame]:
        """The activations that are being run, innermost last."""
        return self.activations.active

    def contents(
        self, frame: Frame, node: cst.CSTNode, container: Container, call: Call | None = None
    ) -> Value:
        """Return what a container holds, running it where it is a generator or coroutine.

        `call` is what makes it run, None where a statement or `await` does.
        """
        parts = [container.content()]
        pending = list(container.pending)
        parts += [calls.resume(self, frame, node, container, one, call) for one in pending]
        return join(parts)


def _absorb(known: Shape, other: Shape) -> None:
    if isinstance(known, Container) and isinstance(other, Container):
        known.absorb(other)


def _owner(target: Cell | Shape) -> object:
    """Return what a variable or object was made for, None for a module's own."""
    if isinstance(target, Cell | Class | Function):
        return target.frame.body
    site = getattr(target, "site", None)
    return site.owner if isinstance(site, Site) else None

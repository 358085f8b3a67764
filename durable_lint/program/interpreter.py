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

from durable_lint.program import annotations, attributes, calls, expressions, statements
from durable_lint.program.arguments import Arguments
from durable_lint.program.definitions import functions_in
from durable_lint.program.frames import Access, Call, Cell, Event, Frame, Region, Test
from durable_lint.program.imports import Import
from durable_lint.program.module import Module
from durable_lint.program.project import Project
from durable_lint.program.scopes import Scope, scope_of
from durable_lint.program.values import (
    NOTHING,
    UNKNOWN,
    Bound,
    Container,
    External,
    Instance,
    ModuleShape,
    NamespacePackage,
    Shape,
    Value,
    join,
    value_of,
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

    def activated(self, interpreter: Interpreter, frame: Frame) -> None:
        """Be told that a function of the project is about to run."""


class Interpreter:
    """One run over as much of a project as its entry points reach."""

    def __init__(self, project: Project, library: Library) -> None:
        self.project = project
        self.library = library
        self.frames: list[Frame] = []
        self.activations: dict[Hashable, Frame] = {}
        self.active: list[Frame] = []
        self.reads: dict[Cell | Shape, list[Access]] = defaultdict(list)
        self.exhausted = False
        self.silent = 0
        self._objects: dict[Shape, Shape] = {}
        self._module_frames: dict[Path, Frame] = {}
        self._scopes: dict[cst.CSTNode, Scope] = {}
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

    def record(self, event: E, variant: str = "") -> E:
        """Add an event to its frame, or merge it with what an earlier pass saw there."""
        events = event.frame.events
        key = (type(event), id(event.node), variant)
        earlier = events.get(key)
        if earlier is None:
            events[key] = event
            return event
        earlier.merge(event)
        assert isinstance(earlier, type(event))
        return earlier

    def read(
        self, what: Cell | Shape, frame: Frame, node: cst.CSTNode, value: Value = NOTHING
    ) -> None:
        """Note that a variable or object is read here, and what it holds."""
        if self.silent:
            return
        self.reads[what].append(Access(self.tick(), frame.body, frame.host, node, value))

    def made(self, shape: S) -> S:
        """Return the one object for `shape`: what an earlier pass made at the same site, if any."""
        known = self._objects.setdefault(shape, shape)
        assert isinstance(known, type(shape))
        if isinstance(known, Container) and isinstance(shape, Container) and known is not shape:
            known.absorb(shape)
        return known

    def test(self, frame: Frame, node: cst.CSTNode, value: Value) -> None:
        """Note that `value` decides what runs next."""
        self.record(Test(node, frame.host, frame.host.regions, self.tick(), value))

    def region(self, frame: Frame, kind: str, node: cst.CSTNode, test: Value = UNKNOWN) -> Region:
        """Enter a part of a compound statement; leave it with `leave`."""
        region = Region(kind, node, test)
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
        frame = self._module_frames.get(module.path)
        if frame is None:
            frame = Frame(module.tree, module, self.scope(module.tree))
            self._module_frames[module.path] = frame
            self.frames.append(frame)
            statements.execute_body(self, frame, module.tree.body)
        return frame

    def lookup(self, frame: Frame, name: str, node: cst.CSTNode) -> Value:
        """Return what `name` may be when read in `frame`."""
        owner = frame.owner_of(name)
        if owner is None:
            return self._from_star_imports(frame, name) or value_of(External(name))
        if name not in owner.env:
            if owner.outer is None:
                return self._from_star_imports(frame, name) or UNKNOWN
            return UNKNOWN
        bound = owner.env[name]
        if isinstance(bound, Import):
            bound = owner.env[name] = self.resolve(bound)
        self.read(Cell(owner, name), frame, node, bound)
        return bound

    def _from_star_imports(self, frame: Frame, name: str) -> Value | None:
        module_frame = frame.module_frame()
        for key, bound in list(module_frame.env.items()):
            if key.startswith("*") and isinstance(bound, Import):
                found = self.project.find(bound.module, bound.importer, bound.level)
                if isinstance(found, Module):
                    value = self.member(found, name)
                    if value is not UNKNOWN:
                        return value
        return None

    def resolve(self, what: Import) -> Value:
        """Return what an import stands for, opening the module where it is the project's."""
        found = self.project.find(what.module, what.importer, what.level)
        if found is None:
            if what.level:
                return UNKNOWN
            path = what.module if what.member is None else f"{what.module}.{what.member}"
            return value_of(External(path))
        if what.member is not None:
            return self.member(found, what.member)
        return value_of(ModuleShape(found)) if isinstance(found, Module) else _folder(found)

    def member(self, module: Module | Path, name: str) -> Value:
        """Return a module's member: one of its names, or a module inside it."""
        if isinstance(module, Module):
            frame = self.module_frame(module)
            bound = frame.env.get(name)
            if isinstance(bound, Import):
                bound = frame.env[name] = self.resolve(bound)
            if bound is not None:
                return bound
            starred = self._from_star_imports(frame, name)
            if starred is not None:
                return starred
        found = self.project.submodule(module, name)
        if found is None:
            return UNKNOWN
        return value_of(ModuleShape(found)) if isinstance(found, Module) else _folder(found)

    # Code

    def evaluate(self, frame: Frame, node: cst.CSTNode) -> Value:
        """Return what an expression may be, recording what happens on the way."""
        return expressions.evaluate(self, frame, node)

    def execute(self, frame: Frame, body: Sequence[cst.CSTNode]) -> bool:
        """Run statements; return whether control may reach their end."""
        return statements.execute_body(self, frame, body)

    def declared(self, frame: Frame, annotation: cst.BaseExpression) -> Value:
        """Return what an annotation says of a value of which nothing else is known."""
        return annotations.annotated(self, frame, annotation)

    def assign(self, frame: Frame, name: str, value: Value) -> Cell:
        """Bind `name` as seen from `frame`; return the variable."""
        owner = self._binder(frame, name)
        if owner is frame or owner is frame.host:
            owner.env[name] = value
        else:
            earlier = owner.env.get(name, value)
            kept = self.resolve(earlier) if isinstance(earlier, Import) else earlier
            owner.env[name] = join([kept, value])
        return Cell(owner, name)

    def bind(self, frame: Frame, target: cst.CSTNode, value: Value) -> None:
        """Assign `value` to an assignment target, unpacking where it is a pattern."""
        statements.bind_target(self, frame, target, value)

    def _binder(self, frame: Frame, name: str) -> Frame:
        if name in frame.scope.global_names:
            return frame.module_frame()
        if name in frame.scope.nonlocal_names and frame.outer is not None:
            return frame.outer.owner_of(name) or frame
        return frame

    def call(self, event: Call) -> Value:
        """Call what `event.callee` may be; fill in and return the event's result."""
        return calls.perform(self, event)

    def entered(self, frame: Frame, node: cst.CSTNode, manager: Value) -> Value:
        """Return what `with` binds when it enters `manager`."""
        parts: list[Value] = []
        for shape in manager.shapes:
            if isinstance(shape, Instance):
                parts.append(self.call_method(frame, node, shape, "__enter__") or UNKNOWN)
            elif isinstance(shape, Container) and shape.kind == "generator":
                parts.append(shape.content())
            else:
                parts.append(value_of(shape))
        return join([*parts, UNKNOWN] if manager.open else parts).mixed_with(manager.origins)

    def exited(self, frame: Frame, node: cst.CSTNode, manager: Value) -> None:
        """Let `with` leave `manager`."""
        for shape in manager.shapes:
            if isinstance(shape, Instance):
                self.call_method(frame, node, shape, "__exit__", UNKNOWN, UNKNOWN, UNKNOWN)

    def call_method(
        self, frame: Frame, node: cst.CSTNode, instance: Instance, name: str, *values: Value
    ) -> Value | None:
        """Call a method on behalf of syntax (`with`, `for`, indexing); None where there is none."""
        method = attributes.own_member(self, instance, name)
        if method is None:
            return None
        callee = value_of(*(Bound(f, value_of(instance)) for f in functions_in(method)))
        host = frame.host
        event = Call(node, host, host.regions, self.tick(), callee, Arguments.of(*values))
        result = self.call(event)
        self.record(event, variant=name)
        return result

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


def _folder(path: Path) -> Value:
    return value_of(NamespacePackage(path))

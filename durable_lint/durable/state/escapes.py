"""Contexts that get out of their run: into what outlives it, or onto another thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.caches import outlives
from durable_lint.durable.flow.routes import Callers
from durable_lint.durable.shapes import Context, OperationMethod
from durable_lint.durable.walk import Walk
from durable_lint.program.modules.syntax import own_nodes
from durable_lint.program.values.arguments import Argument
from durable_lint.program.values.contents import deep_shapes, held_by
from durable_lint.program.values.frames import Call, Cell, Frame, Write
from durable_lint.program.values.shapes import (
    Bound,
    Container,
    External,
    Function,
    Partial,
)
from durable_lint.program.values.values import Shape, Value

# The rule whose names are those that run code on other threads.
_ELSEWHERE = "LDF115"

# Objects of a module that hold something else for each thread.
_PER_THREAD = frozenset(("threading.local()", "contextvars.ContextVar()"))


@dataclass(frozen=True, slots=True)
class Escape:
    """The expression at which a context gets away, and what keeps it or runs with it."""

    frame: Frame
    node: cst.CSTNode
    keeper: Write | Call


def holds_context(value: Value) -> bool:
    """Tell whether a value is a context that makes operations, or something that has one."""
    return any(_is_context(shape) for shape in deep_shapes(value))


def is_context(value: Value) -> bool:
    """Tell whether a value is such a context, or an operation of one, or a collection of these."""
    for shape in value.shapes:
        held = held_by(shape) if isinstance(shape, Container | Partial) else []
        if _is_context(shape) or any(is_context(inner) for inner in held):
            return True
    return False


def _is_context(shape: Shape) -> bool:
    return isinstance(shape, OperationMethod) or (isinstance(shape, Context) and shape.durable)


class Escapes:
    """Everything by which contexts escape in one walk."""

    def __init__(self, walk: Walk, callers: Callers) -> None:
        self._walk = walk
        self._callers = callers

    def kept(self) -> Iterator[Escape]:
        """Yield each change that puts a context into what belongs to the process."""
        for event in self._walk.events:
            if isinstance(event, Write) and outlives(event.target) and holds_context(event.value):
                target = event.target
                if isinstance(target, External) and target.path in _PER_THREAD:
                    continue
                for frame, node in self._handed_in(event):
                    yield Escape(frame, self._mention(frame, node), event)

    def elsewhere(self) -> Iterator[Escape]:
        """Yield each call that runs something on another thread, with a context."""
        for call in self._walk.calls:
            if call.applied or not self._runs_elsewhere(call):
                continue
            for argument in self._taking(call):
                if argument.node is not None:
                    yield Escape(call.frame, self._mention(call.frame, argument.node), call)

    def _runs_elsewhere(self, call: Call) -> bool:
        names = self._walk.library.names
        for shape in call.callee.shapes:
            match = names.find(shape.path) if isinstance(shape, External) else None
            if match is not None and match.code == _ELSEWHERE:
                return True
        return False

    def _taking(self, call: Call) -> list[Argument]:
        """Return the arguments that take a context along, or else those that bring in its user."""
        items = call.arguments.items
        direct = [item for item in items if is_context(item.value)]
        if direct or not self._walk.is_or_makes_operation(call):
            return direct
        holding = [item for item in items if holds_context(item.value)]
        return (holding or [item for item in items if _is_function(item.value)])[:1]

    def _handed_in(self, write: Write) -> Iterator[tuple[Frame, cst.CSTNode]]:
        """Yield where the context is handed to what is written, at the outermost call."""
        stack: list[tuple[Frame, cst.CSTNode]] = [(write.frame, _written(write))]
        seen: set[int] = set()
        while stack:
            frame, node = stack.pop()
            handing = [
                (call, argument)
                for call in self._callers.of(frame)
                if not isinstance(write.target, Cell) and _receives(call, write)
                for argument in call.arguments.items
                if argument.node is not None and holds_context(argument.value)
            ]
            if id(frame) in seen or not handing:
                yield frame, node
            seen.add(id(frame))
            stack.extend((call.frame, arg.node) for call, arg in handing if arg.node is not None)

    def _mention(self, frame: Frame, node: cst.CSTNode) -> cst.CSTNode:
        """Return the name in an expression by which the context comes into it."""
        if isinstance(node, cst.Lambda):
            return node
        for inner in own_nodes(node):
            if isinstance(inner, cst.Name) and self._names_context(frame, inner):
                return inner
        return node

    def _names_context(self, frame: Frame, node: cst.Name) -> bool:
        owner = frame.owner_of(node.value)
        accesses = self._walk.interpreter.reads.get(Cell(owner, node.value), ()) if owner else ()
        return any(a.node is node and holds_context(a.value) for a in accesses)


def _written(write: Write) -> cst.CSTNode:
    """Return the expression of what is written."""
    call = write.frame.call_at(write.node)
    for argument in call.arguments.items if call is not None else ():
        if argument.node is not None and holds_context(argument.value):
            return argument.node
    return write.frame.module.assigned(write.node) or write.node


def _receives(call: Call, write: Write) -> bool:
    """Tell whether a call is given the object that is changed, or is a method of it."""
    held = [shape.receiver for shape in call.callee.shapes if isinstance(shape, Bound)]
    held += [item.value for item in call.arguments.items]
    return any(write.target in value.shapes for value in held)


def _is_function(value: Value) -> bool:
    return any(isinstance(shape, Function | Bound | Partial) for shape in value.shapes)

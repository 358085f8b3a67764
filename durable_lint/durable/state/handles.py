"""Where a body takes hold of what is not its own: by a captured name, a parameter, a module's name.

A change may happen in a helper of a helper. It is mended where the body hands its own or a foreign
object over, so that is where it is reported.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.flow.routes import Callers, is_root
from durable_lint.durable.shapes import Body, Prepared
from durable_lint.program.modules.syntax import dotted_name, parameters
from durable_lint.program.running.looks import lies_in, reachable
from durable_lint.program.values.frames import Call, Cell, Frame, Write
from durable_lint.program.values.shapes import Bound, External
from durable_lint.program.values.values import Shape, Value


@dataclass(frozen=True, slots=True)
class Handle:
    """The expression `node`, in the code of `frame`, that changes what `subject` stands for.

    `calls` lead from there to the change itself; without any, `node` is where it happens.
    """

    frame: Frame
    node: cst.CSTNode
    subject: cst.CSTNode
    calls: tuple[Call, ...] = ()

    @property
    def text(self) -> str:
        """How the code calls what is changed, items left out."""
        node = self.subject
        while True:
            match node:
                case cst.Subscript(value=inner) | cst.Call(func=cst.Attribute(value=inner)):
                    node = inner
                case cst.Attribute(value=inner) if dotted_name(node) is None:
                    if root_name(inner) is None:
                        break
                    node = inner
                case _:
                    break
        return " ".join(self.frame.module.text(node).split())

    def is_argument(self, target: Cell | Shape) -> bool:
        """Tell whether what is changed came in as an argument of the body, or of what it calls.

        The receiver of a method is none.
        """
        if not isinstance(target, Cell) and any(_argument(call, target) for call in self.calls):
            return True
        name = root_name(self.subject)
        if isinstance(target, Cell) or name is None or not is_root(self.frame):
            return False
        if self.frame.owner_of(name.value) not in (self.frame, None):
            return False
        receiver = _receiver(self.frame)
        return any(
            isinstance(value, Value) and _holds(value, target)
            for parameter, value in self.frame.given.items()
            if parameter != receiver
        )


def handles(write: Write, callers: Callers) -> Iterator[Handle]:
    """Yield where a body takes hold of what `write` changes, once for each way to it."""
    seen: set[tuple[int, int]] = set()
    waiting = [Handle(write.frame, write.node, _subject(write))]
    while waiting:
        handle = waiting.pop()
        handing = list(_handing(handle, write.target, callers))
        if not handing:
            yield handle
        for outer in handing:
            key = (id(outer.frame), id(outer.node))
            if key not in seen:
                seen.add(key)
                waiting.append(outer)


def _handing(handle: Handle, target: Cell | Shape, callers: Callers) -> Iterator[Handle]:
    """Yield the calls by which a parameter of the handle's function got what is changed."""
    frame = handle.frame
    name = root_name(handle.subject)
    if isinstance(target, Cell) or name is None or is_root(frame):
        return
    owner = frame.owner_of(name.value)
    if owner is not None and owner is not frame:
        return
    bound = frame.env.get(name.value)
    if isinstance(bound, Value) and not _holds(bound, target):
        return
    for call in callers.of(frame):
        subject = _handed(call, target)
        if subject is not None:
            yield Handle(call.frame, call.node, subject, (call, *handle.calls))


def _argument(call: Call, target: Shape) -> cst.CSTNode | None:
    """Return the argument in which a call hands `target` over."""
    for item in call.arguments.items:
        if item.node is not None and _holds(item.value, target):
            return item.node
    return None


def _handed(call: Call, target: Shape) -> cst.CSTNode | None:
    """Return the argument, or receiver, of a call through which it hands `target` over."""
    argument = _argument(call, target)
    if argument is not None:
        return argument
    receivers = [s.receiver for s in call.callee.shapes if isinstance(s, Bound)]
    if any(_holds(receiver, target) for receiver in receivers):
        node = call.node.func if isinstance(call.node, cst.Call) else call.node
        return node.value if isinstance(node, cst.Attribute) else node
    return None


def _holds(value: Value, target: Shape) -> bool:
    return lies_in(target, reachable(value.shapes))


def _subject(write: Write) -> cst.CSTNode:
    """Return the expression for what is changed."""
    node = write.node
    match node:
        case cst.Subscript():
            return node.value
        case cst.For():
            return node.iter
        case cst.Call():
            func = node.func
            call = write.frame.call_at(node)
            of_module = call is not None and any(
                isinstance(s, External) and s.site is None for s in call.callee.shapes
            )
            if isinstance(func, cst.Attribute) and not of_module:
                return func.value
            if call is not None and not isinstance(write.target, Cell):
                return _handed(call, write.target) or _method_owner(node)
            return _method_owner(node)
        case _:
            return node


def _method_owner(node: cst.Call) -> cst.CSTNode:
    return node.func.value if isinstance(node.func, cst.Attribute) else node


def root_name(node: cst.CSTNode) -> cst.Name | None:
    """Return the name that an expression begins with, None where it begins with something else."""
    while True:
        match node:
            case cst.Attribute() | cst.Subscript():
                node = node.value
            case cst.Call(func=cst.Attribute(value=inner)):
                node = inner
            case cst.Name():
                return node
            case _:
                return None


def _receiver(frame: Frame) -> str | None:
    """Return the name by which a method that runs as a body knows its own object."""
    subject = frame.body.subject if isinstance(frame.body, Body) else None
    shapes: tuple[object, ...] = (subject,)
    if isinstance(subject, Prepared):
        shapes = subject.function.shapes
    if not any(isinstance(shape, Bound) for shape in shapes) or frame.function is None:
        return None
    first = next(iter(parameters(frame.function.node)), None)
    return first.name.value if first is not None else None

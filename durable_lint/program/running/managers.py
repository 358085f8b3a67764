"""Entering and leaving what a `with` statement manages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.running.callables import Model
from durable_lint.program.running.outcomes import Outcome
from durable_lint.program.running.protocols import awaited
from durable_lint.program.values.arguments import Arguments
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import (
    Constant,
    Container,
    External,
    Instance,
)
from durable_lint.program.values.values import (
    UNKNOWN,
    Shape,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

_STACKS = ("contextlib.ExitStack()", "contextlib.AsyncExitStack()")
_SWALLOWING = frozenset(("contextlib.suppress()", *_STACKS))


def entered(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, manager: Value) -> Value:
    """Return what `with` binds when it enters `manager`."""
    parts = [_enter(interpreter, frame, node, shape) for shape in manager.shapes]
    return join([*parts, UNKNOWN] if manager.open else parts).mixed_with(manager.origins)


def exited(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, manager: Value) -> bool:
    """Let `with` leave `manager`; return whether that may end an exception."""
    swallows = False
    how = (UNKNOWN.mixed_with(frozenset((Outcome(node),))),) * 3
    for shape in manager.shapes:
        if isinstance(shape, Instance):
            for name in ("__exit__", "__aexit__"):
                answer = interpreter.call_method(frame, node, shape, name, *how)
                if answer is not None:
                    answer = awaited(interpreter, frame, node, answer)
                    swallows |= not all(_is_falsy(s) for s in answer.shapes)
        elif isinstance(shape, External):
            for inner in interpreter.stacked[shape]:
                exited(interpreter, frame, node, inner)
            _exit_library(interpreter, frame, node, shape)
            swallows |= shape.path in _SWALLOWING
    return swallows


def _exit_library(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, manager: External
) -> None:
    host = frame.host
    callee = value_of(External(f"{manager.path}.__exit__", manager.site))
    call = Call(node, host, host.regions, interpreter.tick(), callee, Arguments())
    interpreter.call(call)
    interpreter.record(call, variant="__exit__")


def _enter_context(interpreter: Interpreter, event: Call) -> Value:
    """Enter what a stack is given, and keep it for the end of the stack."""
    manager = event.arguments.value(0, "cm")
    for shape in event.callee.shapes:
        if isinstance(shape, External):
            stack = External(shape.path.rpartition(".")[0], shape.site)
            interpreter.stacked[stack][manager] = None
    return entered(interpreter, event.frame, event.node, manager)


def _is_falsy(shape: Shape) -> bool:
    return isinstance(shape, Constant) and not shape.content


def _enter(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, shape: Shape) -> Value:
    match shape:
        case Instance():
            for name in ("__enter__", "__aenter__"):
                found = interpreter.call_method(frame, node, shape, name)
                if found is not None:
                    return awaited(interpreter, frame, node, found)
            # A base class outside of the project manages it, and nearly all hand out themselves.
            return value_of(shape)
        case Container() if shape.pending:
            return interpreter.contents(frame, node, shape)
        case _:
            return value_of(shape)


MODELS: Mapping[str, Model] = {
    f"{stack}.{name}": _enter_context
    for stack in _STACKS
    for name in ("enter_context", "enter_async_context")
}

"""Code that no entry point of its file reaches, but whose role is declared.

A function decorated for an operation says by its decorator what it is. A function annotated
`DurableContext` is taken as replayed code only where nothing in its file names it again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.durable.library import DurableLibrary
from durable_lint.durable.operations import received_by
from durable_lint.durable.sdk import Role, sdk_name
from durable_lint.durable.shapes import Body, Context
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.syntax import descendants, parameters
from durable_lint.program.running.definitions import functions_in
from durable_lint.program.values.arguments import Argument, Arguments
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import External, Function
from durable_lint.program.values.values import Value, value_of

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter


def unreached_roots(
    interpreter: Interpreter, library: DurableLibrary, module: Module
) -> Iterator[Callable[[], None]]:
    """Yield, for each function of `module` with a declared role that nothing ran, its run."""
    reached = {frame.node for frame in interpreter.frames}
    for factory, call in library.factories:
        for function in functions_in(factory.function):
            if function.node not in reached and function.frame.module is module:
                yield partial(_run, interpreter, function, factory.role, call)
    frame = interpreter.module_frame(module)
    named = _named_again(module)
    for function in _functions(frame):
        name = function.node.name.value if isinstance(function.node, cst.FunctionDef) else ""
        if function.node in reached or name in named:
            continue
        position = _context_parameter(interpreter, frame, function)
        if position is not None:
            yield partial(_run_annotated, interpreter, frame, function, position)


def _run(interpreter: Interpreter, function: Function, role: Role, call: Call) -> None:
    body = Body(role, call.node, call.frame, function)
    received = Arguments.of(*received_by(role, body, None)[: _own(role)])
    interpreter.apply(call.frame, call.node, value_of(function), received, body)


def _own(role: Role) -> int:
    return 2 if role is Role.SUBMITTER else 1


def _run_annotated(interpreter: Interpreter, frame: Frame, function: Function, name: str) -> None:
    body = Body(Role.CHILD, function.node, frame, function)
    given = Arguments((Argument(value_of(Context(body)), keyword=name),))
    interpreter.apply(frame, function.node, value_of(function), given, body)


def _functions(frame: Frame) -> Iterator[Function]:
    for value in frame.env.values():
        if isinstance(value, Value):
            yield from functions_in(value)


def _named_again(module: Module) -> set[str]:
    counts = Counter(n.value for n in descendants(module.tree) if isinstance(n, cst.Name))
    return {name for name, count in counts.items() if count > 1}


def _context_parameter(interpreter: Interpreter, frame: Frame, function: Function) -> str | None:
    for param in parameters(function.node):
        if param.annotation is None:
            continue
        for shape in interpreter.declared(frame, param.annotation.annotation).shapes:
            if isinstance(shape, External) and sdk_name(shape.path) == "DurableContext()":
                return param.name.value
    return None

"""LDF306: the SDK calls a function, and takes the coroutine or generator for its result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from durable_lint.durable.flow.given import Given, functions_run, given_to
from durable_lint.durable.options import option
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection
from durable_lint.program.modules.syntax import is_generator
from durable_lint.program.running.signatures import is_plain
from durable_lint.program.values.frames import Frame
from durable_lint.program.values.shapes import Container, Function, Instance
from durable_lint.program.values.values import NOTHING

CODES = ("LDF306",)

_ASYNC = "an async function"
_GENERATOR = "a generator"


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each handler and each body that is async or a generator."""
    interpreter = inspection.walk.interpreter
    for entry, body, frames in inspection.walk.entries:
        for function, _ in functions_run(interpreter, entry.function, body.role):
            for culprit, kind in _suspended(function, frames):
                # A wrapper that other decorators put around the handler is not to blame.
                handler = culprit if _is_decorated_at(culprit, entry.call.node) else function
                node = handler.node
                place = node.name if isinstance(node, cst.FunctionDef) else node
                yield inspection.finding(
                    "LDF306",
                    handler.frame,
                    place,
                    _message(culprit.name, kind, "no result of a handler"),
                    route=[inspection.hop(handler.frame, place, f"runs {culprit.name}, {kind}")],
                )
    for operation in inspection.walk.operations:
        for given in given_to(operation):
            yield from _in_body(inspection, given)


def _is_decorated_at(function: Function, decorator: cst.CSTNode) -> bool:
    node = function.node
    return isinstance(node, cst.FunctionDef) and any(d is decorator for d in node.decorators)


def _message(name: str, kind: str, verdict: str) -> str:
    return (
        f'"{name}" is {kind}: calling it runs none of its code, and what the call returns is '
        f"{verdict}"
    )


def _in_body(inspection: Inspection, given: Given) -> Iterator[Finding]:
    frames = [frame for _, frames in given.operation.bodies for frame in frames]
    for shape in given.value.shapes:
        for function, _ in functions_run(inspection.walk.interpreter, shape, given.role):
            for culprit, kind in _suspended(function, frames):
                if kind == _GENERATOR and _may_be_consumed(given):
                    continue
                name = culprit.name
                if isinstance(shape, Instance) and culprit == function:
                    name = shape.cls.name
                yield inspection.finding(
                    "LDF306",
                    given.frame,
                    given.node,
                    _message(name, kind, f"no result that a {given.operation.name} can store"),
                    route=[inspection.hop(given.frame, given.node, f"is given {name}")],
                )


def _suspended(function: Function, frames: Iterable[Frame]) -> Iterator[tuple[Function, str]]:
    """Yield what keeps a function from running when it is called, with what it is.

    That is the function itself, or an async one whose coroutine it returns.
    """
    if isinstance(function.node, cst.FunctionDef) and function.node.asynchronous is not None:
        yield function, _ASYNC
    elif is_generator(function.node):
        yield function, _GENERATOR
    else:
        yield from dict.fromkeys(
            (pending.function, _ASYNC)
            for frame in frames
            if frame.function == function
            for shape in frame.result.shapes
            if isinstance(shape, Container) and shape.kind == "coroutine"
            for pending in shape.pending
            if is_plain(pending.function)
        )


def _may_be_consumed(given: Given) -> bool:
    """Tell whether the operation has a serialiser of its own, which may read a generator."""
    settings = (option(given.operation, name) for name in ("serdes", "item_serdes"))
    return any(setting != NOTHING for setting in settings)

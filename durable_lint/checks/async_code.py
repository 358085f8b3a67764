"""LDF306: the SDK calls a function, and takes the coroutine or generator for its result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import libcst as cst

from durable_lint.durable.given import Given, functions_run, given_to
from durable_lint.durable.options import option
from durable_lint.durable.sdk import Role
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection
from durable_lint.program.frames import Frame
from durable_lint.program.signatures import is_plain
from durable_lint.program.syntax import is_generator
from durable_lint.program.values import NOTHING, Container, Function

CODES = ("LDF306",)

_ASYNC = "an async function"
_GENERATOR = "a generator"


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each handler and each body that is async or a generator."""
    for entry, _, frames in inspection.walk.entries:
        for function, _ in functions_run(
            inspection.walk.interpreter, entry.function, Role.HANDLER
        ):
            for culprit, kind in _suspended(function, frames):
                node = culprit.node
                place = node.name if isinstance(node, cst.FunctionDef) else node
                yield inspection.finding(
                    "LDF306",
                    culprit.frame,
                    place,
                    f'"{culprit.name}" is {kind}: none of its code runs when the SDK calls it, '
                    "and what the call returns is no result of a handler",
                    route=[inspection.hop(culprit.frame, place, f"is {kind}")],
                )
    for operation in inspection.walk.operations:
        for given in given_to(operation):
            yield from _in_body(inspection, given)


def _in_body(inspection: Inspection, given: Given) -> Iterator[Finding]:
    frames = [frame for _, frames in given.operation.bodies for frame in frames]
    for shape in given.value.shapes:
        for function, _ in functions_run(inspection.walk.interpreter, shape, given.role):
            for culprit, kind in _suspended(function, frames):
                if kind == _GENERATOR and _may_be_consumed(given):
                    continue
                yield inspection.finding(
                    "LDF306",
                    given.frame,
                    given.node,
                    f'"{culprit.name}" is {kind}: none of its code runs when the SDK calls it, '
                    f"and what the call returns cannot be stored as the result of the "
                    f"{given.operation.name}",
                    route=[inspection.hop(given.frame, given.node, f"is given {culprit.name}")],
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

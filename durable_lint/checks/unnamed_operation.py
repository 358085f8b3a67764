"""LDF602: an operation that the history shows without a name."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.sdk import NAMED_BY_BODY, OPERATIONS, WITH_RETRY
from durable_lint.durable.shapes import Operation
from durable_lint.findings import Finding
from durable_lint.fixes.name_operation import name_operation
from durable_lint.inspection import Inspection
from durable_lint.program.values.shapes import (
    Bound,
    Constant,
    Function,
    Instance,
    Partial,
)

CODES = ("LDF602",)

# Callables that have no name to give to an operation.
_NAMELESS = (Function, Bound, Partial, Instance)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each operation that certainly gets no name."""
    for operation in inspection.walk.operations:
        if _is_named(operation) or _named_by_body(operation):
            continue
        call = operation.call
        yield inspection.finding(
            "LDF602",
            call.frame,
            call.node,
            f'"{inspection.called(call)}" makes an operation without a name',
            fix=name_operation(operation),
        )


def _is_named(operation: Operation) -> bool:
    given = operation.arguments.get("name")
    if given is None:
        return not operation.call.arguments.plain
    shapes = given.value.shapes
    return (
        given.value.open
        or not shapes
        or not all(isinstance(shape, Constant) and not shape.content for shape in shapes)
    )


def _named_by_body(operation: Operation) -> bool:
    if operation.name not in NAMED_BY_BODY:
        return False
    signature = OPERATIONS.get(operation.name, WITH_RETRY)
    given = operation.arguments.get(signature.body or "")
    if given is None or given.value.open:
        return True
    return not all(isinstance(shape, _NAMELESS) for shape in given.value.shapes)

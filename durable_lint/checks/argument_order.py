"""LDF305: what an operation takes first stands elsewhere among its arguments."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.given import signature_of
from durable_lint.durable.sdk import WITH_RETRY, Role
from durable_lint.durable.shapes import BranchObject, Operation, Prepared
from durable_lint.findings import Finding, Fix
from durable_lint.fixes.reorder_arguments import into_list, name_last, swap_first_two
from durable_lint.inspection import Inspection
from durable_lint.program.values import Bound, Constant, Function, Partial, Text, Value

CODES = ("LDF305",)

_CALLABLE = (Function, Bound, Partial, Prepared, BranchObject)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each operation whose first argument is not what it takes first."""
    for operation in inspection.walk.operations:
        call = operation.call
        given = call.arguments.positional()
        judged = _judged(operation, [item.value for item in given])
        node = given[0].node if given else None
        if judged is not None and node is not None and call.arguments.plain:
            takes, fix = judged
            name = f"context.{operation.name}"
            yield inspection.finding(
                "LDF305",
                call.frame,
                node,
                f"{name} takes {takes}, but {inspection.written(call.frame, node)} stands first",
                route=[inspection.hop(call.frame, call.node, f"calls {name}")],
                fix=fix,
            )


def _judged(operation: Operation, given: list[Value]) -> tuple[str, Fix | None] | None:
    """Return what the operation takes instead of what is `given`, and how to mend that."""
    signature = signature_of(operation)
    if signature.body is None or signature.name == WITH_RETRY.name or not given:
        return None
    callables = [_is_callable(value) for value in given]
    # A text may be the inputs of a map, unless the function comes only after the next one.
    if _is_text(given[0]) and (signature.role is not Role.ITEM or callables[2:3] == [True]):
        return f"the {signature.parameters[0]} first and the name last", name_last(operation)
    if signature.role is Role.BRANCH and callables[0]:
        count = callables.index(False) if False in callables else len(callables)
        return "one list of functions", into_list(operation, count)
    if signature.role is Role.ITEM and callables[0] and callables[1:2] == [False]:
        return "the inputs before the function", swap_first_two(operation)
    return None


def _is_text(value: Value) -> bool:
    shape = value.only()
    return isinstance(shape, Text) or (isinstance(shape, Constant) and shape.kind == "str")


def _is_callable(value: Value) -> bool:
    return bool(value.shapes) and all(isinstance(shape, _CALLABLE) for shape in value.shapes)

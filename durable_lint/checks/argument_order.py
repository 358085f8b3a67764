"""LDF305: what an operation takes first stands elsewhere among its arguments."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.given import is_callable, signature_of
from durable_lint.durable.sdk import WITH_RETRY, Role
from durable_lint.durable.shapes import Operation
from durable_lint.findings import Finding, Fix
from durable_lint.fixes.reorder_arguments import into_list, name_last, swap_first_two
from durable_lint.inspection import Inspection
from durable_lint.program.arguments import Argument
from durable_lint.program.values import Constant, Text

CODES = ("LDF305",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each operation whose first argument is not what it takes first."""
    for operation in inspection.walk.operations:
        call = operation.call
        given = call.arguments.positional()
        judged = _judged(operation, given)
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


def _judged(operation: Operation, given: list[Argument]) -> tuple[str, Fix | None] | None:
    """Return what the operation takes instead of what is `given`, and how to mend that."""
    signature = signature_of(operation)
    role = signature.role
    if signature.body is None or signature.name == WITH_RETRY.name or not given:
        return None
    if _is_name(operation, given):
        return f"the {signature.parameters[0]} first and the name last", name_last(operation)
    callables = [is_callable(item.value) for item in given]
    if role is Role.BRANCH and callables[0]:
        count = callables.index(False) if False in callables else len(callables)
        return "one list of functions", into_list(operation, count)
    if role is Role.ITEM and callables[0] and callables[1:2] == [False]:
        return "the inputs before the function", swap_first_two(operation)
    return None


def _is_name(operation: Operation, given: list[Argument]) -> bool:
    """Tell whether the first argument is a text that can only be meant for the name."""
    shape = given[0].value.only()
    is_text = isinstance(shape, Text) or (isinstance(shape, Constant) and shape.kind == "str")
    if signature_of(operation).role is Role.ITEM:
        # The inputs of a map may be a text; then the function comes right after them.
        return is_text and any(is_callable(item.value) for item in given[2:3])
    before_function = any(is_callable(item.value) for item in given[1:])
    # A text that a call makes is the result of a function that should have been passed.
    return is_text and (before_function or not isinstance(given[0].node, cst.Call))

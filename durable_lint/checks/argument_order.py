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
    by_node: dict[cst.CSTNode, list[Operation]] = defaultdict(list)
    for operation in inspection.walk.operations:
        by_node[operation.call.node].append(operation)
    for operations in by_node.values():
        judged = [(operation, _judged(operation)) for operation in operations]
        wrong = [(operation, takes) for operation, takes in judged if takes is not None]
        if not wrong:
            continue
        operation, takes = wrong[0]
        call = operation.call
        first = call.arguments.positional()[0].node
        if first is None or not call.arguments.plain:
            continue
        name = f"context.{operation.name}"
        yield inspection.finding(
            "LDF305",
            call.frame,
            first,
            f"{name} takes {takes}, but {inspection.written(call.frame, first)} stands first",
            route=[inspection.hop(call.frame, call.node, f"calls {name}")],
            # Code that is also called with the right arguments must stay as it is.
            fix=reorder(operation) if len(wrong) == len(judged) else None,
        )


def _judged(operation: Operation) -> str | None:
    """Return what the operation takes instead of what it is given, None where that is right."""
    signature = signature_of(operation)
    given = operation.call.arguments.positional()
    if signature.body is None or signature.name == WITH_RETRY.name or not given:
        return None
    callables = [is_callable(item.value) for item in given]
    if _is_name(operation, given):
        first = signature.parameters[0].replace("func", "function").replace("functiontions", "x")
        return f"the {first} first and the name last"
    if signature.role is Role.BRANCH and callables[0]:
        return "one list of functions"
    if signature.role is Role.ITEM and callables[0] and callables[1:2] == [False]:
        return "the inputs before the function"
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

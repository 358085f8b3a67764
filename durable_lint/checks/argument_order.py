"""LDF305: the arguments of an operation stand in each other's places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.flow.given import is_callable, signature_of
from durable_lint.durable.sdk import WITH_RETRY, Role, sdk_name
from durable_lint.durable.shapes import Operation
from durable_lint.findings import Finding, Fix
from durable_lint.fixes.reorder_arguments import (
    config_by_keyword,
    into_list,
    name_last,
    swap_first_two,
)
from durable_lint.inspection import Inspection
from durable_lint.program.values.arguments import Argument
from durable_lint.program.values.shapes import Constant, External, Text
from durable_lint.program.values.values import Value

CODES = ("LDF305",)


@dataclass(frozen=True, slots=True)
class _Mistake:
    """What an operation takes instead of the argument that it is given, and how that is mended."""

    operation: Operation
    argument: Argument
    takes: str
    fix: Callable[[Operation], Fix | None]


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each operation whose arguments stand in each other's places."""
    by_node: dict[cst.CSTNode, list[Operation]] = defaultdict(list)
    for operation in inspection.walk.operations:
        by_node[operation.call.node].append(operation)
    for operations in by_node.values():
        mistakes = [mistake for operation in operations for mistake in _mistakes(operation)]
        for mistake in mistakes[:1]:
            call = mistake.operation.call
            place = mistake.argument.node or call.node
            name = f"context.{mistake.operation.name}"
            # Code that is also called with the right arguments must stay as it is.
            always = len(mistakes) == len(operations)
            yield inspection.finding(
                "LDF305",
                call.frame,
                place,
                f"{name} takes {mistake.takes}: here {inspection.written(call.frame, place)} "
                "stands in its place",
                route=[inspection.hop(call.frame, call.node, f"calls {name}")],
                fix=mistake.fix(mistake.operation) if always else None,
            )


def _mistakes(operation: Operation) -> Iterator[_Mistake]:
    """Yield the mistake in the order of an operation's arguments, if there is one."""
    signature = signature_of(operation)
    given = operation.call.arguments.positional()
    if not given or signature.name == WITH_RETRY.name:
        return
    first, callables = given[0], [is_callable(item.value) for item in given]
    name = operation.arguments.get("name")
    if signature.body is not None and _is_name(signature.role, given):
        wanted = "function" if signature.parameters[0] == "func" else signature.parameters[0]
        yield _Mistake(operation, first, f"the {wanted} first and the name after it", name_last)
    elif signature.role is Role.BRANCH and callables[0]:
        yield _Mistake(operation, first, "one list of functions", into_list)
    elif signature.role is Role.ITEM and callables[0] and callables[1:2] == [False]:
        yield _Mistake(operation, first, "the inputs before the function", swap_first_two)
    elif name is not None and name in given and _is_config(name.value):
        yield _Mistake(operation, name, "a name before its config", config_by_keyword)


def _is_config(value: Value) -> bool:
    shape = value.only()
    made = sdk_name(shape.path) if isinstance(shape, External) else None
    return made is not None and made.endswith("Config()")


def _is_name(role: Role | None, given: list[Argument]) -> bool:
    """Tell whether the first argument is a text that can only be meant for the name."""
    shape = given[0].value.only()
    is_text = isinstance(shape, Text) or (isinstance(shape, Constant) and shape.kind == "str")
    if role is Role.ITEM:
        # The inputs of a map may be a text; then the function comes right after them.
        return is_text and any(is_callable(item.value) for item in given[2:3])
    before_function = any(is_callable(item.value) for item in given[1:])
    # A text that a call makes is the result of a function that should have been passed.
    return is_text and (before_function or not isinstance(given[0].node, cst.Call))

"""LDF303: `context.step(charge(order))` charges before the step, which then has nothing to run."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.flow.misplaced import Misplaced
from durable_lint.durable.sdk import RECEIVED_NAMES, Role
from durable_lint.durable.shapes import Context
from durable_lint.findings import Finding, Fix
from durable_lint.fixes.lambdas import pass_function
from durable_lint.inspection import Inspection
from durable_lint.program.values.contents import deep_shapes

CODES = ("LDF303",)

# Their functions need what they receive, so a lambda that drops it would be no help.
_NEEDS_ARGUMENTS = frozenset((Role.ITEM, Role.CHECK))


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding at each call whose result stands where a function should."""
    for misplaced in inspection.misplaced:
        given, call = misplaced.given, misplaced.call
        called = inspection.called(call)
        operation = given.operation.name
        received = " and ".join(RECEIVED_NAMES[given.role][:2])
        yield inspection.finding(
            "LDF303",
            call.frame,
            call.node,
            f'"{called}" is called here, in replayed code, before the {operation} begins, which '
            f"then gets its result where it needs a function to call with {received}",
            route=[
                inspection.hop(call.frame, call.node, f"calls {called}"),
                inspection.hop(
                    given.operation.call.frame,
                    given.operation.call.node,
                    f"is given the result as what the {operation} runs",
                ),
            ],
            fix=_fix(inspection, misplaced),
        )


def _fix(inspection: Inspection, misplaced: Misplaced) -> Fix | None:
    """Make the call where the operation runs it; not if it makes operations of its own."""
    given, call = misplaced.given, misplaced.call
    if not (given.direct and misplaced.always) or given.role in _NEEDS_ARGUMENTS:
        return None
    if inspection.walk.is_or_makes_operation(call):
        return None
    if any(isinstance(shape, Context) for shape in deep_shapes(call.arguments.all_values())):
        return None
    return pass_function(inspection.ground, call, given.role)

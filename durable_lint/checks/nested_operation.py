"""LDF301: an operation inside a step body takes a number that is free again on replay."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.flow.reach import called_name
from durable_lint.durable.flow.routes import is_root, route_from, runs_parameter
from durable_lint.durable.sdk import OPERATIONS, PACKAGE
from durable_lint.durable.shapes import Body, Operation
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Call
from durable_lint.program.values.shapes import External

CODES = ("LDF301",)

# What a step body receives has no operations, but people ask it for them.
_ASKED_OF_STEP = frozenset(f"{PACKAGE}.StepContext().{name}" for name in OPERATIONS)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each call of a step body's own code that leads to an operation."""
    for frame in inspection.walk.frames:
        body = frame.body
        if not isinstance(body, Body) or body.replayed or not is_root(frame):
            continue
        for event in frame.all_events():
            route = route_from(event, _is_operation) if isinstance(event, Call) else ()
            if route:
                begin = _begin(route)
                yield inspection.finding(
                    "LDF301",
                    begin[0].frame,
                    begin[0].node,
                    _message(inspection, begin, body),
                    route=[
                        *(
                            inspection.hop(call.frame, call.node, f"calls {called_name(call)}")
                            for call in route[:-1]
                        ),
                        inspection.hop(
                            route[-1].frame, route[-1].node, inspection.called(route[-1])
                        ),
                    ],
                )


def _begin(route: tuple[Call, ...]) -> tuple[Call, ...]:
    """Return a route without what leads to the code at fault, for it only runs what it is given.

    Code that runs anything in a step is right; a function with operations is not for it.
    """
    while len(route) > 1 and runs_parameter(route[0]):
        route = route[1:]
    return route


def _is_operation(call: Call) -> bool:
    return isinstance(call.meaning, Operation) or _is_asked_of_step(call)


def _is_asked_of_step(call: Call) -> bool:
    return any(isinstance(s, External) and s.path in _ASKED_OF_STEP for s in call.callee.shapes)


def _message(inspection: Inspection, route: tuple[Call, ...], body: Body) -> str:
    operation = f'"{inspection.called(route[-1])}"'
    where = body.role.value
    if len(route) > 1:
        operation = f'"{inspection.called(route[0])}" leads to {operation}, which'
    if not isinstance(route[-1].meaning, Operation):
        return f"{operation} is asked of what a {where} receives, and that has no operations"
    return (
        f"{operation} makes an operation inside a {where}: on replay the body is skipped, and the "
        "operation's number goes to the next one"
    )

"""LDF405: a loop of one step and a wait that ends by what the step has seen."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.shapes import Operation
from durable_lint.durable.suspension.loops import Loop, innermost, leaves, loops, operations_in
from durable_lint.durable.walk import Walk
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection
from durable_lint.program.running.dependence import depends_on, names_from
from durable_lint.program.values.frames import Call, Frame

CODES = ("LDF405",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each loop that polls."""
    for frame in inspection.walk.replayed:
        for loop in loops(frame):
            step = _polling_step(inspection.walk, frame, loop)
            if step is None or not _ends_by(frame, loop, step.node):
                continue
            yield inspection.finding(
                "LDF405",
                frame,
                loop,
                f'this loop polls with "{inspection.called(step)}" and a wait: wait_for_condition '
                "is one operation, however often it polls",
                route=[inspection.hop(step.frame, step.node, "polls")],
            )


def _polling_step(walk: Walk, frame: Frame, loop: Loop) -> Call | None:
    """Return the one step of a loop whose other operations are waits, all its own."""
    steps: list[Call] = []
    waits = 0
    for call in operations_in(walk, frame, loop):
        operation = call.meaning
        if not isinstance(operation, Operation) or innermost(call) is not loop:
            return None
        if operation.name == "step":
            steps.append(call)
        elif operation.name == "wait":
            waits += 1
        else:
            return None
    return steps[0] if len(steps) == 1 and waits else None


def _ends_by(frame: Frame, loop: Loop, step: cst.CSTNode) -> bool:
    """Tell whether a condition that ends the loop is calculated from what `step` returns."""
    names = names_from(loop, step)
    conditions = [loop.test] if isinstance(loop, cst.While) else []
    for leave in leaves(frame, loop):
        inside = leave.regions[[region.node for region in leave.regions].index(loop) :]
        tests = [region.node for region in inside if region.kind == "branch"]
        conditions += [node.test for node in tests if isinstance(node, cst.If)]
        conditions += [node.subject for node in tests if isinstance(node, cst.Match)]
    return any(depends_on(condition, step, names) for condition in conditions)

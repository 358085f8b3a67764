"""LDF401: code around an operation ends the exception by which the execution is suspended."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.suspension.swallowing import Blocks, Swallower
from durable_lint.findings import Finding
from durable_lint.fixes.narrow_to_exception import narrow_to_exception
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Call

CODES = ("LDF401",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each clause, `finally` or manager that swallows a suspension."""
    for frame in inspection.walk.replayed:
        blocks: Blocks | None = None
        seen: set[cst.CSTNode] = set()
        for call in inspection.suspensions.of(frame):
            blocks = blocks or Blocks(inspection.walk.interpreter, frame)
            swallower = blocks.swallower(call)
            if swallower is not None and swallower.node not in seen:
                seen.add(swallower.node)
                yield _finding(inspection, swallower, call)


def _finding(inspection: Inspection, swallower: Swallower, call: Call) -> Finding:
    frame, node = swallower.frame, swallower.node
    return inspection.finding(
        "LDF401",
        frame,
        node,
        f'{_subject(node)} swallows the exception by which "{inspection.called(call)}" suspends '
        "the execution: it goes on as if the operation were done",
        route=[
            inspection.hop(call.frame, call.node, "suspends the execution"),
            inspection.hop(frame, node, "swallows the suspension"),
        ],
        fix=narrow_to_exception(frame, node, swallower.statement),
    )


def _subject(node: cst.CSTNode) -> str:
    match node:
        case cst.ExceptHandler() | cst.ExceptStarHandler():
            return "this clause"
        case cst.BaseExpression():
            return "this context manager"
        case _:
            return "leaving the finally here"

"""LDF204: a function that is kept for later, and finds the last value of a loop's variable."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.state.closures import Closures, LateUse
from durable_lint.findings import Finding, Position
from durable_lint.fixes.bind_default import bind_default
from durable_lint.inspection import Inspection

CODES = ("LDF204",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding at the first use of each variable in each such function."""
    first: dict[tuple[cst.CSTNode, str], LateUse] = {}
    for use in Closures(inspection.walk, inspection.callers).late_uses():
        key = (use.function.node, use.variable.name)
        if key not in first or _place(use) < _place(first[key]):
            first[key] = use
    for use in first.values():
        name, access = use.variable.name, use.access
        frame = use.function.frame
        yield inspection.finding(
            "LDF204",
            access.frame,
            access.node,
            f'"{name}" is looked up when the function runs, after the loop: every function that '
            "the loop has made finds its last value",
            route=[inspection.hop(frame, use.function.node, "makes the function")],
            fix=bind_default(use),
        )


def _place(use: LateUse) -> Position:
    return use.access.frame.module.span(use.access.node).start

"""LDF404: a loop that makes operations and never ends."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.suspension.loops import (
    is_endless,
    is_guarded,
    loops,
    may_end,
    operations_in,
)
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection

CODES = ("LDF404",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each loop without an end that nothing leaves."""
    for frame in inspection.walk.replayed:
        for loop in loops(frame):
            operations = operations_in(inspection.walk, frame, loop)
            if (
                not operations
                or not is_endless(frame, loop)
                or may_end(frame, loop)
                or is_guarded(frame, loop)
            ):
                continue
            first = operations[0]
            yield inspection.finding(
                "LDF404",
                frame,
                loop,
                f'this loop makes operations with "{inspection.called(first)}" for ever: the '
                "history grows until the execution meets its limits",
                route=[inspection.hop(first.frame, first.node, "makes an operation, each round")],
            )

"""LDF402: a clean-up that is run at every suspension, while the work has only paused."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.flow.reach import called_name
from durable_lint.durable.shapes import Effect
from durable_lint.durable.suspension.cleanup import Cleanup, Cleanups
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Call

CODES = ("LDF402",)

_PLACES = {"finally": "in this finally", "handler": "in this clause"}


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each clean-up around an operation that does something lasting."""
    cleanups = Cleanups(inspection.walk)
    for frame in inspection.walk.replayed:
        seen: set[cst.CSTNode] = set()
        for call in inspection.suspensions.of(frame):
            for cleanup in cleanups.at(call):
                if cleanup.node not in seen:
                    seen.add(cleanup.node)
                    yield _finding(inspection, cleanup, call)


def _finding(inspection: Inspection, cleanup: Cleanup, call: Call) -> Finding:
    written = inspection.written(cleanup.frame, cleanup.node)
    place = _PLACES.get(cleanup.kind)
    what = f'"{written}" {place} runs' if place else f'the exit of "{written}" runs'
    last = cleanup.route[-1]
    return inspection.finding(
        "LDF402",
        cleanup.frame,
        cleanup.node,
        f'{what} whenever "{inspection.called(call)}" suspends the execution, not only when the '
        f"work has ended: it {_deed(last)}",
        route=[
            inspection.hop(call.frame, call.node, "suspends the execution"),
            *(
                inspection.hop(step.frame, step.node, f"calls {called_name(step)}")
                for step in cleanup.route[:-1]
            ),
            inspection.hop(last.frame, last.node, _deed(last)),
        ],
    )


def _deed(call: Call) -> str:
    return call.meaning.why if isinstance(call.meaning, Effect) else "makes an operation"

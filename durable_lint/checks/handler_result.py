"""LDF207: a handler returns what JSON cannot express, so that the execution fails at its end."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.checkpoints.returns import returned_by
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection

CODES = ("LDF207",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each result of a handler that `json.dumps` certainly refuses."""
    reported: set[cst.CSTNode] = set()
    for _, _, frames in inspection.walk.entries:
        for event in returned_by(frames):
            refused = inspection.responses.refused(event.value)
            if refused is None or event.node in reported:
                continue
            reported.add(event.node)
            yield inspection.finding(
                "LDF207",
                event.frame,
                event.node,
                f"the handler returns what JSON cannot express ({refused}): the execution fails "
                "when all its work is done",
            )

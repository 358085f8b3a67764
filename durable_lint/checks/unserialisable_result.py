"""LDF206: a body returns what the SDK's serialiser refuses, so that its operation fails."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.checkpoints.returns import is_stored_by_default, returned_by
from durable_lint.findings import Finding
from durable_lint.fixes.sort import sort_returned
from durable_lint.inspection import Inspection

CODES = ("LDF206",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each result of a body that certainly cannot be stored."""
    reported: set[cst.CSTNode] = set()
    for operation in inspection.walk.operations:
        if not is_stored_by_default(operation):
            continue
        for body, frames in operation.bodies:
            for event in returned_by(frames):
                refused = inspection.checkpoints.refused(event.value)
                if refused is None or event.node in reported:
                    continue
                reported.add(event.node)
                call = operation.call
                yield inspection.finding(
                    "LDF206",
                    event.frame,
                    event.node,
                    f"a {body.role.value} returns what the SDK cannot store ({refused}): the "
                    "operation fails with SerDesError, after its work is done",
                    route=[
                        inspection.hop(call.frame, call.node, f"{operation.name} stores the result")
                    ],
                    fix=sort_returned(inspection.ground, event),
                )

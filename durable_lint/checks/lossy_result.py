"""LDF208: a result lost its type in the checkpoint, and is used as if it had kept it."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.findings import Finding
from durable_lint.inspection import Inspection

CODES = ("LDF208",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each operation, at the first attribute that only the lost type had."""
    reported: set[cst.CSTNode] = set()
    for loss in inspection.walk.library.losses:
        call = loss.operation.call
        if call.node in reported:
            continue
        reported.add(call.node)
        yield inspection.finding(
            "LDF208",
            loss.frame,
            loss.node,
            f"the {loss.original} comes back from its checkpoint as a plain {loss.plain}, which "
            f'has no "{loss.name}"',
            route=[inspection.hop(call.frame, call.node, f"stores the {loss.original}")],
        )

"""LDF109: an order that nothing fixes decides what operations are called or given."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.flow.ordering import Ordered, Ordering
from durable_lint.findings import Finding
from durable_lint.fixes.sort import sort_taken
from durable_lint.inspection import Inspection

CODES = ("LDF109",)
_LONGEST = 40


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding where each order is taken, for the worst that it decides."""
    worst: dict[cst.CSTNode, Ordered] = {}
    for found in Ordering(inspection.walk, inspection.callers).reached():
        node = found.order.node
        if node not in worst or found.in_name > worst[node].in_name:
            worst[node] = found
    for found in worst.values():
        frame, node = found.order.frame, found.order.node
        call = found.operation.call
        part = "name" if found.in_name else "input"
        yield inspection.finding(
            "LDF109",
            frame,
            node,
            f"nothing fixes the order of {_shown(found)}, and it decides the "
            f"{found.operation.name}'s {part}: on replay it may be another one",
            route=[
                inspection.hop(frame, node, "takes what has no order, one by one"),
                inspection.hop(call.frame, call.node, f"makes the {found.operation.name}"),
            ],
            fix=sort_taken(inspection.ground, found.order),
        )


def _shown(found: Ordered) -> str:
    text = " ".join(found.order.frame.module.text(found.order.node).split())
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."

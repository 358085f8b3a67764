"""LDF310: a callback that may never be answered, and nothing that gives it up."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.options import option
from durable_lint.findings import Finding
from durable_lint.fixes.callback_timeout import CONFIGS, callback_timeout
from durable_lint.inspection import Inspection
from durable_lint.program.values.values import NOTHING

CODES = ("LDF310",)

_TIMEOUTS = ("timeout", "heartbeat_timeout")


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each callback whose configuration certainly has no timeout."""
    for operation in inspection.walk.operations:
        if operation.name not in CONFIGS:
            continue
        if any(option(operation, name) != NOTHING for name in _TIMEOUTS):
            continue
        call = operation.call
        yield inspection.finding(
            "LDF310",
            call.frame,
            call.node,
            f'"{inspection.called(call)}" has no timeout: if nobody answers, '
            "the execution waits until its own end",
            route=[inspection.hop(call.frame, call.node, f"makes a {operation.name}")],
            fix=callback_timeout(inspection.ground, operation),
        )

"""LDF313: a durable handler takes what the service sends, and nothing that a caller can make."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.shapes import Handler
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection
from durable_lint.program.running.definitions import functions_in

CODES = ("LDF313",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each call of a durable handler by code of a durable execution."""
    for call in inspection.walk.calls:
        if not isinstance(call.meaning, Handler):
            continue
        written = inspection.called(call)
        names = [function.name for function in functions_in(call.meaning.function)]
        handler = f'"{names[0]}", ' if names and names[0] != written else ""
        yield inspection.finding(
            "LDF313",
            call.frame,
            call.node,
            f'"{written}" calls {handler}a durable handler: it takes what the service sends to '
            "start or resume an execution, and fails for anything else",
            route=[inspection.hop(call.frame, call.node, f"calls {(*names, written)[0]}")],
        )

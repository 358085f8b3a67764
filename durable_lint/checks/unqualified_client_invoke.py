"""LDF502: a client's call that names a durable function without version or alias."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.clients import ClientCall
from durable_lint.durable.target_values import Reading, may_be_durable, read_targets
from durable_lint.findings import Finding, Hop, Severity
from durable_lint.inspection import Inspection

CODES = ("LDF502",)

# The calls that run a function; the others only let something run it.
_INVOKING = frozenset(
    ("lambda.invoke", "lambda.invoke_async", "lambda.invoke_with_response_stream")
)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each function that is durable, or may be, and named unqualified."""
    plain = inspection.walk.vocabulary.on_demand_functions
    for named in inspection.client_calls:
        if named.qualified:
            continue
        for reading in read_targets(named.target, inspection.evidence, inspection.walk.module.path):
            certain = bool(named.durable or reading.durable)
            invoked = named.method in _INVOKING and may_be_durable(reading, plain)
            if reading.bare and (certain or invoked):
                yield inspection.finding(
                    "LDF502",
                    named.call.frame,
                    named.call.node,
                    _message(inspection, named, reading),
                    route=_route(inspection, named, reading),
                    severity=None if certain else Severity.WARNING,
                )


def _message(inspection: Inspection, named: ClientCall, reading: Reading) -> str:
    if not (named.durable or reading.durable):
        return (
            f'{named.method} names "{reading.shown}" without a version or alias, so it fails if '
            f"the function is durable; qualify it, or add {reading.name!r} to "
            "`on-demand-functions` if it is not"
        )
    if reading.place is None or not reading.durable:
        known = "durable: the call gives a DurableExecutionName"
    else:
        place = inspection.evidence.shown(reading.place)
        known = f"the durable function {reading.label} ({place})"
    return (
        f'{named.method} names "{reading.shown}" without a version or alias, but it is {known}; '
        "Lambda refuses to run it"
    )


def _route(inspection: Inspection, named: ClientCall, reading: Reading) -> Iterator[Hop]:
    if reading.place is not None:
        yield inspection.hop_to(reading.place, f'"{reading.shown}" is {reading.label}, unqualified')
        yield inspection.hop(named.call.frame, named.call.node, f'names "{reading.shown}"')

"""LDF502: a client's call that names a durable function without version or alias."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.deployment.clients import ClientCall
from durable_lint.durable.deployment.target_values import Reading, read_targets
from durable_lint.findings import Finding, Hop
from durable_lint.inspection import Inspection

CODES = ("LDF502",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each durable function that a client's call names unqualified."""
    for named in inspection.client_calls:
        if named.qualified:
            continue
        for reading in read_targets(named.target, inspection.evidence, inspection.walk.module.path):
            if reading.bare and (named.durable or reading.durable):
                yield inspection.finding(
                    "LDF502",
                    named.call.frame,
                    named.call.node,
                    _message(inspection, named, reading),
                    route=_route(inspection, named, reading),
                )


def _message(inspection: Inspection, named: ClientCall, reading: Reading) -> str:
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

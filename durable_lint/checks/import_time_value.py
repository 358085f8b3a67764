"""LDF114: a value that was drawn when the module was imported, and that an execution relies on."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.flow.flow import Use, Uses
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection

CODES = ("LDF114",)

NAME_RULE = "LDF116"


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding where replayed code takes such a value and something comes of it."""
    for call, reached in inspection.reach.sites():
        for item in reached:
            effect = item.effect
            if effect.code != "LDF114" or not _matters(inspection, inspection.flow.uses(effect)):
                continue
            if not inspection.silenced_at("LDF114", effect.frame, effect.node):
                yield inspection.finding(
                    "LDF114",
                    call.frame,
                    call.node,
                    f'"{effect.path}" {effect.why}: after a cold start it is another value',
                    route=inspection.hops(item),
                )


def _matters(inspection: Inspection, uses: Uses) -> bool:
    if uses.kinds == {Use.NAME} and inspection.enabled(NAME_RULE):
        return False
    return not uses.kinds.isdisjoint((Use.RETURNED, Use.INPUT, Use.NAME, Use.DECIDES))

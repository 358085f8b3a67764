"""LDF116: an operation's name that is another one on the next replay."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.flow.names import named
from durable_lint.durable.shapes import Effect
from durable_lint.findings import Applicability, Finding, Fix
from durable_lint.fixes.wrap_in_step import wrap_in_step
from durable_lint.inspection import Inspection
from durable_lint.program.modules.syntax import descendants
from durable_lint.program.values.frames import Call
from durable_lint.program.values.values import Value

CODES = ("LDF116",)

# A name that depends on whether the operation is replayed is reported as that.
REPLAYED = "LDF112"
# A published version has one environment: who runs another one turns its rule on.
ENVIRONMENT = "LDF108"


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each name argument that depends on something that differs."""
    sites = {item.effect: call for call, found in inspection.reach.sites() for item in found}
    for item in named(inspection.walk):
        effects = list(_unstable(inspection, item.name.value))
        if not effects:
            continue
        effect = min(effects, key=lambda found: found.path)
        frame, where = item.call.frame, item.name.node or item.call.node
        yield inspection.finding(
            "LDF116",
            frame,
            where,
            f'the name of this {item.what} depends on "{effect.path}", which {effect.why}: '
            "on replay it is another name than the stored one",
            route=[
                inspection.hop(effect.frame, effect.node, f"{effect.path} {effect.why}"),
                inspection.hop(frame, where, f"names the {item.what}"),
            ],
            fix=_fix(inspection, item.call, sites.get(effect)) if len(effects) == 1 else None,
        )


def _unstable(inspection: Inspection, name: Value) -> Iterator[Effect]:
    for origin in name.origins:
        if isinstance(origin, Effect) and origin.code != REPLAYED:
            if origin.code != ENVIRONMENT or inspection.enabled(ENVIRONMENT):
                yield origin


def _fix(inspection: Inspection, call: Call, site: Call | None) -> Fix | None:
    """Make what the name is made of a step; inside the name itself that would be hard to read."""
    if site is None or site.frame.module is not call.frame.module:
        return None
    if any(node is site.node for node in descendants(call.node)):
        return None
    return wrap_in_step(inspection.ground, site, Applicability.SAFE)

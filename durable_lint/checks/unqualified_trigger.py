"""LDF504: a CDK stack connects something to a durable function instead of a version of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.deployment.triggers import Trigger, triggers
from durable_lint.findings import Finding, Fix
from durable_lint.fixes.current_version import current_version
from durable_lint.inspection import Inspection

CODES = ("LDF504",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each expression that is, on every way to it, a bare durable function."""
    stacks = inspection.stacks
    if stacks is None:
        return
    found: dict[cst.CSTNode, list[Trigger]] = defaultdict(list)
    for trigger in triggers(stacks, inspection.walk.vocabulary.stacks):
        found[trigger.function].append(trigger)
    for ways in found.values():
        if all(trigger.made for trigger in ways):
            yield _finding(inspection, ways[0])


def _finding(inspection: Inspection, trigger: Trigger) -> Finding:
    call = trigger.call
    made = trigger.made[0]
    module = call.frame.module
    text = module.text(trigger.function)
    mend = "use its `current_version` or an alias" if trigger.fixable else "use an alias"
    if trigger.method is not None:
        message = f"{trigger.method} makes {trigger.what} for the durable function {text} itself"
    else:
        message = f"{trigger.what} takes the durable function {text} itself"
    return inspection.finding(
        "LDF504",
        call.frame,
        call.node if trigger.method is not None else trigger.function,
        f"{message}, which Lambda refuses to run without a version or alias; {mend}",
        route=[
            inspection.hop(made.frame, made.node, f"makes the durable function {made.label}"),
            inspection.hop(call.frame, call.node, f"connects {trigger.what}"),
        ],
        fix=_fix(inspection, trigger),
    )


def _fix(inspection: Inspection, trigger: Trigger) -> Fix | None:
    """Return the fix; none in another module, of whose other callers nothing is known here."""
    module = trigger.call.frame.module
    if not trigger.fixable or module is not inspection.walk.module:
        return None
    return current_version(module, trigger.function)

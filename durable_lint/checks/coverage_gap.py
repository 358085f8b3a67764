"""LDF903: a call of replayed code that is not followed: nothing is known of what it does."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.flow.gaps import Why, gaps
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection

CODES = ("LDF903",)

_MESSAGES = {
    Why.UNRESOLVED: "{called} cannot be resolved: nothing is known of what it does on replay",
    Why.BODY: "{called} runs what cannot be resolved: nothing is known of what it does on replay",
    Why.SIZE: "{called} is not followed, for the program is too large: nothing is known of it",
}


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield one finding for each call that is not followed."""
    for gap in gaps(inspection.walk):
        called = f'"{inspection.written(gap.frame, gap.node)}"'
        message = _MESSAGES[gap.why].format(called=called)
        yield inspection.finding("LDF903", gap.frame, gap.node, message)

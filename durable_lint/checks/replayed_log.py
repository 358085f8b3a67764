"""LDF601: a print or a plain logger in replayed code writes its line again on every replay."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.flow.replaying import Replaying
from durable_lint.durable.shapes import Effect
from durable_lint.durable.walk import Walk
from durable_lint.findings import Finding
from durable_lint.fixes.to_context_logger import to_context_logger
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Call
from durable_lint.program.values.shapes import External, Site

CODES = ("LDF601",)
# A sleep becomes a wait, and the code around it stays where it is.
_MENDED_IN_PLACE = ("LDF307",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding at each log call itself: there it is mended, however it is reached.

    One that goes into a step with the call that leads to it needs no mending of its own, nor does
    one that `is_replaying()` decides on.
    """
    handed_over = _handed_over(inspection.walk)
    moved = _moved(inspection)
    replaying = Replaying(inspection.callers)
    for frame in inspection.walk.replayed:
        for event in frame.all_events():
            if not isinstance(event, Call) or not isinstance(event.meaning, Effect):
                continue
            effect = event.meaning
            if effect.code not in CODES or _sites(event) & handed_over or effect in moved:
                continue
            if not inspection.reach.stays(event) or replaying.decides_on(event):
                continue
            yield inspection.finding(
                effect.code,
                frame,
                event.node,
                f'"{effect.path}" {effect.why} in replayed code, again on every replay',
                route=[inspection.hop(frame, event.node, f"{effect.path} {effect.why}")],
                fix=to_context_logger(inspection.ground, event),
            )


def _moved(inspection: Inspection) -> set[Effect]:
    """Return the log calls that are reached only by calls which lead to worse than them."""
    moved: set[Effect] = set()
    left: set[Effect] = set()
    for _, reached in inspection.reach.sites():
        worse = any(_calls_for_step(inspection, item.effect) for item in reached)
        for item in reached:
            if item.effect.code in CODES:
                (moved if worse and len(item.calls) > 1 else left).add(item.effect)
    return moved - left


def _calls_for_step(inspection: Inspection, effect: Effect) -> bool:
    """Tell whether what leads to an effect is going to be moved into a step as a whole."""
    code = effect.code
    if code in (*CODES, *_MENDED_IN_PLACE) or not inspection.enabled(code):
        return False
    if inspection.rules[code].fix is None or inspection.flow.is_harmless(effect):
        return False
    return not inspection.silenced_at(code, effect.frame, effect.node)


def _sites(call: Call) -> set[Site | None]:
    return {s.site for s in call.callee.shapes if isinstance(s, External) and s.site is not None}


def _handed_over(walk: Walk) -> set[Site | None]:
    """Return the loggers given to `context.set_logger`: the SDK silences those on replay."""
    found: set[Site | None] = set()
    for call in walk.calls:
        for shape in call.callee.shapes:
            if isinstance(shape, External) and shape.path.endswith("DurableContext().set_logger"):
                for inner in call.arguments.all_values().shapes:
                    if isinstance(inner, External) and inner.site is not None:
                        found.add(inner.site)
    return found

"""Loops that make operations: which, and by what they can be left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from durable_lint.durable.routes import route_from
from durable_lint.durable.walk import Walk
from durable_lint.program.frames import Call, Event, Frame, Leave, Region
from durable_lint.program.shapes import External

Loop = cst.For | cst.While


def loops(frame: Frame) -> list[Loop]:
    """Return the loop statements of a frame in which something happens, in order."""
    return list(
        dict.fromkeys(
            region.node
            for event in frame.all_events()
            for region in event.regions
            if region.kind == "loop" and isinstance(region.node, cst.For | cst.While)
        )
    )


def within(frame: Frame, loop: Loop) -> Iterator[Event]:
    """Yield the events of a frame that happen in a loop."""
    for event in frame.all_events():
        if any(region.node is loop for region in event.regions if region.kind == "loop"):
            yield event


def operations_in(walk: Walk, frame: Frame, loop: Loop) -> list[Call]:
    """Return the calls in a loop that make operations, or lead to some, in order."""
    return [
        event
        for event in within(frame, loop)
        if isinstance(event, Call) and not event.applied and walk.is_or_makes_operation(event)
    ]


def innermost(event: Event) -> cst.CSTNode | None:
    """Return the loop, or clause of a comprehension, that an event is repeated by most often."""
    found = [region.node for region in event.regions if region.kind == "loop"]
    return found[-1] if found else None


def leaves(frame: Frame, loop: Loop) -> Iterator[Leave]:
    """Yield every break, return, raise or yield by which a loop is left, if only for a while."""
    for event in within(frame, loop):
        if isinstance(event, Leave):
            own_break = event.how == "break" and innermost(event) is loop
            if own_break or event.how in ("return", "raise", "yield"):
                yield event


def may_end(frame: Frame, loop: Loop) -> bool:
    """Tell whether something in a loop, or in what it calls, may end it."""
    return next(leaves(frame, loop), None) is not None or any(
        route_from(event, _may_raise) for event in within(frame, loop) if isinstance(event, Call)
    )


def _may_raise(call: Call) -> bool:
    """Tell whether what a call opens raises something itself, and not for others to catch."""
    return any(
        isinstance(event, Leave) and event.how == "raise"
        for callee in call.callees
        if callee.body == call.frame.body
        for event in callee.all_events()
    )


def is_guarded(frame: Frame, loop: Loop) -> bool:
    """Tell whether an except clause or a `suppress` around a loop may end it by a failure."""
    for event in within(frame, loop):
        before = _before(event.regions, loop)
        return any(_guards(region) for region in before)
    return False


def _before(regions: Sequence[Region], loop: Loop) -> Sequence[Region]:
    return regions[: next(i for i, region in enumerate(regions) if region.node is loop)]


def _guards(region: Region) -> bool:
    if region.kind == "try" and isinstance(region.node, cst.Try | cst.TryStar):
        return bool(region.node.handlers)
    return region.kind == "with" and any(
        isinstance(s, External) and s.path == "contextlib.suppress()" for s in region.test.shapes
    )

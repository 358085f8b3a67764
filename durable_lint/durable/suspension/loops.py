"""Loops that make operations: which, and by what they can be left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from durable_lint.durable.flow.routes import route_from
from durable_lint.durable.walk import Walk
from durable_lint.program.modules.syntax import descendants
from durable_lint.program.values.frames import Call, Event, Frame, Iteration, Leave, Region, Test
from durable_lint.program.values.shapes import Constant, External
from durable_lint.program.values.values import Value

Loop = cst.For | cst.While

_ENDLESS = frozenset(("itertools.count()",))

_LITERALS = (cst.Integer, cst.Float, cst.SimpleString)


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


def is_endless(frame: Frame, loop: Loop) -> bool:
    """Tell whether a loop has no end of its own: its test is certainly true, or it only counts."""
    if isinstance(loop, cst.While):
        asked = [e.value for e in within(frame, loop) if isinstance(e, Test) and e.node is loop]
        return _is_firm(frame, loop.test) and all(map(_is_true, asked))
    iterated = [
        event.value.only()
        for event in frame.all_events()
        if isinstance(event, Iteration) and event.node is loop.iter
    ]
    return bool(iterated) and all(isinstance(s, External) and s.path in _ENDLESS for s in iterated)


def _is_firm(frame: Frame, test: cst.BaseExpression) -> bool:
    """Tell whether a test is a literal, or a name of a module that no function assigns."""
    if not isinstance(test, cst.Name):
        return isinstance(test, _LITERALS)
    owner = frame.owner_of(test.value)
    return owner is None or (
        owner.outer is None
        and not any(
            item.name.value == test.value
            for node in descendants(owner.node)
            if isinstance(node, cst.Global)
            for item in node.names
        )
    )


def _is_true(value: Value) -> bool:
    return (
        bool(value.shapes)
        and not value.open
        and all(isinstance(shape, Constant) and bool(shape.content) for shape in value.shapes)
    )


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

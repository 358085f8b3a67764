"""What runs on the way out of a suspended run: clauses, `finally` blocks and managers' exits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.shapes import Effect
from durable_lint.durable.suspension.suspension import suspends
from durable_lint.durable.suspension.swallowing import Blocks, yields
from durable_lint.durable.walk import Walk
from durable_lint.program.running.outcomes import Outcome
from durable_lint.program.values.frames import Call, Event, Frame, Leave, Region

# The rules whose effects reach outside of the process, that of managers included.
_LASTING = frozenset(("LDF104", "LDF105", "LDF106", "LDF107", "LDF402"))


@dataclass(frozen=True, slots=True)
class Cleanup:
    """What a suspension runs, by kind: a call in a handler or finally, or the item of a with.

    `route` are the calls from there to the operation or effect.
    """

    kind: str
    frame: Frame
    node: cst.CSTNode
    route: tuple[Call, ...]


class Cleanups:
    """The clean-ups of one walk that do something outside of the run, whatever its outcome."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._blocks: dict[int, Blocks] = {}

    def at(self, event: Event) -> Iterator[Cleanup]:
        """Yield what a suspension at `event` runs on its way out of the event's frame."""
        frame = event.frame
        for kind, node in self._blocks_of(frame).passed(event):
            if isinstance(node, cst.WithItem):
                route = next(self._leaving(frame, node), None)
                if route is not None:
                    yield Cleanup(kind, frame, node.item, route)
                continue
            for call in _unconditional(frame.all_events(), kind, node):
                route = _to_effect(call, set())
                if route:
                    yield Cleanup(kind, frame, call.node, route)

    def _blocks_of(self, frame: Frame) -> Blocks:
        if id(frame) not in self._blocks:
            self._blocks[id(frame)] = Blocks(self._walk.interpreter, frame)
        return self._blocks[id(frame)]

    def _leaving(self, frame: Frame, item: cst.WithItem) -> Iterator[tuple[Call, ...]]:
        """Yield the routes to what the exit of a manager does."""
        for name in ("__exit__", "__aexit__"):
            left = frame.call_at(item.item, name)
            route = _to_effect(left, set()) if left is not None else ()
            if route:
                yield route
        for event in yields(frame, item):
            yield from (cleanup.route for cleanup in self.at(event))


def _to_effect(call: Call, seen: set[int]) -> tuple[Call, ...]:
    """Return the calls from `call` to what it does for certain; none where it does nothing."""
    if suspends(call) or (isinstance(call.meaning, Effect) and call.meaning.code in _LASTING):
        return (call,)
    for callee in call.callees:
        if callee.body != call.frame.body or id(callee) in seen:
            continue
        seen.add(id(callee))
        for inner in _unconditional(callee.all_events()):
            rest = _to_effect(inner, seen)
            if rest:
                return (call, *rest)
    return ()


def _unconditional(
    events: Iterable[Event], kind: str = "", block: cst.CSTNode | None = None
) -> Iterator[Call]:
    """Yield the calls of a block, or of a whole frame, that do not ask how the work has ended."""
    decided = False
    for event in sorted(events, key=lambda event: event.order):
        regions = _inside(event.regions, kind, block)
        if regions is None:
            continue
        asks = any(region.kind == "branch" and _asks_outcome(region) for region in regions)
        if isinstance(event, Leave) and asks and event.how != "end":
            decided = True
        elif isinstance(event, Call) and not asks and not decided:
            yield event


def _inside(
    regions: tuple[Region, ...], kind: str, block: cst.CSTNode | None
) -> tuple[Region, ...] | None:
    """Return the regions within a block, None where it does not contain them."""
    if block is None:
        return regions
    for index, region in enumerate(regions):
        if region.node is block and region.kind == kind:
            return regions[index + 1 :]
    return None


def _asks_outcome(region: Region) -> bool:
    return any(isinstance(origin, Outcome) for origin in region.test.origins)

"""Which values decide whether, which and how many operations are made.

A value decides on the operations in a branch or loop that asks it, and on those that come after a
`return`, `raise`, `break` or `continue` there; on one that a chosen callable makes, it decides too.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.walk import Walk
from durable_lint.program.values.frames import Call, Event, Frame, Leave, Region, Test

_EXITS = frozenset(("return", "raise", "break", "continue"))


@dataclass(frozen=True, slots=True)
class Decision:
    """What depends on `origins` makes or leads to the operation of `call`, or does not.

    `test` is where they are asked, None where they choose what is called.
    """

    origins: frozenset[Hashable]
    call: Call
    test: Test | None = None


@dataclass(frozen=True, slots=True)
class _Exit:
    """A jump out of `regions`, by the way `how`, which is taken as `tests` say."""

    how: str
    order: int
    regions: tuple[Region, ...]
    tests: tuple[Test, ...]

    @property
    def catcher(self) -> cst.Try | cst.TryStar | None:
        """The innermost `try` that may catch what is raised, None where there is none."""
        for region in reversed(self.regions):
            if region.kind == "try" and isinstance(region.node, cst.Try | cst.TryStar):
                if region.node.handlers:
                    return region.node
        return None

    def leads_to(self, handler: cst.CSTNode) -> bool:
        """Tell whether an except clause may be run because of the jump."""
        return self.how == "raise" and self.catcher is not None and handler in self.catcher.handlers

    def skips(self, call: Call) -> bool:
        """Tell whether a call of the same function is not made where the jump is taken."""
        if self.order >= call.last or _are_alternatives(self.regions, call.regions):
            return False
        around = [region.node for region in call.regions]
        match self.how:
            case "return":
                return True
            case "raise":
                return self.catcher is None or any(
                    node is self.catcher or self.leads_to(node) for node in around
                )
            case _:
                loops = [region.node for region in self.regions if region.kind == "loop"]
                return bool(loops) and loops[-1] in around


class Decisions:
    """The decisions on the operations of one walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._exits: dict[int, list[_Exit]] = {}

    def __iter__(self) -> Iterator[Decision]:
        for frame in self._walk.replayed:
            if not self._walk.makes_operations(frame):
                continue
            for event in frame.all_events():
                if isinstance(event, Call) and self._walk.is_or_makes_operation(event):
                    yield from self._on(event)

    def _on(self, call: Call) -> Iterator[Decision]:
        if call.callee.origins:
            yield Decision(call.callee.origins, call)
        tests = dict.fromkeys(self._asked(call.frame, call.regions))
        for way_out in self._ways_out(call.frame):
            if way_out.skips(call):
                tests.update(dict.fromkeys(way_out.tests))
        for test in tests:
            yield Decision(test.value.origins, call, test)

    def _asked(self, frame: Frame, regions: tuple[Region, ...]) -> Iterator[Test]:
        """Yield what has an origin and is asked on the way into `regions`."""
        for region in regions:
            test = frame.test_of(region)
            if test is not None and test.value.origins:
                yield test
            elif region.kind == "handler":
                for way_out in tuple(self._ways_out(frame)):
                    if way_out.leads_to(region.node):
                        yield from way_out.tests

    def _ways_out(self, frame: Frame) -> Sequence[_Exit]:
        """Return the jumps that tests decide on in a frame, exceptions out of calls included."""
        known = self._exits.get(id(frame))
        if known is None:
            # What is found first is asked for while the rest is looked for, by except clauses.
            known = self._exits[id(frame)] = []
            for event in frame.all_events():
                if isinstance(event, Leave) and event.how in _EXITS:
                    self._add(known, event, event.how)
                elif isinstance(event, Call):
                    for inner in self._raised_by(event):
                        self._add(known, event, "raise", inner.tests)
        return known

    def _raised_by(self, call: Call) -> Iterator[_Exit]:
        for callee in call.callees:
            if callee.body == call.frame.body:
                for way_out in tuple(self._ways_out(callee)):
                    if way_out.how == "raise" and way_out.catcher is None:
                        yield way_out

    def _add(
        self, known: list[_Exit], event: Event, how: str, inner: tuple[Test, ...] = ()
    ) -> None:
        tests = (*self._asked(event.frame, event.regions), *inner)
        if tests:
            known.append(_Exit(how, event.order, event.regions, tests))


def _are_alternatives(one: tuple[Region, ...], other: tuple[Region, ...]) -> bool:
    """Tell whether code in the regions `one` never runs in the same round as that in `other`."""
    for mine, yours in zip(one, other, strict=False):
        if mine.node is not yours.node or mine.kind == "loop":
            return False
        if mine.arm is not yours.arm:
            return True
    return False

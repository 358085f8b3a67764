"""Which calls are made as `is_replaying()` answers: the code has thought of the replay itself."""

from __future__ import annotations

from collections.abc import Iterable

from durable_lint.durable.flow.routes import Callers
from durable_lint.durable.shapes import Effect
from durable_lint.program.values.frames import Call, Event, Frame, Leave, Region

_ANSWER = "LDF112"


class Replaying:
    """The calls that are, or are not, made because the execution is being replayed."""

    def __init__(self, callers: Callers) -> None:
        self._callers = callers

    def decides_on(self, call: Call) -> bool:
        """Tell whether the answer decides on a call, or on all that lead to it."""
        return self._decides(call, set())

    def _decides(self, call: Call, seen: set[Frame]) -> bool:
        if any(_asks(event.frame, event.regions) for event in _before(call)):
            return True
        if call.frame in seen:
            return False
        seen.add(call.frame)
        callers = self._callers.of(call.frame)
        return bool(callers) and all(self._decides(caller, seen) for caller in callers)


def _before(call: Call) -> Iterable[Event]:
    """Yield a call itself and the jumps in front of it."""
    yield call
    for event in call.frame.all_events():
        if isinstance(event, Leave) and event.how in ("return", "continue"):
            if event.order < call.order:
                yield event


def _asks(frame: Frame, regions: Iterable[Region]) -> bool:
    tests = (frame.test_of(region) for region in regions)
    return any(
        isinstance(origin, Effect) and origin.code == _ANSWER
        for test in tests
        if test is not None
        for origin in test.value.origins
    )

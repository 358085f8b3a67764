"""Where a run may be suspended, and which exception types that concerns.

To suspend, an operation raises an exception that is no `Exception`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from durable_lint.durable.flow.routes import Callers
from durable_lint.durable.sdk import CALLBACK_RESULT, SUSPENSION, TIMED_SUSPENSION, sdk_name
from durable_lint.durable.shapes import Operation
from durable_lint.durable.walk import Walk
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import Class, Container, External
from durable_lint.program.values.values import Shape, Value


class Matches(Enum):
    """Whether an `except` or `isinstance` with a type is about suspensions."""

    NONE = "none"
    SOME = "some"
    ALL = "all"
    UNKNOWN = "unknown"


def suspends(call: Call) -> bool:
    """Tell whether a call itself is an operation, or asks for the result of a callback."""
    return isinstance(call.meaning, Operation) or any(
        isinstance(shape, External) and sdk_name(shape.path) == CALLBACK_RESULT
        for shape in call.callee.shapes
    )


class Suspensions:
    """The calls of a walk at which the run of their body may be suspended."""

    def __init__(self, walk: Walk, callers: Callers) -> None:
        self._frames: set[int] = set()
        stack = [call.frame for call in walk.calls if suspends(call)]
        while stack:
            frame = stack.pop()
            if id(frame) not in self._frames:
                self._frames.add(id(frame))
                stack.extend(call.frame for call in callers.of(frame))

    def is_at(self, call: Call) -> bool:
        """Tell whether a call suspends, or leads to one that does in the same body."""
        return suspends(call) or any(
            id(callee) in self._frames and callee.body == call.frame.body for callee in call.callees
        )

    def of(self, frame: Frame) -> Iterator[Call]:
        """Yield the calls of a frame at which its run may be suspended, in order."""
        if id(frame) in self._frames:
            for event in frame.all_events():
                if isinstance(event, Call) and not event.applied and self.is_at(event):
                    yield event


def matches(types: Value) -> Matches:
    """Tell whether an exception type, or a tuple of them, matches suspensions."""
    found = {_matches(shape) for shape in types.shapes}
    for answer in (Matches.ALL, Matches.SOME):
        if answer in found:
            return answer
    return Matches.UNKNOWN if types.open or Matches.UNKNOWN in found else Matches.NONE


def _matches(shape: Shape) -> Matches:
    match shape:
        case External(path="BaseException"):
            return Matches.ALL
        case External():
            name = sdk_name(shape.path)
            if name == SUSPENSION:
                return Matches.ALL
            return Matches.SOME if name == TIMED_SUSPENSION else Matches.NONE
        case Class():
            return Matches.NONE
        case Container():
            return matches(shape.content())
        case _:
            return Matches.UNKNOWN

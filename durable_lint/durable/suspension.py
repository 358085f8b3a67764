"""Where a run may be suspended, and which exception types that concerns.

To suspend, an operation raises an exception that is no `Exception`.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from durable_lint.durable.routes import route_from
from durable_lint.durable.sdk import CALLBACK_RESULT, SUSPENSION, TIMED_SUSPENSION, sdk_name
from durable_lint.durable.shapes import Operation
from durable_lint.program.frames import Call, Frame
from durable_lint.program.values import Class, Container, External, Shape, Value


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


def may_suspend(call: Call) -> bool:
    """Tell whether a call suspends, or leads to one that does in the same body."""
    return bool(route_from(call, suspends))


def suspending_calls(frame: Frame) -> Iterator[Call]:
    """Yield the calls of a frame at which its run may be suspended."""
    for event in frame.all_events():
        if isinstance(event, Call) and not event.applied and may_suspend(event):
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

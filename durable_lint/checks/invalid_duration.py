"""LDF308: a duration that is none, or one that the SDK refuses or cuts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import libcst as cst

from durable_lint.durable.durations import Wanted, wanted_durations
from durable_lint.durable.shapes import Duration
from durable_lint.findings import Finding, Severity
from durable_lint.fixes.to_duration import to_duration
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import (
    Constant,
    Container,
    External,
    Text,
)
from durable_lint.program.values.values import Shape, Value

CODES = ("LDF308",)

# What library calls return that is certainly no Duration.
_OTHERS = frozenset(("datetime.timedelta()", "int()", "float()", "round()", "len()", "str()"))

_CUT = "has a fraction of a second, which is cut"


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each argument that is no duration as the SDK wants it."""
    places: dict[cst.CSTNode, list[tuple[Frame, Wanted]]] = defaultdict(list)
    for frame in inspection.walk.interpreter.frames:
        for call in frame.all_events():
            for wanted in wanted_durations(call) if isinstance(call, Call) else ():
                if wanted.argument.node is not None:
                    places[wanted.argument.node].append((frame, wanted))
    for node, found in places.items():
        complaint = next((why for _, w in found if (why := _complaint(w)) is not None), None)
        if complaint is None:
            continue
        frame, wanted = found[0]
        mendable = all(_every(w.argument.value, _is_whole_wait) for _, w in found)
        written = " ".join(frame.module.text(node).split())
        yield inspection.finding(
            "LDF308",
            frame,
            node,
            f"{written} {complaint}",
            route=[inspection.hop(frame, node, f"is given to {wanted.called}")],
            fix=to_duration(inspection.ground, frame, node) if mendable else None,
            severity=Severity.WARNING if complaint == _CUT else None,
        )


def _complaint(wanted: Wanted) -> str | None:
    """Return what is wrong with an argument, None where nothing is, for all that is known."""
    value = wanted.argument.value
    if _every(value, _is_no_duration):
        return f'is no Duration, which is what {wanted.called} takes as its "{wanted.parameter}"'
    if _every(value, lambda shape: _lasts(shape, lambda seconds: seconds < 0)):
        return "is negative, which the SDK refuses"
    if wanted.parameter == "duration" and _every(
        value, lambda shape: _lasts(shape, lambda seconds: seconds < 1)
    ):
        return f"is less than a second, which {wanted.called} refuses"
    if _every(value, lambda shape: _lasts(shape, lambda seconds: seconds > 1) and _is_cut(shape)):
        return _CUT
    return None


def _every(value: Value, holds: Callable[[Shape], bool]) -> bool:
    """Tell whether a value is known, and something holds for all that it may be."""
    return bool(value.shapes) and not value.open and all(map(holds, value.shapes))


def _is_no_duration(shape: Shape) -> bool:
    if isinstance(shape, External):
        return shape.path in _OTHERS
    return isinstance(shape, Constant | Text | Container)


def _lasts(shape: Shape, holds: Callable[[float], bool]) -> bool:
    return isinstance(shape, Duration) and shape.seconds is not None and holds(shape.seconds)


def _is_cut(shape: Shape) -> bool:
    return isinstance(shape, Duration) and shape.cut


def _is_whole_wait(shape: Shape) -> bool:
    """Tell whether a shape is a number that makes a duration which the SDK takes."""
    return (
        isinstance(shape, Constant)
        and isinstance(shape.content, int | float)
        and not isinstance(shape.content, bool)
        and shape.content >= 1
    )

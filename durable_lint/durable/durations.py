"""The SDK's durations: what is known of their length, and where the SDK wants one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from durable_lint.durable.sdk import (
    DURATION_PARAMETERS,
    DURATION_UNITS,
    MAY_BE_NONE,
    PARAMETERS,
    sdk_name,
)
from durable_lint.durable.shapes import Duration, Operation
from durable_lint.program.values.arguments import Argument, Arguments
from durable_lint.program.values.frames import Call
from durable_lint.program.values.shapes import Constant, External, constant


def duration(name: str, arguments: Arguments) -> Duration:
    """Return what `Duration(...)`, `Duration.from_minutes(...)` and the like make."""
    given = arguments.get(0, "seconds" if name == "Duration" else "value")
    if given is None:
        return Duration(0 if name == "Duration" and not arguments.items else None)
    shape = given.value.only()
    if not isinstance(shape, Constant) or not isinstance(shape.content, int | float):
        return Duration(None)
    number = shape.content
    cut = name == "Duration.from_seconds" and number != int(number)
    return Duration(number * DURATION_UNITS[name], cut)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An argument that the SDK takes for a duration: the `parameter` of what is `called`."""

    called: str
    parameter: str
    argument: Argument


def wanted_durations(call: Call) -> Iterator[Wanted]:
    """Yield the arguments of a call that the SDK takes for durations."""
    if isinstance(call.meaning, Operation):
        for parameter, argument in call.meaning.arguments.items():
            if parameter in DURATION_PARAMETERS:
                yield Wanted(f"context.{call.meaning.name}", parameter, argument)
        return
    for shape in call.callee.shapes:
        name = sdk_name(shape.path) if isinstance(shape, External) else None
        for position, parameter in enumerate(PARAMETERS.get(name or "", ())):
            found = call.arguments.get(position, parameter)
            if name is None or found is None or parameter not in DURATION_PARAMETERS:
                continue
            if not (parameter in MAY_BE_NONE and found.value == constant(None)):
                yield Wanted(name, parameter, found)

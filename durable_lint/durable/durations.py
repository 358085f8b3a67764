"""The SDK's durations: what is known of their length, and where the SDK wants one."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.sdk import DURATION_PARAMETERS, DURATION_UNITS, PARAMETERS, sdk_name
from durable_lint.durable.shapes import Duration, Operation
from durable_lint.program.arguments import Argument, Arguments
from durable_lint.program.frames import Call
from durable_lint.program.values import Constant, External


def duration(name: str, arguments: Arguments) -> Duration:
    """Return what `Duration(...)`, `Duration.from_minutes(...)` and the like make."""
    given = arguments.get(0, "seconds" if name == "Duration" else "value")
    if given is None:
        return Duration(0 if name == "Duration" and not arguments.items else None)
    shape = given.value.only()
    if not isinstance(shape, Constant) or not isinstance(shape.content, int | float):
        return Duration(None)
    return Duration(shape.content * DURATION_UNITS[name])


def wanted_durations(call: Call) -> Iterator[tuple[str, str, Argument]]:
    """Yield the arguments of a call that the SDK takes for durations.

    Each comes with the names of what is called and of the parameter.
    """
    if isinstance(call.meaning, Operation):
        name = call.meaning.name
        bound = call.meaning.arguments
        yield from ((name, p, item) for p, item in bound.items() if p in DURATION_PARAMETERS)
        return
    for shape in call.callee.shapes:
        name = sdk_name(shape.path) if isinstance(shape, External) else None
        for position, parameter in enumerate(PARAMETERS.get(name or "", ())):
            item = call.arguments.get(position, parameter)
            if name is not None and item is not None and parameter in DURATION_PARAMETERS:
                yield name, parameter, item

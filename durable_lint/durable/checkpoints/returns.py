"""What the bodies that the SDK runs return to it."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.options import is_certainly, option
from durable_lint.durable.sdk import WITH_RETRY
from durable_lint.durable.shapes import Operation
from durable_lint.program.values.frames import Frame, Return
from durable_lint.program.values.shapes import Constant
from durable_lint.program.values.values import NOTHING, Value


def returned_by(frames: list[Frame]) -> Iterator[Return]:
    """Yield what the functions that a body consists of return, each where it does so.

    What decorators of a library make of a result is not known.
    """
    for frame in frames:
        if frame.function is not None and not frame.function.decorators:
            yield from (event for event in frame.all_events() if isinstance(event, Return))


def is_stored_by_default(operation: Operation) -> bool:
    """Tell whether the SDK's own serialiser certainly stores what an operation's bodies return."""
    if operation.name == WITH_RETRY.name:
        wrapped = option(operation, "wrap_with_run_in_child_context")
        own = option(operation, "child_context_config")
        return _is_unset(own) and (wrapped == NOTHING or is_certainly(wrapped, True))
    return all(_is_unset(option(operation, name)) for name in ("serdes", "item_serdes"))


def _is_unset(value: Value) -> bool:
    shape = value.only()
    return value == NOTHING or (isinstance(shape, Constant) and shape.content is None)

"""What the configuration object of an operation says, as far as it can be read."""

from __future__ import annotations

from durable_lint.durable.sdk import PARAMETERS, sdk_name
from durable_lint.durable.shapes import Operation
from durable_lint.program.values.frames import Call
from durable_lint.program.values.shapes import Constant, External
from durable_lint.program.values.values import (
    NOTHING,
    UNKNOWN,
    Shape,
    Value,
    join,
)


def option(operation: Operation, name: str) -> Value:
    """Return what the `config` of an operation sets `name` to.

    NOTHING where it is left at its default, UNKNOWN where that cannot be read.
    """
    given = operation.arguments.get("config")
    if given is None:
        return NOTHING if operation.call.arguments.plain else UNKNOWN
    parts = [_set_by(shape, name) for shape in given.value.shapes]
    return join([*parts, UNKNOWN] if given.value.open else parts)


def is_certainly(value: Value, content: bool) -> bool:
    """Tell whether a value is the constant `content` and nothing else."""
    shape = value.only()
    return isinstance(shape, Constant) and shape.content is content


def may_share_numbering(operation: Operation) -> bool:
    """Tell whether the bodies of an operation may make operations on its own context.

    So it is with virtual children, and with retry blocks that get their caller's context.
    """
    if operation.name == "with_retry":
        wrapped = option(operation, "wrap_with_run_in_child_context")
        inner = option(operation, "child_context_config")
        return not (_default_or(wrapped, True) and inner == NOTHING)
    virtual = option(operation, "is_virtual")
    return not _default_or(virtual, False)


def _default_or(value: Value, content: bool) -> bool:
    return value == NOTHING or is_certainly(value, content)


def _set_by(config: Shape, name: str) -> Value:
    """Return what one configuration object sets; those of the SDK are known by the call."""
    if isinstance(config, Constant) and config.content is None:
        return NOTHING
    call = made_by(config)
    made = sdk_name(config.path) if isinstance(config, External) else None
    if call is None or made is None or not call.arguments.plain:
        return UNKNOWN
    parameters = PARAMETERS.get(made.removesuffix("()"), ())
    if name not in parameters:
        return NOTHING
    return call.arguments.value(parameters.index(name), name)


def made_by(shape: Shape) -> Call | None:
    """Return the call that made a library's object, None where it is not known."""
    if not isinstance(shape, External) or shape.site is None:
        return None
    call = shape.site.frame.host.call_at(shape.site.node)
    # A partial was given more than what the call shows.
    callee = call.callee.only() if call is not None else None
    return call if isinstance(callee, External) and shape.path == f"{callee.path}()" else None

"""Where a walk ends although the code goes on: calls of replayed code that it does not follow."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import libcst as cst

from durable_lint.durable.sdk import OPERATIONS, WITH_RETRY
from durable_lint.durable.shapes import BranchObject, Operation, Prepared
from durable_lint.durable.walk import Walk, is_replayed
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import Container, External, Opaque, Variable
from durable_lint.program.values.values import Shape, Value

# What is called on data, whoever made it, does what its name says and no more.
_DATA = (str, bytes, int, float, dict, list, tuple, set, BaseException)
_OF_DATA = frozenset(name for kind in _DATA for name in dir(kind))


class Why(Enum):
    """Why a call is not followed."""

    UNRESOLVED = "nobody knows what is called"
    BODY = "nobody knows the function that the operation runs"
    SIZE = "the program is too large to be followed to its end"


@dataclass(frozen=True, eq=False)
class Gap:
    """A call at `node`, in the code of `frame`, that is not followed."""

    frame: Frame
    node: cst.CSTNode
    why: Why


def gaps(walk: Walk) -> Iterator[Gap]:
    """Yield each call of replayed code that is not followed, once for its place.

    A library's function is not followed either, but what it does is known by its name.
    """
    found: dict[cst.CSTNode, Gap] = {}
    for frame, node in walk.interpreter.unfollowed:
        # An entry point is called by code that runs for nobody.
        if frame.body is None or is_replayed(frame):
            found.setdefault(node, Gap(frame, node, Why.SIZE))
    for frame in walk.replayed:
        for event in frame.all_events():
            if isinstance(event, Call) and (why := _why(event)) is not None:
                found.setdefault(event.node, Gap(frame, event.node, why))
    yield from found.values()


def _why(call: Call) -> Why | None:
    if isinstance(call.meaning, Operation):
        return Why.BODY if _lacks_body(call.meaning) else None
    if call.applied or not isinstance(call.node, cst.Call):
        return None
    func = call.node.func
    if isinstance(func, cst.Attribute) and func.attr.value in _OF_DATA:
        return None
    unresolved = _is_unknown(call.callee) or _is_undefined(func, call.callee)
    return Why.UNRESOLVED if unresolved else None


def _lacks_body(operation: Operation) -> bool:
    signature = WITH_RETRY if operation.name == WITH_RETRY.name else OPERATIONS[operation.name]
    if signature.body is None or signature.role is None or not signature.role.replayed:
        return False
    given = operation.arguments.get(signature.body)
    return given is not None and _is_unknown(given.value)


def _is_unknown(value: Value) -> bool:
    """Tell whether nothing is known of a value, but that there is one."""
    return (value.open or bool(value.shapes)) and all(map(_is_opaque, value.shapes))


def _is_opaque(shape: Shape) -> bool:
    match shape:
        case Opaque() | Variable():
            return True
        case BranchObject() | Prepared():
            return _is_unknown(shape.function)
        case Container():
            # All that is in a list of branches is run, so one that is not known is enough.
            content = shape.content()
            return _is_unknown(content) or any(map(_is_opaque, content.shapes))
        case _:
            return False


def _is_undefined(func: cst.BaseExpression, callee: Value) -> bool:
    """Tell whether a name is called that nothing binds."""
    shape = callee.only()
    return (
        isinstance(func, cst.Name)
        and isinstance(shape, External)
        and shape.path == func.value
        and not hasattr(builtins, shape.path)
    )

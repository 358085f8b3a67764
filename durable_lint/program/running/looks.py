"""Looking into objects: who reads what they hold, and who only hands them on."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Iterable, Iterator
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.values.frames import Cell, Frame
from durable_lint.program.values.shapes import (
    Bound,
    Class,
    Constant,
    Container,
    Function,
    Instance,
    Opaque,
    Partial,
)
from durable_lint.program.values.values import Shape, Value

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

_MAX_HELD = 100


def look(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, value: Value) -> None:
    """Record that code at `node` reads the objects in `value`, with all that they hold."""
    objects = [shape for shape in value.shapes if _is_object(shape)]
    if not objects or interpreter.silent:
        return
    for shape in objects:
        interpreter.read(shape, frame, node)
    changed = [target for target in interpreter.state if not isinstance(target, Cell)]
    if changed:
        inside = reachable(objects)
        for target in changed:
            if target not in objects and lies_in(target, inside):
                interpreter.read(target, frame, node)


def look_over(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, value: Value) -> None:
    """Record that code at `node` goes over the objects in `value`: what they hold is handed on."""
    for shape in value.shapes:
        look_at(interpreter, frame, node, shape, None)


def look_at(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, shape: Shape, part: Hashable
) -> None:
    """Record that code at `node` reads one part of an object, an unknown one where it is None."""
    if _is_object(shape) or isinstance(shape, Class | Function):
        interpreter.read(shape, frame, node, part=part)


def item_part(shape: Shape, index: Value) -> Hashable:
    """Return the part of an object that an index names, None where that is not known."""
    key = index.only()
    if not isinstance(key, Constant):
        return None
    counted_from_the_end = isinstance(key.content, int) and key.content < 0
    mapping = isinstance(shape, Container) and shape.kind not in ("list", "tuple", "deque")
    return None if counted_from_the_end and not mapping else key


def reachable(objects: Iterable[Shape]) -> set[Shape]:
    """Return `objects` and what they hold, the nearest first, up to a limit."""
    found: dict[Shape, None] = dict.fromkeys(objects)
    waiting = deque(found)
    while waiting and len(found) < _MAX_HELD:
        for value in _held(waiting.popleft()):
            for shape in value.index():
                if shape not in found and not isinstance(shape, Constant):
                    found[shape] = None
                    waiting.append(shape)
    return set(found)


def lies_in(target: Shape, objects: set[Shape]) -> bool:
    """Tell whether an object, or one that it is a part of, is among `objects`."""
    if target in objects:
        return True
    whole = target.parent if isinstance(target, Opaque) else None
    while whole is not None:
        if whole in objects:
            return True
        whole = whole.parent
    return False


def _held(shape: Shape) -> Iterator[Value]:
    match shape:
        case Container():
            yield from shape.items.values()
            yield from shape.rest
        case Instance():
            yield from shape.attributes.values()
        case Partial():
            yield from shape.positional
            yield from (value for _, value in shape.keywords)
        case Bound():
            yield shape.receiver
        case _:
            pass


def _is_object(shape: Shape) -> bool:
    return isinstance(shape, Container | Instance | Opaque)

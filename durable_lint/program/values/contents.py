"""What values hold, at whatever depth."""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from durable_lint.program.values.shapes import (
    Bound,
    Container,
    Instance,
    Partial,
    Text,
)
from durable_lint.program.values.values import Shape, Value


def deep_origins(value: Value) -> frozenset[Hashable]:
    """Return the origins of `value` and of everything that it holds."""
    return frozenset().union(*(held.origins for held in deep_values(value)))


def plain_origins(value: Value) -> frozenset[Hashable]:
    """Return the origins of `value` and of what it holds, but for those inside of objects."""
    return frozenset().union(*(held.origins for held in deep_values(value, into_objects=False)))


def deep_shapes(value: Value) -> Iterator[Shape]:
    """Yield the shapes of `value` and of everything that it holds."""
    for held in deep_values(value):
        yield from held.shapes


def deep_values(value: Value, *, into_objects: bool = True) -> Iterator[Value]:
    """Yield `value` and everything that it holds.

    Without `into_objects` what is an instance of a class is left out, with what it holds.
    """
    seen: set[Shape] = set()
    stack = [value]
    while stack:
        current = stack.pop()
        if not into_objects and any(isinstance(shape, Instance) for shape in current.shapes):
            continue
        yield current
        for shape in current.shapes:
            if shape not in seen:
                seen.add(shape)
                stack.extend(held_by(shape))


def held_by(shape: Shape) -> list[Value]:
    """Return the values that a shape holds directly."""
    match shape:
        case Container():
            return [*shape.items.values(), *shape.rest]
        case Instance():
            return list(shape.attributes.values())
        case Partial():
            return [shape.function, *shape.positional, *(value for _, value in shape.keywords)]
        case Bound():
            return [shape.receiver]
        case Text():
            return [part for part in shape.parts if isinstance(part, Value)]
        case _:
            return []

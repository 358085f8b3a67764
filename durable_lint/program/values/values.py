"""What an expression may be: alternatives of shapes, and the origins the value came from.

A shape is one thing that a value can be at run time: a function, an instance, a member of a
library, a literal, a container (see `shapes`). A value is a small set of shapes; it is `open` when
it may also be something the analysis does not know. Nothing is ever concluded from what is not
known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import ClassVar

# Up to FEW_SHAPES alternatives a value keeps all; then MAX_ALIKE of what differs only in where it
# was made, and of each type `Shape.most`, which leaves room for a table of functions.
FEW_SHAPES = 8
MAX_ALIKE = 4


class Shape:
    """One thing that a value may be. Other layers add shapes of their own."""

    __slots__ = ()

    most: ClassVar[int] = MAX_ALIKE

    @property
    def alike(self) -> Hashable:
        """What it has in common with shapes that differ from it only in where they were made."""
        return self


@dataclass(frozen=True, slots=True)
class Value:
    """The shapes an expression may take and the origins that its content depends on."""

    shapes: tuple[Shape, ...] = ()
    origins: frozenset[Hashable] = frozenset()
    open: bool = True
    # Shapes hold values and values hold shapes: a hash that is not kept costs the whole depth.
    _index: dict[Shape, None] | None = field(default=None, init=False, repr=False, compare=False)
    _hash: int | None = field(default=None, init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        if self._hash is None:
            known = hash((frozenset(self.index()), self.origins, self.open))
            object.__setattr__(self, "_hash", known)
        return self._hash or 0

    def index(self) -> dict[Shape, None]:
        """Return the shapes as a dict that knows their hashes; it must not be changed."""
        if self._index is None:
            object.__setattr__(self, "_index", dict.fromkeys(self.shapes))
        return self._index or {}

    def only(self) -> Shape | None:
        """Return the one shape of a value that is certainly that; None otherwise."""
        return self.shapes[0] if len(self.shapes) == 1 and not self.open else None

    def mixed_with(self, origins: frozenset[Hashable]) -> Value:
        """Return this value with more origins."""
        if origins <= self.origins:
            return self
        return Value(self.shapes, self.origins | origins, self.open)


UNKNOWN = Value()
NOTHING = Value(open=False)


def value_of(*shapes: Shape) -> Value:
    """Return the value that is certainly one of `shapes`."""
    return Value(shapes, open=False)


def join(values: Iterable[Value]) -> Value:
    """Return the value that may be any of `values`."""
    parts = list(values)
    if not parts:
        return NOTHING
    first = parts[0]
    if all(value is first for value in parts):
        return first
    shapes = dict(first.index())
    origins = first.origins
    is_open = first.open
    for value in parts:
        shapes.update(value.index())
        is_open |= value.open
        if value.origins is not origins:
            origins |= value.origins
    if len(shapes) == len(first.shapes) and is_open == first.open and origins == first.origins:
        return first
    if len(shapes) > FEW_SHAPES:
        shapes, thinned = _thinned(shapes)
        is_open |= thinned
    return Value(tuple(shapes), origins, is_open)


def _thinned(shapes: dict[Shape, None]) -> tuple[dict[Shape, None], bool]:
    """Return a few shapes of each sort out of many, and whether any were left out."""
    counts: Counter[object] = Counter()
    kept: dict[Shape, None] = {}
    for shape in shapes:
        kind, alike = type(shape), shape.alike
        if counts[kind] < shape.most and counts[alike] < MAX_ALIKE:
            kept[shape] = None
            counts[kind] += 1
            counts[alike] += 1
    return kept, len(kept) < len(shapes)

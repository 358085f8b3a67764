"""What operators make of their operands, and texts of their parts."""

from __future__ import annotations

import operator as arithmetic
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import PurePath
from typing import Any

import libcst as cst

from durable_lint.program.values.order import MAPPINGS, UNORDERED
from durable_lint.program.values.python_types import name_of, operated, type_of
from durable_lint.program.values.shapes import (
    Constant,
    Container,
    External,
    Opaque,
    Site,
    Text,
    constant,
)
from durable_lint.program.values.values import (
    NOTHING,
    UNKNOWN,
    Shape,
    Value,
    value_of,
)

# What comes of data that is not followed: something, but nothing that code hides in.
DATA = value_of(External("object()"))

_ARITHMETIC: Mapping[type[cst.CSTNode], Callable[[Any, Any], Any]] = {
    **dict.fromkeys((cst.Add, cst.AddAssign), arithmetic.add),
    **dict.fromkeys((cst.Subtract, cst.SubtractAssign), arithmetic.sub),
    **dict.fromkeys((cst.Multiply, cst.MultiplyAssign), arithmetic.mul),
    **dict.fromkeys((cst.Divide, cst.DivideAssign), arithmetic.truediv),
    **dict.fromkeys((cst.FloorDivide, cst.FloorDivideAssign), arithmetic.floordiv),
    **dict.fromkeys((cst.Modulo, cst.ModuloAssign), arithmetic.mod),
}

_SET_OPERATORS = (
    *(cst.BitAnd, cst.BitOr, cst.BitXor, cst.Subtract),
    *(cst.BitAndAssign, cst.BitOrAssign, cst.BitXorAssign, cst.SubtractAssign),
)

MAX_PARTS = 100
MAX_HOLE_DEPTH = 3


def concatenate(values: Sequence[Value]) -> Value:
    """Return the text that `values` make one after the other, with holes for what is not known."""
    parts: list[str | Value] = []
    origins = frozenset().union(*(value.origins for value in values))
    for value in values:
        for part in _text_parts(value):
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            elif part != "":
                parts.append(part)
    if len(parts) > MAX_PARTS:
        return UNKNOWN.mixed_with(origins)
    if all(isinstance(part, str) for part in parts):
        return constant("".join(str(part) for part in parts)).mixed_with(origins)
    return Value((Text(tuple(parts), _depth(parts) + 1),), origins, False)


def _text_parts(value: Value) -> tuple[str | Value, ...]:
    shape = value.only()
    if isinstance(shape, Constant) and isinstance(shape.content, str | int | float):
        return (str(shape.content),)
    if isinstance(shape, Text):
        return shape.parts
    return (value if _depth([value]) < MAX_HOLE_DEPTH else UNKNOWN.mixed_with(value.origins),)


def _depth(parts: Sequence[str | Value]) -> int:
    """Return how deep texts are nested in values."""
    values = [part for part in parts if isinstance(part, Value)]
    return max((s.depth for v in values for s in v.shapes if isinstance(s, Text)), default=0)


def operate(left: Value, operator: cst.CSTNode, right: Value, site: Site) -> Value:
    """Return the result of a binary operation."""
    origins = left.origins | right.origins
    if isinstance(operator, cst.Add | cst.AddAssign):
        if _is_text(left) or _is_text(right):
            return concatenate([left, right])
        held = [s.kind for v in (left, right) for s in v.shapes if isinstance(s, Container)]
        if held:
            return _poured(held[0], site, left, right).mixed_with(origins)
    if isinstance(operator, cst.Multiply | cst.MultiplyAssign):
        # `[0] * n` is another list, of the same elements.
        repeated = [s for v in (left, right) for s in v.shapes if isinstance(s, Container)]
        if repeated:
            return _poured(repeated[0].kind, site, value_of(*repeated), NOTHING)
    if isinstance(operator, cst.Divide | cst.DivideAssign):
        kinds = [kind for s in left.shapes if issubclass(kind := type_of(s) or object, PurePath)]
        if kinds:
            return Value((External(name_of(kinds[0]), site),), origins, left.open)
    held = [s.kind for v in (left, right) for s in v.shapes if isinstance(s, Container)]
    if held and isinstance(operator, _SET_OPERATORS):
        return _poured(_set_kind(held[0]), site, left, right).mixed_with(origins)
    left, right = _fitting(left, right), _fitting(right, left)
    made = operated(left, type(operator).__name__, right)
    if made is not None:
        return value_of(External(name_of(made), site)).mixed_with(origins)
    return _calculated(left.only(), operator, right.only()).mixed_with(origins)


def _fitting(data: Value, other: Value) -> Value:
    """Return what `data` is where `other` is a Decimal: it raises if it does not go with that."""
    known = bool(other.shapes) and not other.open
    if not known or not all(type_of(shape) is Decimal for shape in other.shapes):
        return data
    return other if any(isinstance(held, Opaque) for held in data.shapes) else data


def _set_kind(kind: str) -> str:
    """Return what set algebra makes of a container; the keys of a dict make a set, too."""
    if kind in MAPPINGS:
        return "dict"
    return kind if kind == "frozenset" else "set"


def _calculated(left: Shape | None, operator: cst.CSTNode, right: Shape | None) -> Value:
    """Return what comes of two numbers that are known; DATA for anything else."""
    calculate = _ARITHMETIC.get(type(operator))
    if calculate is None or not (_is_number(left) and _is_number(right)):
        return DATA
    assert isinstance(left, Constant)
    assert isinstance(right, Constant)
    try:
        return constant(calculate(left.content, right.content))
    except (ArithmeticError, ValueError):
        return DATA


def _is_number(shape: Shape | None) -> bool:
    return isinstance(shape, Constant) and type(shape.content) in (int, float)


def _poured(kind: str, site: Site, left: Value, right: Value) -> Value:
    merged = Container(kind, site)
    for value in (left, right):
        for shape in value.shapes:
            if isinstance(shape, Container):
                merged.absorb(shape) if kind == "dict" else merged.put(shape.content())
                if kind not in UNORDERED:
                    merged.orders.update(shape.orders)
            else:
                merged.put(UNKNOWN)
    return value_of(merged).mixed_with(merged.content().origins)


def _is_text(value: Value) -> bool:
    shape = value.only()
    return isinstance(shape, Text) or (
        isinstance(shape, Constant) and isinstance(shape.content, str)
    )

"""The methods that Python itself calls on objects: for operators, texts, tests and the like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.values.arguments import Arguments
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import Container, Instance
from durable_lint.program.values.values import UNKNOWN, Value, join, value_of

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

TRUTH = ("__bool__", "__len__")
TEXT = ("__str__", "__repr__")
FORMAT = ("__format__", *TEXT)

# What the built-in functions ask of the object that they are given.
CONVERSIONS: Mapping[str, tuple[str, ...]] = {
    "str": TEXT,
    "bool": TRUTH,
    "repr": ("__repr__",),
    "format": FORMAT,
    "len": ("__len__",),
    "int": ("__int__", "__index__"),
    "float": ("__float__",),
    "bytes": ("__bytes__",),
    "hash": ("__hash__",),
    "abs": ("__abs__",),
    "round": ("__round__",),
}

_ARITHMETIC: Mapping[str, str] = {
    "Add": "add",
    "Subtract": "sub",
    "Multiply": "mul",
    "Divide": "truediv",
    "FloorDivide": "floordiv",
    "Modulo": "mod",
    "Power": "pow",
    "MatrixMultiply": "matmul",
    "LeftShift": "lshift",
    "RightShift": "rshift",
    "BitAnd": "and",
    "BitOr": "or",
    "BitXor": "xor",
}
_UNARY: Mapping[str, str] = {"Minus": "__neg__", "Plus": "__pos__", "BitInvert": "__invert__"}
_COMPARISONS: Mapping[str, tuple[str, ...]] = {
    "Equal": ("__eq__",),
    "NotEqual": ("__ne__", "__eq__"),
    "LessThan": ("__lt__",),
    "LessThanEqual": ("__le__",),
    "GreaterThan": ("__gt__",),
    "GreaterThanEqual": ("__ge__",),
}
_ORDERING = ("__lt__", "__gt__")
_CONTAINMENT = ("__contains__", "__iter__", "__getitem__")


def ask(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    value: Value,
    names: tuple[str, ...],
    *arguments: Value,
) -> Value | None:
    """Call the first of some methods that the project's objects in `value` have.

    None where no object has one.
    """
    results: list[Value] = []
    for shape in value.shapes:
        if isinstance(shape, Instance):
            for name in names:
                found = interpreter.call_method(frame, node, shape, name, *arguments)
                if found is not None:
                    results.append(found)
                    break
    return join(results) if results else None


def awaited(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, value: Value) -> Value:
    """Return what awaiting `value` gives; the coroutines in it run."""
    parts: list[Value] = []
    for shape in value.shapes:
        match shape:
            case Container(kind="coroutine"):
                parts.append(interpreter.contents(frame, node, shape))
            case Instance():
                made = interpreter.call_method(frame, node, shape, "__await__")
                for running in made.shapes if made is not None else ():
                    if isinstance(running, Container):
                        interpreter.contents(frame, node, running)
                parts.append(value_of(shape) if made is None else UNKNOWN)
            case _:
                parts.append(value_of(shape))
    return join([*parts, UNKNOWN] if value.open else parts).mixed_with(value.origins)


def operated(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    left: Value,
    operator: str,
    right: Value,
) -> Value | None:
    """Return what the objects' own methods make of a binary operation, None if they have none."""
    name = _ARITHMETIC.get(operator.removesuffix("Assign"))
    if name is None:
        return None
    in_place = (f"__i{name}__",) if operator.endswith("Assign") else ()
    found = ask(interpreter, frame, node, left, (*in_place, f"__{name}__"), right)
    if found is None:
        found = ask(interpreter, frame, node, right, (f"__r{name}__",), left)
    return found


def compare(interpreter: Interpreter, call: Call, element: Value) -> None:
    """Compare elements as `sorted`, `max` and the like do: by their `key`, or by themselves."""
    key = call.arguments.get(None, "key")
    if key is not None:
        given = Arguments.of(element)
        call.lead_to(interpreter.apply(call.frame, call.node, key.value, given)[1])
    else:
        ask(interpreter, call.frame, call.node, element, _ORDERING, element)


def signed(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, operator: str, value: Value
) -> Value | None:
    """Return what an object's own method makes of `-`, `+` or `~`, None if it has none."""
    return ask(interpreter, frame, node, value, (_UNARY[operator],))


def compared(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    left: Value,
    operator: str,
    right: Value,
) -> Value | None:
    """Return what an object's own method makes of a comparison, None if it has none."""
    if operator in ("In", "NotIn"):
        return ask(interpreter, frame, node, right, _CONTAINMENT, left)
    names = _COMPARISONS.get(operator)
    return ask(interpreter, frame, node, left, names, right) if names is not None else None

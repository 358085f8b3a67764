"""What an annotation says about a value; asked only where nothing better is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.frames import Frame
from durable_lint.program.values import (
    UNKNOWN,
    Class,
    External,
    Instance,
    Shape,
    Site,
    Value,
    join,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter

_WRAPPERS = frozenset(
    ("Optional", "Annotated", "Final", "ClassVar", "Union", "Required", "NotRequired")
)
_SILENT = frozenset(("Any", "object", "None", "dict", "list", "Dict", "List", "Mapping", "TypeVar"))


def annotated(interpreter: Interpreter, frame: Frame, node: cst.BaseExpression) -> Value:
    """Return what a value annotated by `node` may be; always open, for annotations can lie."""
    interpreter.silent += 1
    try:
        parts = [_instance_of(shape, Site(node, frame)) for shape in _types(interpreter, frame, node)]
    finally:
        interpreter.silent -= 1
    return join([*(Value((part,)) for part in parts if part is not None), UNKNOWN])


def _types(interpreter: Interpreter, frame: Frame, node: cst.CSTNode) -> list[Shape]:
    match node:
        case cst.SimpleString() | cst.ConcatenatedString():
            text = node.evaluated_value
            try:
                inner = cst.parse_expression(text) if isinstance(text, str) else None
            except cst.ParserSyntaxError:
                return []
            return _types(interpreter, frame, inner) if inner is not None else []
        case cst.BinaryOperation(operator=cst.BitOr()):
            left = _types(interpreter, frame, node.left)
            return [*left, *_types(interpreter, frame, node.right)]
        case cst.Subscript():
            name = node.value.attr if isinstance(node.value, cst.Attribute) else node.value
            if isinstance(name, cst.Name) and name.value in _WRAPPERS:
                found: list[Shape] = []
                for element in node.slice:
                    if isinstance(element.slice, cst.Index):
                        found.extend(_types(interpreter, frame, element.slice.value))
                return found
            return _types(interpreter, frame, node.value)
        case cst.Name() | cst.Attribute():
            return list(interpreter.evaluate(frame, node).shapes)
        case _:
            return []


def _instance_of(shape: Shape, site: Site) -> Shape | None:
    if isinstance(shape, Class):
        return Instance(shape, site)
    if isinstance(shape, External) and shape.path.rpartition(".")[2] not in _SILENT:
        return External(f"{shape.path}()", site)
    return None

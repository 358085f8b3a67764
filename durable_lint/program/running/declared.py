"""What an annotation says about a value; asked only where nothing better is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.values.arguments import Arguments
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import (
    Class,
    Constant,
    Container,
    External,
    Opaque,
    Site,
)
from durable_lint.program.values.values import (
    UNKNOWN,
    Shape,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

_TRANSPARENT = frozenset(
    ("Optional", "Annotated", "Final", "ClassVar", "Union", "Required", "NotRequired", "Awaitable")
)
_HOLDERS = {
    **dict.fromkeys(
        ("list", "List", "Sequence", "MutableSequence", "Iterable", "Iterator"), "list"
    ),
    **dict.fromkeys(("Collection", "Generator", "AsyncIterator", "AsyncIterable", "deque"), "list"),
    **dict.fromkeys(("tuple", "Tuple"), "tuple"),
    **dict.fromkeys(("set", "Set", "frozenset", "FrozenSet"), "set"),
    **dict.fromkeys(("dict", "Dict", "Mapping", "MutableMapping", "defaultdict"), "dict"),
}
_SILENT = frozenset(
    (
        *_TRANSPARENT,
        *_HOLDERS,
        "Any",
        "object",
        "None",
        "TypeVar",
        "Callable",
        "Self",
        "type",
        "Type",
    )
)

# What runs for it runs for somebody that is not known.
UNKNOWN_BODY = object()
_TYPING = frozenset(("", "typing", "typing_extensions", "collections", "collections.abc", "types"))

Rule = Callable[["Interpreter", Frame, Any], Value]


def declared(interpreter: Interpreter, frame: Frame, node: cst.BaseExpression) -> Value:
    """Return what a value annotated by `node` may be; always open, for annotations can lie."""
    interpreter.silent += 1
    try:
        return join([_annotated(interpreter, frame, node), UNKNOWN])
    finally:
        interpreter.silent -= 1


def types_of(
    interpreter: Interpreter, frame: Frame, node: cst.BaseExpression
) -> list[Shape] | None:
    """Return the types that an annotation allows, None where one of them is not known.

    A type is its class, a member of a library, or the constant None.
    """
    interpreter.silent += 1
    try:
        return _types(interpreter, frame, node)
    finally:
        interpreter.silent -= 1


def _types(interpreter: Interpreter, frame: Frame, node: cst.CSTNode) -> list[Shape] | None:
    parts: Sequence[cst.CSTNode]
    match node:
        case cst.SimpleString() | cst.ConcatenatedString():
            quoted = _unquoted(node)
            parts = [] if quoted is None else [quoted]
        case cst.BinaryOperation(operator=cst.BitOr()):
            parts = [node.left, node.right]
        case cst.Subscript() if _typing_name(interpreter, frame, node.value) == "Optional":
            return _types(interpreter, frame, _inner(node)[0])
        case cst.Subscript() if _typing_name(interpreter, frame, node.value) == "Union":
            parts = _inner(node)
        case cst.Subscript() if _typing_name(interpreter, frame, node.value) == "Annotated":
            parts = _inner(node)[:1]
        case cst.Subscript():
            return _types(interpreter, frame, node.value)
        case _:
            shapes = interpreter.evaluate(frame, node).shapes
            listed = (s.content().shapes if isinstance(s, Container) else (s,) for s in shapes)
            return [shape for part in listed for shape in part] or None
    found = [_types(interpreter, frame, part) for part in parts]
    if not found or None in found:
        return None
    return [shape for types in found for shape in types or ()]


def _inner(node: cst.Subscript) -> list[cst.BaseExpression]:
    return [e.slice.value for e in node.slice if isinstance(e.slice, cst.Index)]


def refined(
    interpreter: Interpreter, frame: Frame, annotation: cst.BaseExpression, value: Value
) -> Value:
    """Return `value`, with what its annotation says where nothing better is known of it."""
    if not all(_tells_nothing(interpreter, shape) for shape in value.shapes):
        return value
    found = declared(interpreter, frame, annotation).shapes
    if any(isinstance(shape, External) for shape in value.shapes):
        # One library object of which nothing is known is as good as another.
        found = tuple(shape for shape in found if not _is_strange(interpreter, shape))
    return Value((*value.shapes, *found), value.origins, True) if found else value


def _tells_nothing(interpreter: Interpreter, shape: Shape) -> bool:
    if isinstance(shape, Constant):
        return shape.content is None
    return isinstance(shape, Opaque) or _is_strange(interpreter, shape)


def _is_strange(interpreter: Interpreter, shape: Shape) -> bool:
    return isinstance(shape, External) and not interpreter.library.knows(shape.path)


def _annotated(interpreter: Interpreter, frame: Frame, node: cst.CSTNode) -> Value:
    rule = _RULES.get(type(node))
    return rule(interpreter, frame, node) if rule is not None else UNKNOWN


def _quoted(
    interpreter: Interpreter, frame: Frame, node: cst.SimpleString | cst.ConcatenatedString
) -> Value:
    inner = _unquoted(node)
    return UNKNOWN if inner is None else _annotated(interpreter, frame, inner)


def _unquoted(node: cst.SimpleString | cst.ConcatenatedString) -> cst.BaseExpression | None:
    text = node.evaluated_value
    try:
        return cst.parse_expression(text) if isinstance(text, str) else None
    except cst.ParserSyntaxError:
        return None


def _union(interpreter: Interpreter, frame: Frame, node: cst.BinaryOperation) -> Value:
    return join(_annotated(interpreter, frame, part) for part in (node.left, node.right))


def _generic(interpreter: Interpreter, frame: Frame, node: cst.Subscript) -> Value:
    name = _typing_name(interpreter, frame, node.value)
    inner = _inner(node)
    if name in _TRANSPARENT:
        return join(_annotated(interpreter, frame, part) for part in inner)
    if name in ("type", "Type") and inner:
        return interpreter.evaluate(frame, inner[0])
    kind = _HOLDERS.get(name)
    if kind is None or not inner:
        return UNKNOWN if name in _SILENT else _annotated(interpreter, frame, node.value)
    parts = inner[-1:] if kind == "dict" else inner
    held = join(_annotated(interpreter, frame, part) for part in parts)
    if not held.shapes:
        return UNKNOWN
    holder = Container(kind, Site(node, _nobody(frame)))
    holder.put(held)
    return value_of(interpreter.made(holder))


def _named(interpreter: Interpreter, frame: Frame, node: cst.Name | cst.Attribute) -> Value:
    if _typing_name(interpreter, frame, node) in _SILENT:
        return UNKNOWN
    shapes = interpreter.evaluate(frame, node).shapes
    return join([_instance_of(interpreter, frame, node, shape) for shape in shapes])


def _instance_of(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, shape: object) -> Value:
    nobody = _nobody(frame)
    if isinstance(shape, Class):
        # Made on nobody's account, so that its attributes are known and nothing is reported.
        call = Call(shape.node, nobody, (), interpreter.tick(), value_of(shape), Arguments())
        return interpreter.call(call)
    if isinstance(shape, External) and shape.site is None:
        return value_of(External(f"{shape.path}()", Site(node, nobody)))
    return UNKNOWN


def _typing_name(interpreter: Interpreter, frame: Frame, node: cst.BaseExpression) -> str:
    """Return the name of one of Python's own types, "" for any other type."""
    shapes = interpreter.evaluate(frame, node).shapes
    for shape in shapes:
        module, _, name = (
            shape.path.rpartition(".") if isinstance(shape, External) else ("-", "", "")
        )
        if module in _TYPING:
            return name
    return "" if shapes else _last_name(node)


def _nobody(frame: Frame) -> Frame:
    """Return the frame in which a module's declared objects are made, whoever owns them."""
    top = frame.module_frame()
    if top.node not in top.blocks:
        top.blocks[top.node] = Frame(
            top.node, top.module, top.scope, body=UNKNOWN_BODY, env=top.env
        )
    return top.blocks[top.node]


def _last_name(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


_RULES: Mapping[type[cst.CSTNode], Rule] = {
    cst.SimpleString: _quoted,
    cst.ConcatenatedString: _quoted,
    cst.BinaryOperation: _union,
    cst.Subscript: _generic,
    cst.Name: _named,
    cst.Attribute: _named,
}

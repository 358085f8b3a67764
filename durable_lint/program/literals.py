"""What literals and displays are: numbers, texts, lists, dicts and comprehensions."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.changes import advance
from durable_lint.program.containers import iterate
from durable_lint.program.frames import Frame
from durable_lint.program.looks import look_over
from durable_lint.program.operators import concatenate
from durable_lint.program.protocols import FORMAT, ask
from durable_lint.program.reaching import merged
from durable_lint.program.shapes import (
    KEYS,
    Container,
    Site,
    constant,
)
from durable_lint.program.syntax import ComprehensionNode
from durable_lint.program.values import (
    UNKNOWN,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter

_COMPREHENSION_KINDS: Mapping[type[cst.CSTNode], str] = {
    cst.ListComp: "list",
    cst.SetComp: "set",
    cst.DictComp: "dict",
    cst.GeneratorExp: "generator",
}


def _number(
    _interpreter: Interpreter, _frame: Frame, node: cst.Integer | cst.Float | cst.Imaginary
) -> Value:
    try:
        return constant(node.evaluated_value)
    except ValueError:
        # Python reads no decimal number of many thousand digits.
        return UNKNOWN


def _string(_interpreter: Interpreter, _frame: Frame, node: cst.SimpleString) -> Value:
    if "\\" not in node.value:
        return constant(node.evaluated_value if "b" in node.prefix else node.raw_value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return constant(node.evaluated_value)


def _concatenated(interpreter: Interpreter, frame: Frame, node: cst.ConcatenatedString) -> Value:
    parts = []
    rest: cst.BaseExpression = node
    while isinstance(rest, cst.ConcatenatedString):
        parts.append(interpreter.evaluate(frame, rest.left))
        rest = rest.right
    return concatenate([*parts, interpreter.evaluate(frame, rest)])


def _formatted(
    interpreter: Interpreter, frame: Frame, node: cst.FormattedString | cst.TemplatedString
) -> Value:
    raw = "r" in node.start.lower()
    parts: list[Value] = []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText | cst.TemplatedStringText):
            parts.append(constant(_plain_text(part.value, raw=raw)))
        elif isinstance(part, cst.FormattedStringExpression | cst.TemplatedStringExpression):
            value = interpreter.evaluate(frame, part.expression)
            text = ask(interpreter, frame, part, value, FORMAT, UNKNOWN)
            value = value if text is None else text
            plain = part.conversion is None and part.format_spec is None
            parts.append(value if plain else UNKNOWN.mixed_with(value.origins))
            for spec in part.format_spec or ():
                inner = getattr(spec, "expression", None)
                if inner is not None:
                    origins = interpreter.evaluate(frame, inner).origins
                    parts.append(UNKNOWN.mixed_with(origins))
    return concatenate(parts)


def _plain_text(text: str, *, raw: bool) -> str:
    if "\\" in text and not raw:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                text = text.encode("latin-1", "backslashreplace").decode("unicode_escape")
            except UnicodeDecodeError:
                return text
    return text.replace("{{", "{").replace("}}", "}")


def _sequence(
    interpreter: Interpreter, frame: Frame, node: cst.List | cst.Tuple | cst.Set
) -> Value:
    container = Container(type(node).__name__.lower(), Site(node, frame))
    keyed = not isinstance(node, cst.Set)
    for index, element in enumerate(node.elements):
        value = interpreter.obtain(frame, element.value)
        if isinstance(element, cst.StarredElement):
            keyed = False
            advance(interpreter, frame, element.value, value)
            value = iterate(interpreter, frame, element.value, value)
        container.put(value, index if keyed else None)
    origins = container.content().origins
    return value_of(interpreter.made(container)).mixed_with(origins)


def _dict(interpreter: Interpreter, frame: Frame, node: cst.Dict) -> Value:
    container = Container("dict", Site(node, frame))
    origins: set[Any] = set()
    for element in node.elements:
        value = interpreter.obtain(frame, element.value)
        origins |= value.origins
        if isinstance(element, cst.DictElement):
            key = interpreter.evaluate(frame, element.key)
            origins |= key.origins
            shape = key.only()
            container.put(value, shape if isinstance(shape, KEYS) else None)
        else:
            look_over(interpreter, frame, element.value, value)
            _pour_dict(container, value)
    return value_of(interpreter.made(container)).mixed_with(frozenset(origins))


def _pour_dict(container: Container, value: Value) -> None:
    for shape in value.shapes:
        if isinstance(shape, Container):
            # What is spread last wins over what stood there before.
            container.items.update(shape.items)
            container.rest.update(shape.rest)
        else:
            container.put(UNKNOWN)
    if value.open:
        container.put(UNKNOWN.mixed_with(value.origins))


def _comprehension(interpreter: Interpreter, frame: Frame, node: ComprehensionNode) -> Value:
    before = interpreter.state
    result = _round(interpreter, frame, node)
    interpreter.state = merged([before, interpreter.state])
    if interpreter.state is not before and node not in frame.host.repeated:
        # What one round leaves is seen by the next.
        frame.host.repeated.add(node)
        result = join([result, _round(interpreter, frame, node)])
        interpreter.state = merged([before, interpreter.state])
    container = Container(_COMPREHENSION_KINDS[type(node)], Site(node, frame))
    container.put(result)
    return value_of(interpreter.made(container)).mixed_with(result.origins)


def _round(interpreter: Interpreter, frame: Frame, node: ComprehensionNode) -> Value:
    inner = _block(interpreter, frame, node)
    clause: cst.CompFor | None = node.for_in
    source: Frame = frame
    opened = 0
    while clause is not None:
        iterable = interpreter.obtain(source, clause.iter)
        advance(interpreter, frame, clause.iter, iterable)
        source = inner
        element = iterate(interpreter, frame, clause.iter, iterable)
        interpreter.region(frame, "loop", clause)
        opened += 1
        interpreter.bind(inner, clause.target, element)
        for condition in clause.ifs:
            test = interpreter.evaluate(inner, condition.test)
            interpreter.test(frame, condition.test, test)
        clause = clause.inner_for_in
    if isinstance(node, cst.DictComp):
        interpreter.evaluate(inner, node.key)
        result = interpreter.obtain(inner, node.value)
    else:
        result = interpreter.obtain(inner, node.elt)
    for _ in range(opened):
        interpreter.leave(frame)
    return result


def _block(interpreter: Interpreter, frame: Frame, node: ComprehensionNode) -> Frame:
    """Return the frame of a comprehension: the same one however often it is evaluated."""
    if node not in frame.blocks:
        frame.blocks[node] = Frame(
            node,
            frame.module,
            interpreter.scope(node),
            outer=frame,
            caller=frame.caller,
            body=frame.body,
            depth=frame.depth,
            inline=True,
        )
    return frame.blocks[node]


RULES: Mapping[type[cst.CSTNode], Callable[[Interpreter, Frame, Any], Value]] = {
    cst.Integer: _number,
    cst.Float: _number,
    cst.Imaginary: _number,
    cst.SimpleString: _string,
    cst.ConcatenatedString: _concatenated,
    cst.FormattedString: _formatted,
    cst.TemplatedString: _formatted,
    cst.List: _sequence,
    cst.Tuple: _sequence,
    cst.Set: _sequence,
    cst.Dict: _dict,
    cst.ListComp: _comprehension,
    cst.SetComp: _comprehension,
    cst.DictComp: _comprehension,
    cst.GeneratorExp: _comprehension,
}

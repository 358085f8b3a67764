"""What literals and displays are: numbers, texts, lists, dicts and comprehensions."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.modules.syntax import ComprehensionNode
from durable_lint.program.running.changes import advance
from durable_lint.program.running.choices import Origins, count_origins, deciding
from durable_lint.program.running.containers import iterate
from durable_lint.program.running.looks import look_over
from durable_lint.program.running.narrowing import narrow
from durable_lint.program.running.protocols import FORMAT, ask
from durable_lint.program.values.frames import Frame, Region
from durable_lint.program.values.operators import concatenate
from durable_lint.program.values.order import UNORDERED, Rounds, orders_of, written
from durable_lint.program.values.reaching import merged
from durable_lint.program.values.shapes import (
    KEYS,
    Container,
    Site,
    constant,
)
from durable_lint.program.values.values import (
    NOTHING,
    UNKNOWN,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

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
            value = value.mixed_with(written(value, part.expression, frame))
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
            if container.kind not in UNORDERED:
                container.orders.update(orders_of(value, element.value, frame))
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
            if isinstance(shape, KEYS):
                # What is said last is what stands there.
                container.items.pop(shape, None)
                container.unsettled.pop(shape, None)
                container.put(value, shape)
            else:
                container.keys[key] = None
                container.put(value)
        else:
            look_over(interpreter, frame, element.value, value)
            _pour_dict(container, value)
    return value_of(interpreter.made(container)).mixed_with(frozenset(origins))


def _pour_dict(container: Container, value: Value) -> None:
    for shape in value.shapes:
        if isinstance(shape, Container):
            # What is spread last wins over what stood there before.
            for key in shape.items:
                container.items.pop(key, None)
            if shape.rest:
                container.unsettle()
            container.absorb(shape)
        else:
            container.unsettle()
            container.put(UNKNOWN)
    if value.open:
        container.unsettle()
        container.put(UNKNOWN.mixed_with(value.origins))


def _comprehension(interpreter: Interpreter, frame: Frame, node: ComprehensionNode) -> Value:
    container = Container(_COMPREHENSION_KINDS[type(node)], Site(node, frame))
    before = interpreter.state
    result, count = _round(interpreter, frame, node, container)
    interpreter.state = merged([before, interpreter.state])
    if interpreter.state is not before and node not in frame.host.repeated:
        # What one round leaves is seen by the next.
        frame.host.repeated.add(node)
        again, count = _round(interpreter, frame, node, container)
        result = join([result, again])
        interpreter.state = merged([before, interpreter.state])
    container.put(result)
    return value_of(interpreter.made(container)).mixed_with(result.origins | count)


def _round(
    interpreter: Interpreter, frame: Frame, node: ComprehensionNode, container: Container
) -> tuple[Value, Origins]:
    """Return an element, and the origins of what decides how many there are."""
    inner = _block(interpreter, frame, node)
    clause: cst.CompFor | None = node.for_in
    source: Frame = frame
    regions: list[Region] = []
    while clause is not None:
        iterable = interpreter.obtain(source, clause.iter)
        advance(interpreter, frame, clause.iter, iterable)
        orders = orders_of(iterable, clause.iter, source)
        rounds = Rounds(clause, frame.host, node)
        source = inner
        element = iterate(interpreter, frame, clause.iter, iterable)
        element = interpreter.turns.each(element, orders, rounds)
        interpreter.decide(frame, clause, NOTHING.mixed_with(count_origins(iterable)))
        regions.append(interpreter.region(frame, "loop", clause))
        interpreter.turns.running.append(rounds)
        interpreter.bind(inner, clause.target, element)
        for condition in clause.ifs:
            test = interpreter.evaluate(inner, condition.test)
            interpreter.test(frame, condition.test, test)
            regions.append(interpreter.region(frame, "branch", condition.test, test))
            narrow(interpreter, inner, condition.test, outcome=True)
        clause = clause.inner_for_in
    if isinstance(node, cst.DictComp):
        key = interpreter.evaluate(inner, node.key)
        container.keys[key] = None
        interpreter.turns.collect(interpreter, container, key)
        result = interpreter.obtain(inner, node.value)
    else:
        result = interpreter.obtain(inner, node.elt)
        interpreter.turns.collect(interpreter, container, result)
    for region in regions:
        interpreter.leave(frame)
        if region.kind == "loop":
            interpreter.turns.running.pop()
    return result, deciding(frame, regions)


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

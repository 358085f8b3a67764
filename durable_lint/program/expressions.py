"""What each kind of expression may be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.arguments import Argument, Arguments
from durable_lint.program.attributes import attribute
from durable_lint.program.containers import MUTATORS, iterate, subscript
from durable_lint.program.definitions import make_function
from durable_lint.program.frames import Call, Frame
from durable_lint.program.syntax import COMPREHENSIONS, ComprehensionNode
from durable_lint.program.values import (
    NOTHING,
    UNKNOWN,
    Constant,
    Container,
    External,
    Instance,
    Opaque,
    Site,
    Text,
    Value,
    constant,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter

Rule = Callable[["Interpreter", Frame, Any], Value]

_SINGLETONS = {"None": None, "True": True, "False": False}


def evaluate(interpreter: Interpreter, frame: Frame, node: cst.CSTNode) -> Value:
    """Return what the expression `node` may be in `frame`, recording what happens on the way."""
    rule = _RULES.get(type(node))
    return rule(interpreter, frame, node) if rule else UNKNOWN


def peek(interpreter: Interpreter, frame: Frame, node: cst.CSTNode) -> Value:
    """Evaluate the receiver of a change: looking up what is changed does not read it."""
    inner = node
    while isinstance(inner, cst.Attribute | cst.Subscript):
        inner = inner.value
    if not isinstance(inner, cst.Name):
        return evaluate(interpreter, frame, node)
    interpreter.silent += 1
    try:
        return evaluate(interpreter, frame, node)
    finally:
        interpreter.silent -= 1


def note_read(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, value: Value) -> Value:
    """Record that the mutable objects in `value` are read at `node`."""
    for shape in value.shapes:
        if isinstance(shape, Container | Instance | Opaque) or (
            isinstance(shape, External) and shape.site is not None
        ):
            interpreter.read(shape, frame, node)
    return value


def _name(interpreter: Interpreter, frame: Frame, node: cst.Name) -> Value:
    if node.value in _SINGLETONS:
        return constant(_SINGLETONS[node.value])
    return note_read(interpreter, frame, node, interpreter.lookup(frame, node.value, node))


def _attribute(interpreter: Interpreter, frame: Frame, node: cst.Attribute) -> Value:
    receiver = evaluate(interpreter, frame, node.value)
    value = attribute(interpreter, frame, node, receiver, node.attr.value)
    return note_read(interpreter, frame, node, value)


def _subscript(interpreter: Interpreter, frame: Frame, node: cst.Subscript) -> Value:
    receiver = evaluate(interpreter, frame, node.value)
    index = UNKNOWN
    for element in node.slice:
        if isinstance(element.slice, cst.Index):
            index = evaluate(interpreter, frame, element.slice.value)
        else:
            for part in (element.slice.lower, element.slice.upper, element.slice.step):
                if part is not None:
                    evaluate(interpreter, frame, part)
            index = NOTHING
    value = subscript(interpreter, frame, node, receiver, index)
    return note_read(interpreter, frame, node, value)


def _call(interpreter: Interpreter, frame: Frame, node: cst.Call) -> Value:
    func = node.func
    if isinstance(func, cst.Attribute) and func.attr.value in MUTATORS:
        receiver = peek(interpreter, frame, func.value)
        callee = attribute(interpreter, frame, func, receiver, func.attr.value)
    else:
        callee = evaluate(interpreter, frame, func)
    arguments = call_arguments(interpreter, frame, node.args)
    host = frame.host
    event = Call(node, host, host.regions, interpreter.tick(), callee, arguments)
    result = interpreter.call(event)
    interpreter.record(event)
    return note_read(interpreter, frame, node, result)


def call_arguments(
    interpreter: Interpreter, frame: Frame, args: Sequence[cst.Arg]
) -> Arguments:
    """Evaluate the arguments of a call in order."""
    items = []
    for arg in args:
        value = evaluate(interpreter, frame, arg.value)
        keyword = arg.keyword.value if arg.keyword is not None else None
        items.append(Argument(value, keyword, arg.star, arg.value))
    return Arguments(tuple(items))


def _lambda(interpreter: Interpreter, frame: Frame, node: cst.Lambda) -> Value:
    return value_of(make_function(interpreter, frame, node))


def _literal(interpreter: Interpreter, frame: Frame, node: cst.BaseNumber) -> Value:
    return constant(node.evaluated_value) if hasattr(node, "evaluated_value") else UNKNOWN


def _string(interpreter: Interpreter, frame: Frame, node: cst.SimpleString) -> Value:
    return constant(node.evaluated_value)


def _concatenated(interpreter: Interpreter, frame: Frame, node: cst.ConcatenatedString) -> Value:
    left = evaluate(interpreter, frame, node.left)
    return concatenate([left, evaluate(interpreter, frame, node.right)])


def _formatted(
    interpreter: Interpreter, frame: Frame, node: cst.FormattedString | cst.TemplatedString
) -> Value:
    parts: list[Value] = []
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText | cst.TemplatedStringText):
            text = part.value
            if "\\" in text and not node.start.lower().startswith(("rf", "fr")):
                text = text.encode("latin-1", "backslashreplace").decode("unicode_escape")
            parts.append(constant(text.replace("{{", "{").replace("}}", "}")))
        else:
            value = evaluate(interpreter, frame, part.expression)
            plain = part.conversion is None and part.format_spec is None
            parts.append(value if plain else UNKNOWN.mixed_with(value.origins))
            for spec in part.format_spec or ():
                if isinstance(spec, cst.FormattedStringExpression | cst.TemplatedStringExpression):
                    parts.append(
                        UNKNOWN.mixed_with(evaluate(interpreter, frame, spec.expression).origins)
                    )
    return concatenate(parts)


def concatenate(values: Sequence[Value]) -> Value:
    """Return the text that `values` make one after the other, with holes for what is not known."""
    parts: list[str | Value] = []
    origins = frozenset().union(*(value.origins for value in values))
    for value in values:
        shape = value.only()
        if isinstance(shape, Constant) and isinstance(shape.content, str | int | float):
            new: tuple[str | Value, ...] = (str(shape.content),)
        elif isinstance(shape, Text):
            new = shape.parts
        else:
            new = (value,)
        for part in new:
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
    if all(isinstance(part, str) for part in parts):
        return constant("".join(str(part) for part in parts)).mixed_with(origins)
    return Value((Text(tuple(parts)),), origins, False)


def _sequence(
    interpreter: Interpreter, frame: Frame, node: cst.List | cst.Tuple | cst.Set
) -> Value:
    container = Container(type(node).__name__.lower(), Site(node, frame))
    keyed = not isinstance(node, cst.Set)
    for index, element in enumerate(node.elements):
        value = evaluate(interpreter, frame, element.value)
        if isinstance(element, cst.StarredElement):
            keyed = False
            value = iterate(interpreter, frame, element.value, value)
        container.put(value, index if keyed else None)
    origins = container.content().origins
    return value_of(interpreter.made(container)).mixed_with(origins)


def _dict(interpreter: Interpreter, frame: Frame, node: cst.Dict) -> Value:
    container = Container("dict", Site(node, frame))
    origins: frozenset[Any] = frozenset()
    for element in node.elements:
        if isinstance(element, cst.DictElement):
            key = evaluate(interpreter, frame, element.key)
            value = evaluate(interpreter, frame, element.value)
            shape = key.only()
            container.put(value, shape if isinstance(shape, Constant) else None)
            origins |= key.origins | value.origins
        else:
            spread = evaluate(interpreter, frame, element.value)
            origins |= spread.origins
            for inner in spread.shapes:
                if isinstance(inner, Container):
                    for known, held in inner.items.items():
                        container.items[known] = held
                    container.rest.extend(v for v in inner.rest if v not in container.rest)
                else:
                    container.put(UNKNOWN)
            if spread.open:
                container.put(UNKNOWN.mixed_with(spread.origins))
    return value_of(interpreter.made(container)).mixed_with(origins)


_COMPREHENSION_KINDS = {
    cst.ListComp: "list",
    cst.SetComp: "set",
    cst.DictComp: "dict",
    cst.GeneratorExp: "generator",
}


def _comprehension(interpreter: Interpreter, frame: Frame, node: ComprehensionNode) -> Value:
    container = Container(_COMPREHENSION_KINDS[type(node)], Site(node, frame))
    inner = Frame(
        node,
        frame.module,
        interpreter.scope(node),
        outer=frame,
        caller=frame.caller,
        body=frame.body,
        depth=frame.depth,
        inline=True,
    )
    clause: cst.CompFor | None = node.for_in
    source: Frame = frame
    opened = 0
    while clause is not None:
        iterable = evaluate(interpreter, source, clause.iter)
        source = inner
        element = iterate(interpreter, frame, clause.iter, iterable)
        interpreter.region(frame, "loop", clause)
        opened += 1
        interpreter.bind(inner, clause.target, element)
        for condition in clause.ifs:
            interpreter.test(frame, condition.test, evaluate(interpreter, inner, condition.test))
        clause = clause.inner_for_in
    if isinstance(node, cst.DictComp):
        evaluate(interpreter, inner, node.key)
        result = evaluate(interpreter, inner, node.value)
    else:
        result = evaluate(interpreter, inner, node.elt)
    for _ in range(opened):
        interpreter.leave(frame)
    container.put(result)
    return value_of(interpreter.made(container)).mixed_with(result.origins)


def _binary(interpreter: Interpreter, frame: Frame, node: cst.BinaryOperation) -> Value:
    left = evaluate(interpreter, frame, node.left)
    right = evaluate(interpreter, frame, node.right)
    return operate(left, node.operator, right, Site(node, frame))


def operate(left: Value, operator: cst.CSTNode, right: Value, site: Site) -> Value:
    """Return the result of a binary operation."""
    origins = left.origins | right.origins
    if isinstance(operator, cst.Add | cst.AddAssign):
        if any(_is_text(value) for value in (left, right)):
            return concatenate([left, right])
        kinds = {s.kind for v in (left, right) for s in v.shapes if isinstance(s, Container)}
        if kinds:
            merged = Container(kinds.pop(), site)
            for value in (left, right):
                for shape in value.shapes:
                    merged.put(shape.content() if isinstance(shape, Container) else UNKNOWN)
            return value_of(merged).mixed_with(origins)
    if isinstance(operator, cst.Divide | cst.DivideAssign):
        paths = [s for s in left.shapes if isinstance(s, External) and s.path in _PATHS]
        if paths:
            return Value((External("pathlib.Path()", site),), origins, left.open)
    sets = [s for s in left.shapes if isinstance(s, Container) and s.kind in ("set", "dict")]
    if sets:
        result = Container(sets[0].kind, site)
        for value in (left, right):
            for shape in value.shapes:
                if isinstance(shape, Container):
                    result.put(shape.content())
        return value_of(result).mixed_with(origins)
    return UNKNOWN.mixed_with(origins)


_PATHS = frozenset(
    f"pathlib.Path{end}"
    for end in ("()", "().parent", "().resolve()", "().absolute()", ".cwd()", ".home()")
)


def _is_text(value: Value) -> bool:
    shape = value.only()
    return isinstance(shape, Text) or (
        isinstance(shape, Constant) and isinstance(shape.content, str)
    )


def _boolean(interpreter: Interpreter, frame: Frame, node: cst.BooleanOperation) -> Value:
    left = evaluate(interpreter, frame, node.left)
    interpreter.test(frame, node.left, left)
    interpreter.region(frame, "branch", node, left)
    right = evaluate(interpreter, frame, node.right)
    interpreter.leave(frame)
    return join([left, right])


def _comparison(interpreter: Interpreter, frame: Frame, node: cst.Comparison) -> Value:
    origins = evaluate(interpreter, frame, node.left).origins
    for target in node.comparisons:
        origins |= evaluate(interpreter, frame, target.comparator).origins
    return Value((External("bool()"),), origins, False)


def _unary(interpreter: Interpreter, frame: Frame, node: cst.UnaryOperation) -> Value:
    value = evaluate(interpreter, frame, node.expression)
    shape = value.only()
    if isinstance(node.operator, cst.Minus) and isinstance(shape, Constant):
        if isinstance(shape.content, int | float):
            return constant(-shape.content)
    return UNKNOWN.mixed_with(value.origins)


def _conditional(interpreter: Interpreter, frame: Frame, node: cst.IfExp) -> Value:
    test = evaluate(interpreter, frame, node.test)
    interpreter.test(frame, node, test)
    interpreter.region(frame, "branch", node, test)
    values = [evaluate(interpreter, frame, arm) for arm in (node.body, node.orelse)]
    interpreter.leave(frame)
    return join(values).mixed_with(test.origins)


def _walrus(interpreter: Interpreter, frame: Frame, node: cst.NamedExpr) -> Value:
    value = evaluate(interpreter, frame, node.value)
    binder = frame
    while isinstance(binder.node, COMPREHENSIONS) and binder.outer is not None:
        binder = binder.outer
    interpreter.bind(binder, node.target, value)
    return value


def _await(interpreter: Interpreter, frame: Frame, node: cst.Await) -> Value:
    return evaluate(interpreter, frame, node.expression)


def _yield(interpreter: Interpreter, frame: Frame, node: cst.Yield) -> Value:
    if isinstance(node.value, cst.From):
        value = evaluate(interpreter, frame, node.value.item)
        frame.host.yielded.append(iterate(interpreter, frame, node.value.item, value))
    elif node.value is not None:
        frame.host.yielded.append(evaluate(interpreter, frame, node.value))
    else:
        frame.host.yielded.append(constant(None))
    return UNKNOWN


def _starred(interpreter: Interpreter, frame: Frame, node: cst.StarredElement) -> Value:
    return evaluate(interpreter, frame, node.value)


_RULES: dict[type[cst.CSTNode], Rule] = {
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Subscript: _subscript,
    cst.Call: _call,
    cst.Lambda: _lambda,
    cst.Integer: _literal,
    cst.Float: _literal,
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
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _boolean,
    cst.Comparison: _comparison,
    cst.UnaryOperation: _unary,
    cst.IfExp: _conditional,
    cst.NamedExpr: _walrus,
    cst.Await: _await,
    cst.Yield: _yield,
    cst.StarredElement: _starred,
}

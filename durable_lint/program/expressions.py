"""What each kind of expression may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program import literals
from durable_lint.program.arguments import Argument, Arguments, starred_items
from durable_lint.program.attributes import attribute
from durable_lint.program.containers import MUTATORS, elements, subscript
from durable_lint.program.definitions import make_function
from durable_lint.program.frames import Call, Frame
from durable_lint.program.operators import DATA, operate
from durable_lint.program.syntax import COMPREHENSIONS
from durable_lint.program.values import (
    NOTHING,
    UNKNOWN,
    Constant,
    Container,
    External,
    Instance,
    Opaque,
    Site,
    Value,
    constant,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter

Rule = Callable[["Interpreter", Frame, Any], Value]

_SINGLETONS = {"None": None, "True": True, "False": False}
_TRUTH = value_of(External("bool()"))


def evaluate(interpreter: Interpreter, frame: Frame, node: cst.CSTNode) -> Value:
    """Return what the expression `node` may be in `frame`, recording what happens on the way."""
    rule = _RULES.get(type(node))
    return rule(interpreter, frame, node) if rule is not None else UNKNOWN


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


def _note_read(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, value: Value) -> Value:
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
    return _note_read(interpreter, frame, node, interpreter.lookup(frame, node.value, node))


def _attribute(interpreter: Interpreter, frame: Frame, node: cst.Attribute) -> Value:
    receiver = evaluate(interpreter, frame, node.value)
    value = attribute(interpreter, frame, node, receiver, node.attr.value)
    return _note_read(interpreter, frame, node, value)


def _subscript(interpreter: Interpreter, frame: Frame, node: cst.Subscript) -> Value:
    receiver = evaluate(interpreter, frame, node.value)
    index = UNKNOWN
    for element in node.slice:
        if isinstance(element.slice, cst.Index):
            index = evaluate(interpreter, frame, element.slice.value)
        elif isinstance(element.slice, cst.Slice):
            for part in (element.slice.lower, element.slice.upper, element.slice.step):
                if part is not None:
                    evaluate(interpreter, frame, part)
            index = NOTHING
    value = subscript(interpreter, frame, node, receiver, index)
    return _note_read(interpreter, frame, node, value)


def _call(interpreter: Interpreter, frame: Frame, node: cst.Call) -> Value:
    func = node.func
    if isinstance(func, cst.Attribute) and func.attr.value in MUTATORS:
        receiver = peek(interpreter, frame, func.value)
        callee = attribute(interpreter, frame, func, receiver, func.attr.value)
    else:
        callee = evaluate(interpreter, frame, func)
    arguments = _arguments(interpreter, frame, node.args)
    host = frame.host
    event = Call(node, host, host.regions, interpreter.tick(), callee, arguments)
    result = interpreter.call(event)
    interpreter.record(event)
    return _note_read(interpreter, frame, node, result)


def _arguments(interpreter: Interpreter, frame: Frame, args: Sequence[cst.Arg]) -> Arguments:
    items = []
    for arg in args:
        value = evaluate(interpreter, frame, arg.value)
        keyword = arg.keyword.value if arg.keyword is not None else None
        spread = starred_items(value) if arg.star == "*" else None
        if spread is None:
            items.append(Argument(value, keyword, arg.star, arg.value))
        else:
            items.extend(Argument(item) for item in spread)
    return Arguments(tuple(items))


def _lambda(interpreter: Interpreter, frame: Frame, node: cst.Lambda) -> Value:
    return value_of(make_function(interpreter, frame, node))


def _binary(interpreter: Interpreter, frame: Frame, node: cst.BinaryOperation) -> Value:
    # A chain of operators leans to the left, and may be thousands long.
    chain: list[cst.BinaryOperation] = []
    left: cst.BaseExpression = node
    while isinstance(left, cst.BinaryOperation):
        chain.append(left)
        left = left.left
    value = evaluate(interpreter, frame, left)
    for operation in reversed(chain):
        right = evaluate(interpreter, frame, operation.right)
        value = operate(value, operation.operator, right, Site(operation, frame))
    return value


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
    return _TRUTH.mixed_with(origins)


def _unary(interpreter: Interpreter, frame: Frame, node: cst.UnaryOperation) -> Value:
    value = evaluate(interpreter, frame, node.expression)
    shape = value.only()
    if isinstance(node.operator, cst.Not):
        return _TRUTH.mixed_with(value.origins)
    if isinstance(node.operator, cst.Minus) and isinstance(shape, Constant):
        if isinstance(shape.content, int | float):
            return constant(-shape.content)
    return DATA.mixed_with(value.origins)


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
    value = evaluate(interpreter, frame, node.expression)
    parts = [
        interpreter.contents(frame, node, shape)
        if isinstance(shape, Container) and shape.kind == "coroutine"
        else value_of(shape)
        for shape in value.shapes
    ]
    return join([*parts, UNKNOWN] if value.open else parts).mixed_with(value.origins)


def _yield(interpreter: Interpreter, frame: Frame, node: cst.Yield) -> Value:
    yielded = frame.host.yielded
    interpreter.leaves(frame, node, "yield")
    if isinstance(node.value, cst.From):
        value = evaluate(interpreter, frame, node.value.item)
        yielded.append(elements(interpreter, frame, node.value.item, value))
    elif node.value is not None:
        yielded.append(evaluate(interpreter, frame, node.value))
    else:
        yielded.append(constant(None))
    return UNKNOWN


def _starred(interpreter: Interpreter, frame: Frame, node: cst.StarredElement) -> Value:
    return evaluate(interpreter, frame, node.value)


_RULES: Mapping[type[cst.CSTNode], Rule] = {
    **literals.RULES,
    cst.Name: _name,
    cst.Attribute: _attribute,
    cst.Subscript: _subscript,
    cst.Call: _call,
    cst.Lambda: _lambda,
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

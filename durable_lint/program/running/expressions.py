"""What each kind of expression may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.modules.syntax import COMPREHENSIONS
from durable_lint.program.running import literals, protocols
from durable_lint.program.running.attributes import attribute, look_at_attribute
from durable_lint.program.running.changes import MUTATORS, advance
from durable_lint.program.running.containers import elements, subscript
from durable_lint.program.running.definitions import make_function
from durable_lint.program.running.looks import item_part, look, look_at, look_over
from durable_lint.program.running.narrowing import narrowed, treat_by_type, type_of_variable
from durable_lint.program.running.truth import comparison, truth
from durable_lint.program.values.arguments import Argument, Arguments, starred_items
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.operators import DATA, operate
from durable_lint.program.values.order import Rounds, orders_of
from durable_lint.program.values.reaching import merged, renewed
from durable_lint.program.values.shapes import (
    Constant,
    External,
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

Rule = Callable[["Interpreter", Frame, Any], Value]

_SINGLETONS = {"None": None, "True": True, "False": False}
_TRUTH = value_of(External("bool()"))


def evaluate(interpreter: Interpreter, frame: Frame, node: cst.CSTNode) -> Value:
    """Return what the expression `node` may be in `frame`, recording what happens on the way."""
    value = obtain(interpreter, frame, node)
    look(interpreter, frame, node, value)
    return value


def obtain(interpreter: Interpreter, frame: Frame, node: cst.CSTNode) -> Value:
    """Evaluate what is only handed on, so that the objects themselves are not looked into."""
    rule = _RULES.get(type(node))
    value = rule(interpreter, frame, node) if rule is not None else UNKNOWN
    for shape in value.shapes:
        site = getattr(shape, "site", None)
        if site is None:
            if isinstance(shape, External):
                value = interpreter.library.mentioned(interpreter, frame, node, shape.path, value)
            continue
        if site.born_at is node:
            interpreter.state = renewed(interpreter.state, shape)
        if isinstance(shape, External):
            # What library code does with its own objects is not known: any mention reads them.
            interpreter.read(shape, frame, node)
    return value


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


def _name(interpreter: Interpreter, frame: Frame, node: cst.Name) -> Value:
    if node.value in _SINGLETONS:
        return constant(_SINGLETONS[node.value])
    return interpreter.lookup(frame, node.value, node)


def _attribute(interpreter: Interpreter, frame: Frame, node: cst.Attribute) -> Value:
    receiver = obtain(interpreter, frame, node.value)
    look_at_attribute(interpreter, frame, node, receiver, node.attr.value)
    found = attribute(interpreter, frame, node, receiver, node.attr.value)
    if node.attr.value == "__class__":
        return found.mixed_with(type_of_variable(frame, node.value))
    return found


def _subscript(interpreter: Interpreter, frame: Frame, node: cst.Subscript) -> Value:
    receiver = obtain(interpreter, frame, node.value)
    index = UNKNOWN
    bounds: list[Value] = []
    for element in node.slice:
        if isinstance(element.slice, cst.Index):
            index = evaluate(interpreter, frame, element.slice.value)
        elif isinstance(element.slice, cst.Slice):
            given = (element.slice.lower, element.slice.upper, element.slice.step)
            bounds += [evaluate(interpreter, frame, bound) for bound in given if bound is not None]
            index = NOTHING
    for shape in receiver.shapes:
        item = None if index is NOTHING else item_part(shape, index)
        look_at(interpreter, frame, node, shape, item)
    return subscript(interpreter, frame, node, receiver, index).mixed_with(join(bounds).origins)


def _call(interpreter: Interpreter, frame: Frame, node: cst.Call) -> Value:
    func = node.func
    if isinstance(func, cst.Attribute) and func.attr.value in MUTATORS:
        receiver = peek(interpreter, frame, func.value)
        callee = attribute(interpreter, frame, func, receiver, func.attr.value)
    else:
        callee = obtain(interpreter, frame, func)
    treat_by_type(callee)
    arguments = _arguments(interpreter, frame, node.args)
    host = frame.host
    event = Call(node, host, host.regions, interpreter.tick(), callee, arguments)
    result = interpreter.call(event)
    interpreter.record(event)
    return result


def _arguments(interpreter: Interpreter, frame: Frame, args: Sequence[cst.Arg]) -> Arguments:
    items = []
    for arg in args:
        value = obtain(interpreter, frame, arg.value)
        if arg.star:
            look_over(interpreter, frame, arg.value, value)
            advance(interpreter, frame, arg.value, value)
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
        sign = type(operation.operator).__name__
        own = protocols.operated(interpreter, frame, operation, value, sign, right)
        if own is None:
            own = operate(value, operation.operator, right, Site(operation, frame))
        value = own
    return value


def _boolean(interpreter: Interpreter, frame: Frame, node: cst.BooleanOperation) -> Value:
    left = evaluate(interpreter, frame, node.left)
    interpreter.test(frame, node, left)
    decided = truth(interpreter, frame, node.left, left)
    if decided is isinstance(node.operator, cst.Or):
        return left
    interpreter.region(frame, "branch", node, left)
    before = interpreter.state
    right = obtain(interpreter, frame, node.right)
    interpreter.state = merged([before, interpreter.state])
    interpreter.leave(frame)
    return join([left, right]) if decided is None else right.mixed_with(left.origins)


def _comparison(interpreter: Interpreter, frame: Frame, node: cst.Comparison) -> Value:
    # Which object it is says nothing of what is in it.
    operators = [target.operator for target in node.comparisons]
    compare = obtain if all(isinstance(o, cst.Is | cst.IsNot) for o in operators) else evaluate
    first = left = compare(interpreter, frame, node.left)
    origins = left.origins
    for target in node.comparisons:
        right = compare(interpreter, frame, target.comparator)
        if isinstance(target.operator, cst.In | cst.NotIn):
            advance(interpreter, frame, target.comparator, right)
        sign = type(target.operator).__name__
        own = protocols.compared(interpreter, frame, target, left, sign, right)
        origins |= right.origins if own is None else right.origins | own.origins
        left = right
    decided = comparison(interpreter, frame, node, first, left)
    return (_TRUTH if decided is None else constant(decided)).mixed_with(origins)


def _unary(interpreter: Interpreter, frame: Frame, node: cst.UnaryOperation) -> Value:
    value = evaluate(interpreter, frame, node.expression)
    shape = value.only()
    if isinstance(node.operator, cst.Not):
        origins = interpreter.test(frame, node, value).origins
        known = truth(interpreter, frame, node.expression, value)
        return (_TRUTH if known is None else constant(not known)).mixed_with(origins)
    own = protocols.signed(interpreter, frame, node, type(node.operator).__name__, value)
    if own is not None:
        return own
    if isinstance(node.operator, cst.Minus) and isinstance(shape, Constant):
        if isinstance(shape.content, int | float):
            return constant(-shape.content)
    return DATA.mixed_with(value.origins)


def _conditional(interpreter: Interpreter, frame: Frame, node: cst.IfExp) -> Value:
    test = evaluate(interpreter, frame, node.test)
    interpreter.test(frame, node, test)
    interpreter.region(frame, "branch", node, test)
    decided = truth(interpreter, frame, node.test, test)
    before = interpreter.state
    values, states = [], []
    for arm, taken in ((node.body, True), (node.orelse, False)):
        if decided is None or decided is taken:
            interpreter.state = before
            with narrowed(interpreter, frame, node.test, outcome=taken):
                values.append(obtain(interpreter, frame, arm))
            states.append(interpreter.state)
    interpreter.state = merged(states)
    interpreter.leave(frame)
    return join(values).mixed_with(test.origins)


def _walrus(interpreter: Interpreter, frame: Frame, node: cst.NamedExpr) -> Value:
    value = obtain(interpreter, frame, node.value)
    binder = frame
    while isinstance(binder.node, COMPREHENSIONS) and binder.outer is not None:
        binder = binder.outer
    interpreter.bind(binder, node.target, value)
    return value


def _await(interpreter: Interpreter, frame: Frame, node: cst.Await) -> Value:
    value = obtain(interpreter, frame, node.expression)
    return protocols.awaited(interpreter, frame, node, value)


def _yield(interpreter: Interpreter, frame: Frame, node: cst.Yield) -> Value:
    yielded = frame.host.yielded
    interpreter.leaves(frame, node, "yield")
    if isinstance(node.value, cst.From):
        value = obtain(interpreter, frame, node.value.item)
        look_over(interpreter, frame, node.value.item, value)
        advance(interpreter, frame, node.value.item, value)
        orders = orders_of(value, node.value.item, frame)
        element = elements(interpreter, frame, node.value.item, value)
        yielded.append(interpreter.turns.each(element, orders, Rounds(node, frame.host)))
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

"""`time.time()` becomes `context.step(lambda _: time.time(), name="started-at")`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.checkpoints.storage import storable
from durable_lint.durable.flow.given import is_run
from durable_lint.findings import Applicability, Fix
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.happenings import calls_one_of, result_at, value_at
from durable_lint.fixes.move_to_step import move_to_step, uses_entered
from durable_lint.fixes.naming import free_parameter, operation_name
from durable_lint.fixes.places import is_target, quote_at, replacement, text_of
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import Container, External, Instance
from durable_lint.program.values.values import Value, join, value_of

# Functions that make one value of another, and are moved into the step together with it.
_CONVERSIONS = frozenset(
    (
        "str",
        "int",
        "float",
        "bool",
        "len",
        "list",
        "tuple",
        "dict",
        "sorted",
        "round",
        "bytes",
        "repr",
        "json.loads",
        "json.dumps",
        "decimal.Decimal",
    )
)
_UNSAFE = Applicability.UNSAFE


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An expression around the call, and whether a step may return its value; None if unknown."""

    node: cst.BaseExpression
    stored: bool | None


@dataclass(frozen=True, slots=True)
class _Choice:
    """What is to be wrapped; `doubtful` says that nobody knows whether its value can be stored."""

    node: cst.BaseExpression
    applicability: Applicability
    doubtful: bool = False


def wrap_in_step(ground: Ground, call: Call, applicability: Applicability) -> Fix | None:
    """Return the fix that makes the expression around `call` a step; None where none is right.

    It wraps the largest chain or conversion around the call whose value can be stored, or moves
    the statement where that cannot be. `applicability` is the most that the fix may be.
    """
    frame, node = call.frame, call.node
    if not isinstance(node, cst.BaseExpression):
        return None
    context = ground.context(frame, node)
    if context is None:
        return None
    chain = list(_enclosing(ground, call, node))
    moved = move_to_step(ground, call, chain[-1].node, context)
    if moved is not None and uses_entered(call):
        return moved
    return _wrapped(ground, call, chain, context, applicability) or moved


def _wrapped(
    ground: Ground,
    call: Call,
    chain: list[_Candidate],
    context: str,
    applicability: Applicability,
) -> Fix | None:
    module = call.frame.module
    outermost = chain[-1].node
    around = module.parents[outermost]
    if isinstance(around, cst.Await | cst.WithItem | cst.Decorator) or is_target(module, outermost):
        return None
    if is_run(ground.walk, outermost):
        # The operation needs a function here, and a step would hand it a value.
        return None
    chosen = _chosen(ground, call.frame, chain, context, applicability)
    # A value that nobody wants need not be stored: a function of its own returns none.
    if chosen is None or (chosen.doubtful and isinstance(around, cst.Expr)):
        return None
    parameter = free_parameter(chosen.node)
    quote = quote_at(module, chosen.node)
    if parameter is None or quote is None:
        return None
    name = operation_name(module, chosen.node, call.node)
    body = f"lambda {parameter}: {text_of(module, chosen.node)}"
    edit = replacement(module, chosen.node, f"{context}.step({body}, name={quote}{name}{quote})")
    return Fix(f"wrap it in {context}.step()", (edit,), chosen.applicability, True)


def _chosen(
    ground: Ground,
    frame: Frame,
    chain: list[_Candidate],
    context: str,
    applicability: Applicability,
) -> _Choice | None:
    """Return the largest expression that certainly can be stored, else that possibly can."""
    doubtful: _Choice | None = None
    for candidate in reversed(chain):
        node = candidate.node
        may_fail = applicability is not Applicability.SAFE or ground.may_raise(frame, node)
        moving = ground.moving(frame, node, context, may_fail=may_fail)
        if moving is None or candidate.stored is False:
            continue
        caution = max(applicability, moving, key=list(Applicability).index)
        if candidate.stored:
            return _Choice(node, caution)
        if doubtful is None:
            caution = max(caution, _UNSAFE, key=list(Applicability).index)
            doubtful = _Choice(node, caution, doubtful=True)
    return doubtful


def _enclosing(ground: Ground, call: Call, node: cst.BaseExpression) -> Iterator[_Candidate]:
    """Yield the call and the chains and conversions around it, inner first."""
    parents, results = call.frame.module.parents, ground.walk.vocabulary.results
    value = value_at(call)
    if value is None:
        yield _Candidate(node, stored=False)
        return
    stored = storable(value, results)
    while True:
        parent = parents[node]
        if not isinstance(parent, cst.Call) or parent.func is not node:
            yield _Candidate(node, stored)
        around = _around(call.frame, node, value)
        if around is None:
            return
        # What is made of a plain value by a conversion is plain, whatever its items are.
        converted = stored is True and isinstance(parent, cst.Arg)
        node, value = around
        stored = converted or storable(value, results)


def _around(
    frame: Frame, node: cst.BaseExpression, value: Value
) -> tuple[cst.BaseExpression, Value] | None:
    """Return what is made of the value of `node` at once, with its value."""
    parent = frame.module.parents[node]
    match parent:
        case cst.Attribute():
            return parent, _attribute(value, parent.attr.value)
        case cst.Subscript() if parent.value is node:
            return parent, _item(value)
        case cst.Call():
            called: cst.Call | None = parent
        case cst.Arg():
            called = _conversion(frame, parent)
        case _:
            return None
    result = result_at(frame, called) if called is not None else None
    return (called, result) if called is not None and result is not None else None


def _conversion(frame: Frame, argument: cst.Arg) -> cst.Call | None:
    """Return the conversion that `argument` is converted by, if any."""
    node = frame.module.parents[argument]
    if not isinstance(node, cst.Call) or argument.keyword is not None or argument.star:
        return None
    converted = node.args[0] is argument and calls_one_of(frame, node, _CONVERSIONS)
    return node if converted else None


def _attribute(value: Value, name: str) -> Value:
    parts = []
    for shape in value.shapes:
        if isinstance(shape, External):
            parts.append(value_of(External(f"{shape.path}.{name}", shape.site)))
        elif isinstance(shape, Instance) and name in shape.attributes:
            parts.append(shape.attributes[name])
        else:
            parts.append(Value())
    return join([*parts, Value()] if value.open else parts)


def _item(value: Value) -> Value:
    parts = []
    for shape in value.shapes:
        if isinstance(shape, External):
            parts.append(value_of(External(f"{shape.path}[]", shape.site)))
        elif isinstance(shape, Container):
            parts.append(shape.content())
        else:
            parts.append(Value())
    return join([*parts, Value()] if value.open else parts)

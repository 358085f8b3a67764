"""Which way a test goes, where that is certain: code that it shuts out does not run.

An object is as true as it will ever be. A literal decides where it is the test itself, or where a
caller has chosen it for a parameter: elsewhere it may be replaced by code that was not run yet, or
stand for real data.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.attributes import own_member
from durable_lint.program.frames import Frame
from durable_lint.program.narrowing import is_of
from durable_lint.program.shapes import (
    Bound,
    Class,
    Constant,
    Container,
    External,
    Function,
    Instance,
    ModuleShape,
    Partial,
    Text,
)
from durable_lint.program.values import Shape, Value

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter

_OBJECTS = (Function, Bound, Class, ModuleShape, Partial, Instance)
_TYPE_CHECKING = tuple(
    External(f"{module}.TYPE_CHECKING") for module in ("typing", "typing_extensions")
)
_SOMETHING = (*_OBJECTS, Container, Text)


def truth(
    interpreter: Interpreter, frame: Frame, node: cst.BaseExpression, value: Value
) -> bool | None:
    """Return whether `value`, as `node` gives it in `frame`, is true; None where it may be both."""
    match node:
        case cst.Call(
            func=cst.Name("isinstance"), args=[cst.Arg(cst.Name(name)), cst.Arg(classes)]
        ):
            held = frame.env.get(name)
            return is_of(interpreter, frame, held, classes) if isinstance(held, Value) else None
        case _:
            pass
    if frame.host.function is not None and value.only() in _TYPE_CHECKING:
        # A module's own imports for annotations are followed.
        return False
    settled = _is_settled(interpreter, frame, node)
    return _all_agree(value, lambda shape: _truth_of(interpreter, shape, settled=settled))


def comparison(
    interpreter: Interpreter, frame: Frame, node: cst.Comparison, left: Value, right: Value
) -> bool | None:
    """Return what comparing two values gives; None where that is not certain."""
    if len(node.comparisons) != 1:
        return None
    operator, other = node.comparisons[0].operator, right.only()
    settled = _is_settled(interpreter, frame, node.left)
    if not isinstance(other, Constant) or not isinstance(operator, _SAMENESS):
        return None
    same = _all_agree(left, lambda shape: _is_same(shape, other, settled=settled))
    negated = isinstance(operator, cst.IsNot | cst.NotEqual)
    return same if same is None else same is not negated


def fits(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.BaseExpression,
    subject: Value,
    pattern: cst.MatchPattern,
) -> bool | None:
    """Tell whether the subject at `node` matches a pattern; None where that is not certain."""
    match pattern:
        case cst.MatchAs(pattern=None):
            return True
        case cst.MatchAs(pattern=cst.MatchPattern() as inner):
            return fits(interpreter, frame, node, subject, inner)
        case cst.MatchOr():
            parts = [item.pattern for item in pattern.patterns]
            answers = {fits(interpreter, frame, node, subject, part) for part in parts}
            return True if True in answers else None if None in answers else False
        case cst.MatchValue() | cst.MatchSingleton():
            other = interpreter.evaluate(frame, pattern.value).only()
            settled = _is_settled(interpreter, frame, node)
            if not isinstance(other, Constant):
                return None
            return _all_agree(subject, lambda shape: _is_same(shape, other, settled=settled))
        case cst.MatchClass():
            known = is_of(interpreter, frame, subject, pattern.cls)
            has_parts = bool(pattern.patterns or pattern.kwds)
            return None if known and has_parts else known
        case _:
            return None


_SAMENESS = (cst.Is, cst.IsNot, cst.Equal, cst.NotEqual)


def _all_agree(value: Value, ask: Callable[[Shape], bool | None]) -> bool | None:
    answers = {ask(shape) for shape in value.shapes}
    return answers.pop() if len(answers) == 1 and not value.open else None


def _truth_of(interpreter: Interpreter, shape: Shape, *, settled: bool) -> bool | None:
    match shape:
        case Constant():
            return bool(shape.content) if settled else None
        case Instance() if _tells_its_truth(interpreter, shape):
            return None
        case _:
            return True if isinstance(shape, _OBJECTS) else None


def _tells_its_truth(interpreter: Interpreter, instance: Instance) -> bool:
    own = (own_member(interpreter, instance, name) for name in ("__bool__", "__len__"))
    return any(member is not None for member in own) or bool(instance.cls.foreign_bases())


def _is_same(shape: Shape, other: Constant, *, settled: bool) -> bool | None:
    if isinstance(shape, Constant):
        return shape == other if settled else None
    return False if other.content is None and isinstance(shape, _SOMETHING) else None


def _is_settled(interpreter: Interpreter, frame: Frame, node: cst.BaseExpression) -> bool:
    """Tell whether a literal that an expression gives is written there, or chosen by a caller.

    What code calculates, or a function happens to return, is a literal in the place of real data;
    and a recursion goes on with other literals than those that it begins with.
    """
    match node:
        case cst.Name("True" | "False" | "None") | cst.Integer():
            return True
        case cst.Name():
            owner = frame.owner_of(node.value)
            if owner is None or interpreter.activations.depth_of(owner.node) > 1:
                return False
            given = owner.given.get(node.value)
            return given is not None and owner.env[node.value] is given
        case cst.BooleanOperation():
            return all(_is_settled(interpreter, frame, part) for part in (node.left, node.right))
        case cst.UnaryOperation():
            return _is_settled(interpreter, frame, node.expression)
        case cst.Comparison():
            return _is_settled(interpreter, frame, node.left)
        case _:
            return False

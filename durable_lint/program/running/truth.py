"""Which way a test goes, where that is certain: code that it shuts out does not run.

An object is as true as it will ever be. A literal decides where it is the test itself, or where a
caller has chosen it for a parameter: elsewhere it may be replaced by code that was not run yet, or
stand for real data. And data that a caller has in hand for a parameter, which is None otherwise, is
something.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.running.attributes import own_member
from durable_lint.program.running.narrowing import is_of
from durable_lint.program.values.frames import Frame
from durable_lint.program.values.python_types import is_always_true, is_something
from durable_lint.program.values.shapes import (
    Bound,
    Class,
    Constant,
    Container,
    External,
    Function,
    Instance,
    ModuleShape,
    Opaque,
    Partial,
    Text,
)
from durable_lint.program.values.values import Shape, Value

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

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
    if _is_filled(interpreter, frame, node, value):
        return True
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
    if other.content is None and _is_filled(interpreter, frame, node.left, left):
        same: bool | None = False
    else:
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


_NOTHING = (None, "")
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
        case External():
            return True if is_always_true(shape) else None
        case Text():
            return True if any(isinstance(part, str) for part in shape.parts) else None
        case _:
            return True if isinstance(shape, _OBJECTS) else None


def _tells_its_truth(interpreter: Interpreter, instance: Instance) -> bool:
    own = (own_member(interpreter, instance, name) for name in ("__bool__", "__len__"))
    return any(member is not None for member in own) or bool(instance.cls.foreign_bases())


def _is_same(shape: Shape, other: Constant, *, settled: bool) -> bool | None:
    if isinstance(shape, Constant):
        return shape == other if settled else None
    known = isinstance(shape, _SOMETHING) or is_something(shape)
    return False if other.content is None and known else None


def _is_filled(
    interpreter: Interpreter, frame: Frame, node: cst.BaseExpression, value: Value
) -> bool:
    """Tell whether `node` is a parameter that is nothing if nobody gives it, and data was given.

    What `get` and other calls give may be nothing as well: that is what the default is for.
    """
    choice = _choice_of(interpreter, frame, node)
    if choice is None or choice.default is None:
        return False
    if not any(isinstance(s, Constant) and s.content in _NOTHING for s in choice.default.shapes):
        return False
    return bool(value.shapes) and all(map(_is_in_hand, value.shapes))


def _is_in_hand(shape: Shape) -> bool:
    if isinstance(shape, Constant):
        return bool(shape.content)
    return is_something(shape) or (isinstance(shape, Opaque) and not shape.label.endswith(")"))


def _is_settled(interpreter: Interpreter, frame: Frame, node: cst.BaseExpression) -> bool:
    """Tell whether a literal that an expression gives is written there, or chosen by a caller.

    What code calculates, or a function happens to return, is a literal in the place of real data;
    and a recursion goes on with other literals than those that it begins with.
    """
    match node:
        case cst.Name("True" | "False" | "None") | cst.Integer():
            return True
        case cst.BooleanOperation():
            return all(_is_settled(interpreter, frame, part) for part in (node.left, node.right))
        case cst.UnaryOperation():
            return _is_settled(interpreter, frame, node.expression)
        case cst.Comparison():
            return _is_settled(interpreter, frame, node.left)
        case _:
            return _choice_of(interpreter, frame, node) is not None


@dataclass(frozen=True, slots=True)
class _Choice:
    """That an expression still gives what a caller chose for a parameter with this default."""

    default: Value | None


def _choice_of(interpreter: Interpreter, frame: Frame, node: cst.BaseExpression) -> _Choice | None:
    match node:
        case cst.Name():
            owner = frame.owner_of(node.value)
            given = owner.given.get(node.value) if owner is not None else None
            if owner is None or given is None or owner.env[node.value] is not given:
                return None
            return _chosen(interpreter, owner, node.value)
        case cst.Attribute(value=cst.Name(receiver)):
            owner = frame.owner_of(receiver)
            held = owner.env.get(receiver) if owner is not None else None
            instance = held.only() if isinstance(held, Value) else None
            if owner is None or not isinstance(instance, Instance):
                return None
            return _kept_choice(interpreter, owner, instance, node.attr.value)
        case _:
            return None


def _chosen(interpreter: Interpreter, owner: Frame, name: str) -> _Choice | None:
    if interpreter.activations.depth_of(owner.node) > 1:
        return None
    return _Choice(owner.function.defaults.get(name) if owner.function is not None else None)


def _kept_choice(
    interpreter: Interpreter, owner: Frame, instance: Instance, name: str
) -> _Choice | None:
    """Return what an attribute keeps of a choice, while the object is still being made."""
    held = instance.attributes.get(name)
    function = owner.function.name if owner.function is not None else ""
    if held is not None and function == "__init__":
        names = (key for key, given in owner.given.items() if given is held)
        return next((_chosen(interpreter, owner, key) for key in names), None)
    if held is not None and function == "__post_init__" and instance.given.get(name) is held:
        return _Choice(own_member(interpreter, instance, name))
    return None

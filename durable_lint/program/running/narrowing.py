"""What a value still may be after a test of its type has come out one way."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.running.declared import types_of
from durable_lint.program.values.frames import Env, Frame
from durable_lint.program.values.python_types import class_at, type_of
from durable_lint.program.values.shapes import (
    Class,
    Constant,
    Container,
    External,
    Instance,
    Opaque,
)
from durable_lint.program.values.values import Shape, Value, join

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

# Of what these hold, not of themselves, something plainer is made.
_PLAIN_KINDS = frozenset(("list", "tuple", "dict"))

# Whether a shape passes a test; None where that is not known.
Verdict = Callable[[Shape], "bool | None"]


@dataclass(frozen=True, slots=True)
class _Doubt:
    """An origin: code has asked what the value is, in a way that is not understood here."""


DOUBT: frozenset[Hashable] = frozenset((_Doubt(),))


@dataclass(frozen=True, slots=True)
class TypeOf:
    """An origin: the value was found by the type of what a variable of `frame` stands for."""

    frame: Frame
    name: str


@dataclass(frozen=True, slots=True)
class _Question:
    """Whether what a name stands for passes a test, which it does or not, as it is `wanted`.

    `classes` are those of the project that it is of if it does, and `of_types` tells that a type is
    asked for.
    """

    name: str
    verdict: Verdict
    wanted: bool
    classes: Sequence[cst.BaseExpression] = ()
    of_types: bool = False


def narrow(interpreter: Interpreter, frame: Frame, test: cst.CSTNode, *, outcome: bool) -> None:
    """Let the names that a test asks about stand for what they may be where it came out so."""
    for question in _questions(interpreter, frame, test, outcome):
        owner = frame.owner_of(question.name)
        bound = owner.env.get(question.name) if owner is not None else None
        if owner is not None and isinstance(bound, Value):
            owner.env[question.name] = _answered(interpreter, frame, bound, question)


@contextmanager
def narrowed(
    interpreter: Interpreter, frame: Frame, test: cst.CSTNode, *, outcome: bool
) -> Iterator[None]:
    """Narrow names for one expression only."""
    owners = {
        (owner, question.name): owner.env[question.name]
        for question in _questions(interpreter, frame, test, outcome)
        if (owner := frame.owner_of(question.name)) is not None and question.name in owner.env
    }
    narrow(interpreter, frame, test, outcome=outcome)
    yield
    for (owner, name), bound in owners.items():
        owner.env[name] = bound


def matched(
    interpreter: Interpreter,
    frame: Frame,
    pattern: cst.MatchPattern,
    subject: Value,
    *,
    outcome: bool,
) -> Value:
    """Return what `subject` still may be where a pattern has matched, or has not."""
    classes = _classes_in(pattern, whole=not outcome)
    if classes is None:
        return subject
    question = _is_instance(interpreter, frame, "", classes, outcome)
    return subject if question is None else _answered(interpreter, frame, subject, question)


def is_of(
    interpreter: Interpreter, frame: Frame, value: Value, classes: cst.BaseExpression
) -> bool | None:
    """Tell whether all that `value` may be is of certain classes; None where it is not known.

    Only of objects of the project's own classes: a literal may stand for real data.
    """
    question = _is_instance(interpreter, frame, "", _listed(classes), outcome=True)
    if question is None or value.open:
        return None
    if not all(isinstance(shape, Instance) for shape in value.shapes):
        return None
    answers = {question.verdict(shape) for shape in value.shapes}
    return answers.pop() if len(answers) == 1 else None


def _answered(interpreter: Interpreter, frame: Frame, value: Value, question: _Question) -> Value:
    """Return what `value` still may be, now that the question is answered."""
    left = _kept(value, question.verdict, question.wanted, of_types=question.of_types)
    unknown = left.open or any(isinstance(shape, Opaque) for shape in left.shapes)
    if not question.classes or not unknown:
        return left
    known = Value(left.shapes, left.origins, open=False)
    return join([known, *(interpreter.declared(frame, node) for node in question.classes)])


def in_doubt(value: Value) -> Value:
    """Return a value of which plainer things are made by what it is, as far as it is plain."""
    return _kept(value, _undecided, wanted=True, of_types=True)


def type_of_variable(frame: Frame, node: cst.CSTNode) -> frozenset[Hashable]:
    """Return the origin of what is found by the type of what `node` gives, if it is a variable."""
    owner = frame.owner_of(node.value) if isinstance(node, cst.Name) else None
    if owner is None or not isinstance(node, cst.Name):
        return frozenset()
    return frozenset((TypeOf(owner, node.value),))


def treat_by_type(value: Value) -> None:
    """Put the variables in doubt by whose types `value` was found, for it decides what is done."""
    for origin in value.origins:
        bound = origin.frame.env.get(origin.name) if isinstance(origin, TypeOf) else None
        if isinstance(origin, TypeOf) and isinstance(bound, Value):
            origin.frame.env[origin.name] = in_doubt(bound)


def doubted_since(before: Env, now: Env) -> Env:
    """Return the variables that were put in doubt: an exception may be what an answer led to."""
    return {
        name: bound
        for name, bound in now.items()
        if isinstance(bound, Value)
        and isinstance(earlier := before.get(name), Value)
        and bound.origins >= DOUBT
        and not earlier.origins >= DOUBT
    }


def taken_as_plain(frame: Frame, node: cst.CSTNode) -> None:
    """Put the variable at `node` in doubt: code has taken it that takes plain things only."""
    owner = frame.owner_of(node.value) if isinstance(node, cst.Name) else None
    bound = owner.env.get(node.value) if owner is not None and isinstance(node, cst.Name) else None
    if owner is not None and isinstance(node, cst.Name) and isinstance(bound, Value):
        owner.env[node.value] = bound.mixed_with(DOUBT)


def _kept(value: Value, verdict: Verdict, wanted: bool, *, of_types: bool) -> Value:
    """Return what passes a test, or does not, as it is `wanted`, and what may.

    Of objects of Python's own classes only those that certainly do: a test that is not understood
    often stands between such an object and what makes something plainer of it. Where the test is
    `of_types`, so it does for all that may be made plainer, and the value is in doubt.
    """
    verdicts = {shape: verdict(shape) for shape in value.shapes}
    unsure = {shape for shape, passes in verdicts.items() if passes is None}
    doubtful = {shape for shape in unsure if _is_plain_object(shape)}
    left = tuple(s for s in value.shapes if s not in doubtful and verdicts[s] is not (not wanted))
    if len(left) < len(value.shapes):
        value = Value(left, value.origins, value.open or bool(doubtful))
    if of_types and any(_is_made_plainer(shape) for shape in unsure):
        return value.mixed_with(DOUBT)
    return value


def _is_plain_object(shape: Shape) -> bool:
    return isinstance(shape, External) and type_of(shape) not in (None, type)


def _is_made_plainer(shape: Shape) -> bool:
    match shape:
        case Instance():
            return True
        case Constant():
            return shape.enumeration is not None
        case Container():
            return shape.kind not in _PLAIN_KINDS
        case _:
            return _is_plain_object(shape)


def _questions(
    interpreter: Interpreter, frame: Frame, test: cst.CSTNode, outcome: bool
) -> Iterator[_Question]:
    """Yield the questions that a test asks of names, with their answers."""
    match test:
        case cst.UnaryOperation(operator=cst.Not()):
            yield from _questions(interpreter, frame, test.expression, not outcome)
        case cst.BooleanOperation():
            left = _questions(interpreter, frame, test.left, outcome)
            right = _questions(interpreter, frame, test.right, outcome)
            if isinstance(test.operator, cst.And) is outcome:
                yield from left
                yield from right
            else:
                # It is one reason or the other: what is known must be so for either.
                yield from (_either(a, b) for a, b in product(left, right) if a.name == b.name)
        case cst.Call(args=[cst.Arg(value=cst.Name(value=name)), *rest]):
            asked, arguments = _last_name(test.func), [arg.value for arg in rest]
            if asked == "isinstance" and len(arguments) == 1:
                question = _is_instance(interpreter, frame, name, _listed(arguments[0]), outcome)
                yield question or _Question(name, _undecided, outcome, of_types=True)
            else:
                yield _Question(name, _verdict(asked, arguments), outcome)


def _either(one: _Question, other: _Question) -> _Question:
    """Return the question that is answered as wanted where one of two is."""

    def verdict(shape: Shape) -> bool | None:
        passes = one.verdict(shape), other.verdict(shape)
        if passes[0] is one.wanted or passes[1] is other.wanted:
            return True
        return None if None in passes else False

    return _Question(one.name, verdict, True, of_types=one.of_types or other.of_types)


def _verdict(asked: str, arguments: Sequence[cst.BaseExpression]) -> Verdict:
    if asked == "hasattr" and len(arguments) == 1:
        return _hasattr(arguments[0])
    if asked == "is_dataclass" and not arguments:
        return _is_dataclass
    return _undecided


def _is_instance(
    interpreter: Interpreter,
    frame: Frame,
    name: str,
    classes: Sequence[cst.BaseExpression],
    outcome: bool,
) -> _Question | None:
    """Return the question whether `name` is of one of the classes; None if they are not known."""
    types = [types_of(interpreter, frame, node) for node in classes]
    if None in types:
        return None
    known = [shape for found in types for shape in found or ()]
    of_project = outcome and all(isinstance(shape, Class) for shape in known)
    return _Question(name, _is_any_of(known), outcome, classes if of_project else ())


def _listed(given: cst.BaseExpression) -> list[cst.BaseExpression]:
    return [e.value for e in given.elements] if isinstance(given, cst.Tuple) else [given]


def _last_name(func: cst.BaseExpression) -> str:
    if isinstance(func, cst.Attribute):
        return func.attr.value
    return func.value if isinstance(func, cst.Name) else ""


def _undecided(_shape: Shape) -> None:
    """Answer for tests that are not understood, which may well ask for a type."""


def _hasattr(given: cst.BaseExpression) -> Verdict:
    name = given.evaluated_value if isinstance(given, cst.SimpleString) else None

    def has(shape: Shape) -> bool | None:
        kind = type_of(shape)
        if kind is None or not isinstance(name, str):
            return None
        # What has a dict of its own may have got the attribute later.
        return hasattr(kind, name) or (None if kind.__dictoffset__ else False)

    return has


def _is_dataclass(shape: Shape) -> bool | None:
    if not isinstance(shape, Instance):
        return None if type_of(shape) is None else False
    return any("dataclass" in path for path in shape.cls.decorators)


def _classes_in(pattern: cst.MatchPattern, *, whole: bool) -> list[cst.BaseExpression] | None:
    """Return the classes of whose objects a pattern takes some, or all if it is to be the `whole`.

    None where it takes others, too.
    """
    match pattern:
        case cst.MatchClass() if not (whole and (pattern.patterns or pattern.kwds)):
            return [pattern.cls]
        case cst.MatchAs(pattern=cst.MatchPattern() as inner):
            return _classes_in(inner, whole=whole)
        case cst.MatchOr():
            parts = [_classes_in(e.pattern, whole=whole) for e in pattern.patterns]
            return None if None in parts else [node for part in parts for node in part or ()]
        case _:
            return None


def _is_any_of(types: Sequence[Shape]) -> Verdict:
    def verdict(shape: Shape) -> bool | None:
        found = [_is(shape, kind) for kind in types]
        return True if True in found else None if None in found else False

    return verdict


def _is(shape: Shape, kind: Shape) -> bool | None:
    own = type_of(shape)
    cls = shape.cls if isinstance(shape, Instance) else _enumeration(shape)
    match kind:
        case External():
            known = class_at(kind.path)
            if own is not None:
                return issubclass(own, known) if known is not None else None
            bases = [base.path for base in cls.foreign_bases()] if cls is not None else []
            return True if kind.path in bases else None if bases or cls is None else False
        case Class():
            if own is not None or cls is None:
                return False if own is not None else None
            if kind in cls.ancestry():
                return True
            # What an annotation says of an object may be a base of its class.
            return None if cls in kind.ancestry() else False
        case _:
            return None


def _enumeration(shape: Shape) -> Class | None:
    return shape.enumeration if isinstance(shape, Constant) else None

"""What a value still may be after a test of its type has come out one way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.declared import types_of
from durable_lint.program.frames import Frame
from durable_lint.program.python_types import class_at, type_of
from durable_lint.program.shapes import Class, Constant, External, Instance
from durable_lint.program.values import Shape, Value

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter

# Whether a shape passes a test; None where that is not known.
Verdict = Callable[[Shape], "bool | None"]


def narrow(interpreter: Interpreter, frame: Frame, test: cst.CSTNode, *, outcome: bool) -> None:
    """Let the names that a test asks about stand for what they may be where it came out so."""
    for name, verdict, wanted in _questions(interpreter, frame, test, outcome):
        owner = frame.owner_of(name)
        bound = owner.env.get(name) if owner is not None else None
        if owner is not None and isinstance(bound, Value):
            owner.env[name] = _kept(bound, verdict, wanted)


@contextmanager
def narrowed(
    interpreter: Interpreter, frame: Frame, test: cst.CSTNode, *, outcome: bool
) -> Iterator[None]:
    """Narrow names for one expression only."""
    owners = {
        (owner, name): owner.env[name]
        for name, _, _ in _questions(interpreter, frame, test, outcome)
        if (owner := frame.owner_of(name)) is not None and name in owner.env
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
    types = _types_in(interpreter, frame, pattern)
    return subject if types is None else _kept(subject, _is_any_of(types), outcome)


def in_doubt(value: Value) -> Value:
    """Return a value that is not known any more to be any object of Python's own classes."""
    return _kept(value, _undecided, wanted=True)


def _kept(value: Value, verdict: Verdict, wanted: bool) -> Value:
    """Return what passes a test, or does not, as it is `wanted`, and what may.

    Of objects of Python's own classes only those that certainly do: a test that is not understood
    often stands between such an object and what makes something plainer of it.
    """
    verdicts = {shape: verdict(shape) for shape in value.shapes}
    doubtful = {s for s, passes in verdicts.items() if passes is None and _is_plain_object(s)}
    left = tuple(s for s in value.shapes if s not in doubtful and verdicts[s] is not (not wanted))
    if len(left) == len(value.shapes):
        return value
    return Value(left, value.origins, value.open or bool(doubtful))


def _is_plain_object(shape: Shape) -> bool:
    return isinstance(shape, External) and type_of(shape) not in (None, type)


def _questions(
    interpreter: Interpreter, frame: Frame, test: cst.CSTNode, outcome: bool
) -> Iterator[tuple[str, Verdict, bool]]:
    """Yield the names that a test asks about, each with the question and its answer."""
    match test:
        case cst.UnaryOperation(operator=cst.Not()):
            yield from _questions(interpreter, frame, test.expression, not outcome)
        case cst.BooleanOperation():
            # Of what is only one of several reasons nothing is known.
            if isinstance(test.operator, cst.And) is outcome:
                yield from _questions(interpreter, frame, test.left, outcome)
                yield from _questions(interpreter, frame, test.right, outcome)
        case cst.Call(args=[cst.Arg(value=cst.Name(value=name)), *rest]):
            arguments = [arg.value for arg in rest]
            yield name, _question(interpreter, frame, test.func, arguments), outcome
        case cst.Comparison(
            left=cst.Call(func=cst.Name(value="type"), args=[cst.Arg(value=cst.Name(value=name))])
        ):
            yield name, _undecided, outcome


def _question(
    interpreter: Interpreter,
    frame: Frame,
    func: cst.BaseExpression,
    arguments: Sequence[cst.BaseExpression],
) -> Verdict:
    asked = _last_name(func)
    if asked == "isinstance" and len(arguments) == 1:
        return _isinstance(interpreter, frame, arguments[0])
    if asked == "hasattr" and len(arguments) == 1:
        return _hasattr(arguments[0])
    if asked == "is_dataclass" and not arguments:
        return _is_dataclass
    return _undecided


def _last_name(func: cst.BaseExpression) -> str:
    if isinstance(func, cst.Attribute):
        return func.attr.value
    return func.value if isinstance(func, cst.Name) else ""


def _undecided(_shape: Shape) -> None:
    """Answer for tests that are not understood, which may well ask for a type."""


def _isinstance(interpreter: Interpreter, frame: Frame, given: cst.BaseExpression) -> Verdict:
    nodes = [e.value for e in given.elements] if isinstance(given, cst.Tuple) else [given]
    types = [types_of(interpreter, frame, node) for node in nodes]
    if any(found is None for found in types):
        return _undecided
    return _is_any_of([shape for found in types for shape in found or ()])


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


def _types_in(
    interpreter: Interpreter, frame: Frame, pattern: cst.MatchPattern
) -> list[Shape] | None:
    """Return the classes of which a pattern takes every object, None where it is not only that."""
    match pattern:
        case cst.MatchClass(patterns=[], kwds=[]):
            return types_of(interpreter, frame, pattern.cls)
        case cst.MatchAs(pattern=cst.MatchPattern() as inner):
            return _types_in(interpreter, frame, inner)
        case cst.MatchOr():
            parts = [_types_in(interpreter, frame, e.pattern) for e in pattern.patterns]
            if None in parts:
                return None
            return [shape for part in parts for shape in part or ()]
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
            if own is not None:
                return False
            return True if cls is not None and kind in cls.ancestry() else None
        case _:
            return None


def _enumeration(shape: Shape) -> Class | None:
    return shape.enumeration if isinstance(shape, Constant) else None

"""What the names of a `match` statement's patterns are bound to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.running.attributes import attribute
from durable_lint.program.running.classes import fields_of
from durable_lint.program.running.containers import elements, subscript
from durable_lint.program.running.narrowing import matched
from durable_lint.program.running.targets import bind_target
from durable_lint.program.values.frames import Frame
from durable_lint.program.values.shapes import Constant, Container, Instance, Site
from durable_lint.program.values.values import UNKNOWN, Shape, Value, join, value_of

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

Rule = Callable[["Interpreter", Frame, Any, Value], None]


def bind_pattern(
    interpreter: Interpreter, frame: Frame, pattern: cst.MatchPattern, subject: Value
) -> None:
    """Bind the names of a pattern to the parts of `subject` that they would match."""
    rule = _RULES.get(type(pattern))
    if rule is not None:
        rule(interpreter, frame, pattern, subject)


def _value(
    interpreter: Interpreter, frame: Frame, pattern: cst.MatchValue, _subject: Value
) -> None:
    interpreter.evaluate(frame, pattern.value)


def _as(interpreter: Interpreter, frame: Frame, pattern: cst.MatchAs, subject: Value) -> None:
    if pattern.pattern is not None:
        bind_pattern(interpreter, frame, pattern.pattern, subject)
    if pattern.name is not None:
        found = matched(interpreter, frame, pattern, subject, outcome=True)
        bind_target(interpreter, frame, pattern.name, found)


def _or(interpreter: Interpreter, frame: Frame, pattern: cst.MatchOr, subject: Value) -> None:
    for element in pattern.patterns:
        bind_pattern(interpreter, frame, element.pattern, subject)


def _sequence(
    interpreter: Interpreter, frame: Frame, pattern: cst.MatchSequence, subject: Value
) -> None:
    exact = True
    for index, element in enumerate(pattern.patterns):
        if isinstance(element, cst.MatchStar):
            exact = False
            if element.name is not None:
                rest = Container("list", Site(element, frame))
                rest.put(elements(interpreter, frame, element, subject))
                bind_target(interpreter, frame, element.name, value_of(interpreter.made(rest)))
            continue
        if exact:
            key = value_of(Constant("int", index))
            part = subscript(interpreter, frame, element, subject, key)
        else:
            part = elements(interpreter, frame, element, subject)
        bind_pattern(interpreter, frame, element.value, part)


def _mapping(
    interpreter: Interpreter, frame: Frame, pattern: cst.MatchMapping, subject: Value
) -> None:
    for element in pattern.elements:
        key = interpreter.evaluate(frame, element.key)
        part = subscript(interpreter, frame, element, subject, key)
        bind_pattern(interpreter, frame, element.pattern, part)
    if pattern.rest is not None:
        bind_target(interpreter, frame, pattern.rest, subject)


def _class(interpreter: Interpreter, frame: Frame, pattern: cst.MatchClass, subject: Value) -> None:
    interpreter.evaluate(frame, pattern.cls)
    subject = matched(interpreter, frame, pattern, subject, outcome=True)
    for index, element in enumerate(pattern.patterns):
        parts = [_positional(interpreter, frame, element, s, index) for s in subject.shapes]
        part = join([*parts, UNKNOWN] if subject.open else parts).mixed_with(subject.origins)
        bind_pattern(interpreter, frame, element.value, part)
    for keyword in pattern.kwds:
        part = attribute(interpreter, frame, keyword, subject, keyword.key.value)
        bind_pattern(interpreter, frame, keyword.pattern, part)


def _positional(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, subject: Shape, index: int
) -> Value:
    """Return what a place in a class pattern stands for: a field, or the whole of a plain value."""
    if not isinstance(subject, Instance):
        return value_of(subject)
    names = list(fields_of(subject.cls))
    if subject.cls.defines("__match_args__") or index >= len(names):
        return UNKNOWN
    return attribute(interpreter, frame, node, value_of(subject), names[index])


_RULES: Mapping[type[cst.CSTNode], Rule] = {
    cst.MatchValue: _value,
    cst.MatchAs: _as,
    cst.MatchOr: _or,
    cst.MatchList: _sequence,
    cst.MatchTuple: _sequence,
    cst.MatchMapping: _mapping,
    cst.MatchClass: _class,
}

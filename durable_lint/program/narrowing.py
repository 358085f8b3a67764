"""What a test of its class says about an object, in the code that runs only if it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.declared import types_of
from durable_lint.program.frames import Frame
from durable_lint.program.shapes import Class, Instance, Opaque
from durable_lint.program.values import Shape, Value, join

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter


def narrow_names(
    interpreter: Interpreter, frame: Frame, test: cst.BaseExpression, *, holds: bool
) -> None:
    """Let the variables of a frame be what a test, which `holds` or not, says of their class."""
    match test:
        case cst.UnaryOperation(operator=cst.Not()):
            narrow_names(interpreter, frame, test.expression, holds=not holds)
        case cst.BooleanOperation() if isinstance(test.operator, cst.And) is holds:
            for part in (test.left, test.right):
                narrow_names(interpreter, frame, part, holds=holds)
        case cst.Call(
            func=cst.Name("isinstance"), args=[cst.Arg(cst.Name(name)), cst.Arg(classes)]
        ):
            value = frame.env.get(name)
            if isinstance(value, Value):
                frame.env[name] = _narrowed(interpreter, frame, value, classes, holds=holds)
        case _:
            pass


def matched(
    interpreter: Interpreter, frame: Frame, pattern: cst.MatchPattern, subject: Value
) -> Value:
    """Return what the subject of a `match` is where it has matched a pattern."""
    match pattern:
        case cst.MatchClass():
            return _narrowed(interpreter, frame, subject, pattern.cls, holds=True)
        case cst.MatchAs(pattern=cst.MatchPattern() as inner):
            return matched(interpreter, frame, inner, subject)
        case cst.MatchOr():
            parts = [element.pattern for element in pattern.patterns]
            return join(matched(interpreter, frame, part, subject) for part in parts)
        case _:
            return subject


def is_of(
    interpreter: Interpreter, frame: Frame, value: Value, classes: cst.BaseExpression
) -> bool | None:
    """Tell whether all that `value` may be is of certain classes; None where it is not known."""
    wanted = _classes(interpreter, frame, classes)
    answers = {_is_instance(shape, wanted) for shape in value.shapes} if wanted else set()
    known = not value.open and all(isinstance(shape, Instance) for shape in value.shapes)
    return answers.pop() if len(answers) == 1 and known else None


def _narrowed(
    interpreter: Interpreter,
    frame: Frame,
    value: Value,
    classes: cst.BaseExpression,
    *,
    holds: bool,
) -> Value:
    """Return what of `value` is an instance of certain classes of the project, or is not."""
    wanted = _classes(interpreter, frame, classes)
    if not wanted:
        return value
    kept = [shape for shape in value.shapes if _is_instance(shape, wanted) is not (not holds)]
    if not holds:
        return Value(tuple(kept), value.origins, value.open) if kept or value.open else value
    found = Value(tuple(kept), value.origins, open=False)
    if value.open or any(isinstance(shape, Opaque) for shape in kept):
        found = join([found, *(interpreter.declared(frame, node) for node in _named(classes))])
    return found if found.shapes else value


def _named(classes: cst.BaseExpression) -> list[cst.BaseExpression]:
    return [e.value for e in classes.elements] if isinstance(classes, cst.Tuple) else [classes]


def _classes(interpreter: Interpreter, frame: Frame, classes: cst.BaseExpression) -> list[Class]:
    """Return the classes of the project that a test names, none where it names others, too."""
    known = [types_of(interpreter, frame, node) for node in _named(classes)]
    shapes = [shape for types in known for shape in types or ()]
    found = [shape for shape in shapes if isinstance(shape, Class)]
    return found if None not in known and len(found) == len(shapes) else []


def _is_instance(shape: Shape, classes: list[Class]) -> bool | None:
    """Tell whether an object is of one of the classes; None where that is not known."""
    if isinstance(shape, Instance):
        return any(cls in shape.cls.ancestry() for cls in classes)
    return None if isinstance(shape, Opaque) else False

"""Exception types: which are known, and which of two may catch the other."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from durable_lint.durable.sdk import OPERATION_ERRORS, sdk_name
from durable_lint.program.values.shapes import (
    Class,
    Container,
    External,
    Instance,
)
from durable_lint.program.values.values import Shape, Value

# What operators, attributes, items and calls raise by themselves, whatever they work on.
_EVERYWHERE = (LookupError, TypeError, AttributeError, ArithmeticError, NameError, MemoryError)

# Builtin exceptions that only certain code raises; of the others nothing is concluded.
_SPECIAL = (OSError, ValueError, RuntimeError, AssertionError, EOFError)
_UNFORESEEN = (RecursionError,)


@dataclass(frozen=True, slots=True)
class ErrorType:
    """One exception type: of the SDK, of Python itself, of the project or of a library.

    `name` is its path; `cls` the class, where it is the project's.
    """

    kind: str
    name: str
    cls: Class | None = None

    @property
    def builtin(self) -> type[BaseException]:
        """The class behind a type of Python's own."""
        found = getattr(builtins, self.name)
        assert isinstance(found, type)
        return found

    @property
    def package(self) -> str:
        """The top-level name of the library that a type comes from."""
        return self.name.partition(".")[0]


def sdk_error(name: str) -> ErrorType:
    """Return one of the SDK's errors by which operations fail."""
    return ErrorType("sdk", name)


def types_in(value: Value) -> Iterator[ErrorType | None]:
    """Yield the types that an `except` names; None for each that is not known."""
    for shape in value.shapes:
        if isinstance(shape, Container) and not shape.pending:
            yield from types_in(shape.content())
        else:
            yield _type(shape)
    if value.open:
        yield None


def raised_type(shape: Shape) -> ErrorType | None:
    """Return the type of what a `raise` raises, an exception or its class; None if not known."""
    if isinstance(shape, Instance):
        return _type(shape.cls)
    if isinstance(shape, External) and shape.path.endswith("()"):
        return _type(External(shape.path.removesuffix("()")))
    return _type(shape)


def _type(shape: Shape) -> ErrorType | None:
    if isinstance(shape, Class):
        return ErrorType("project", shape.name, shape)
    if not isinstance(shape, External) or shape.site is not None or "(" in shape.path:
        return None
    name = sdk_name(shape.path)
    if name is not None:
        return ErrorType("sdk", name)
    path = shape.path.removeprefix("builtins.")
    if isinstance(getattr(builtins, path, None), type):
        return ErrorType("builtin", path)
    return ErrorType("library", path) if "." in path else None


def is_foreseen(error: ErrorType, knows_library: Callable[[str], bool]) -> bool:
    """Tell whether it can be said of a type where it is raised and where it is not."""
    match error.kind:
        case "sdk":
            return error.name in OPERATION_ERRORS
        case "builtin":
            return issubclass(error.builtin, _SPECIAL) and not issubclass(
                error.builtin, (*_UNFORESEEN, *_EVERYWHERE)
            )
        case "library":
            return knows_library(error.package) or is_standard(error)
        case _:
            return True


def is_standard(error: ErrorType) -> bool:
    """Tell whether a type comes from Python's standard library."""
    return error.kind == "library" and error.package in sys.stdlib_module_names


def is_for_calculations(error: ErrorType) -> bool:
    """Tell whether plain calculations, with builtins and the like, may raise a type."""
    if error.kind == "builtin":
        return not issubclass(error.builtin, OSError) or issubclass(error.builtin, ValueError)
    return is_standard(error)


def may_catch(clause: ErrorType, raised: ErrorType) -> bool:
    """Tell whether a clause for one type may get what is raised as another, or as a kind of it."""
    match clause.kind, raised.kind:
        case "sdk", "sdk":
            return clause.name in _chain(raised.name) or raised.name in _chain(clause.name)
        case "builtin", "builtin":
            return issubclass(raised.builtin, clause.builtin)
        case "project", _:
            return raised.cls is not None and _related(clause, raised)
        case _, "project":
            return any(may_catch(clause, base) for base in _foreign(raised))
        case "library", "library":
            return clause.package == raised.package
        case "builtin", "library":
            return True
        case _:
            return False


def _chain(name: str) -> list[str]:
    """Return one of the SDK's errors with its bases."""
    found = [name]
    while found[-1] in OPERATION_ERRORS:
        found.append(OPERATION_ERRORS[found[-1]])
    return found


def _related(one: ErrorType, other: ErrorType) -> bool:
    if one.cls is None or other.cls is None:
        return False
    return one.cls in other.cls.ancestry() or other.cls in one.cls.ancestry()


def _foreign(error: ErrorType) -> Iterator[ErrorType]:
    for base in error.cls.foreign_bases() if error.cls is not None else ():
        found = _type(base)
        if found is not None:
            yield found

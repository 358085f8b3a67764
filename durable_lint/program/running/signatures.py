"""Whether a function can be called with so many arguments, and what its decorators leave of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.modules.syntax import FunctionNode
from durable_lint.program.running.attributes import own_member
from durable_lint.program.running.definitions import functions_in
from durable_lint.program.values.arguments import Arguments, spread
from durable_lint.program.values.shapes import (
    Bound,
    Function,
    Instance,
    Partial,
)
from durable_lint.program.values.values import UNKNOWN, Shape

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

# Decorators after which a function takes and returns what it took and returned before.
_TRANSPARENT = frozenset(
    (
        "",
        *("functools.wraps()", "functools.cache", "functools.lru_cache", "functools.lru_cache()"),
        *("typing.override", "typing.final", "typing.no_type_check", "abc.abstractmethod"),
        *("typing_extensions.override", "typing_extensions.deprecated()", "warnings.deprecated()"),
    )
)


@dataclass(frozen=True, slots=True)
class Passed:
    """How many positional arguments a call passes, and which by keyword.

    The caller's own are `received`; `before` and `after` are those that a partial, a bound method
    or the like adds in front of them and behind.
    """

    received: int
    before: int = 0
    after: int = 0
    keywords: frozenset[str] = frozenset()

    @property
    def positional(self) -> int:
        """How many positional arguments there are in all."""
        return self.before + self.received + self.after

    def with_front(self, count: int, keywords: Iterable[str] = ()) -> Passed:
        """Return this with more positional arguments in front and more keywords."""
        return replace(self, before=self.before + count, keywords=self.keywords.union(keywords))

    def with_rest(self, arguments: Arguments) -> Passed | None:
        """Return this with `arguments` behind it; None where their number is not known."""
        positional, keywords, extra = spread(arguments)
        if extra.open:
            return None
        return replace(
            self, after=self.after + len(positional), keywords=self.keywords.union(keywords)
        )


def is_plain(function: Function) -> bool:
    """Tell whether a function is what its `def` says, for all that its decorators do."""
    return all(path in _TRANSPARENT for path in function.decorators)


def called_functions(
    interpreter: Interpreter, shape: Shape, passed: Passed
) -> Iterator[tuple[Function, Passed]]:
    """Yield the functions of the project that calling `shape` calls, with what each is passed.

    Nothing is yielded for what is not known, such as a function under an unknown decorator.
    """
    match shape:
        case Function() if is_plain(shape):
            yield shape, passed
        case Bound():
            yield from called_functions(interpreter, shape.function, passed.with_front(1))
        case Partial():
            more = passed.with_front(len(shape.positional), (name for name, _ in shape.keywords))
            for inner in shape.function.shapes:
                yield from called_functions(interpreter, inner, more)
        case Instance():
            method = own_member(interpreter, shape, "__call__")
            for function in functions_in(method or UNKNOWN):
                yield from called_functions(interpreter, function, passed.with_front(1))
        case _:
            pass


def positional_parameters(node: FunctionNode) -> Sequence[cst.Param]:
    """Return the parameters that a positional argument may fill, in order."""
    return [*node.params.posonly_params, *node.params.params]


def misfit(node: FunctionNode, passed: Passed) -> str | None:
    """Return why Python cannot call a function so, as what it does; None where it can."""
    params = positional_parameters(node)
    if passed.positional > len(params) and not isinstance(node.params.star_arg, cst.Param):
        most = "at most " if any(param.default is not None for param in params) else ""
        return f"takes {most}{_counted(max(0, len(params) - passed.before))}"
    by_name = {param.name.value for param in (*node.params.params, *node.params.kwonly_params)}
    filled = {param.name.value for param in params[: passed.positional]}
    for keyword in sorted(passed.keywords):
        if keyword in filled:
            return f'gets "{keyword}" twice'
        if keyword not in by_name and node.params.star_kwarg is None:
            return f'has no parameter "{keyword}"'
    missing = [
        f'"{param.name.value}"'
        for param in (*params[passed.positional :], *node.params.kwonly_params)
        if param.default is None and param.name.value not in passed.keywords
    ]
    return f"also needs {listed(missing)}" if missing else None


def _counted(count: int) -> str:
    return "1 argument" if count == 1 else f"{count or 'no'} arguments"


def listed(words: Sequence[str]) -> str:
    """Return `a, b and c`."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)

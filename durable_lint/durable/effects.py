"""The names tables of the rule pages, matched against resolved paths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from durable_lint.catalogue import NameEntry
from durable_lint.durable.paths import PathTable
from durable_lint.program.values.arguments import Arguments
from durable_lint.program.values.shapes import Constant, External, Text, constant
from durable_lint.program.values.values import Shape


@dataclass(frozen=True, slots=True)
class Match:
    """A row of a names table that a path fits: the rule's code and the reason it gives."""

    code: str
    path: str
    entry: NameEntry


class NamesTable:
    """All rows of all rules, with what the settings add; a row without an entry exempts."""

    def __init__(self, rows: Iterable[tuple[str, str, NameEntry | None]]) -> None:
        self._rows = PathTable((pattern, (code, entry)) for code, pattern, entry in rows)
        self._found: dict[str, Match | None] = {}

    def has_library(self, name: str) -> bool:
        """Tell whether a row speaks of the library with this top-level name."""
        return self._rows.has_head(name)

    def find(self, path: str) -> Match | None:
        """Return the row that `path` fits best; None where there is none or it is exempt."""
        if path not in self._found:
            code, entry = self._rows.find(path) or ("", None)
            match = Match(code, path.replace("[]", ""), entry) if entry is not None else None
            self._found[path] = match
        return self._found[path]


def applies(entry: NameEntry, arguments: Arguments) -> bool:
    """Tell whether a row holds for a call with these arguments: no condition exempts it."""
    if any(_has(arguments, value) for value in entry.unless_value):
        return False
    if entry.only_value and not any(_has(arguments, value) for value in entry.only_value):
        return False
    if not arguments.plain:
        return not (entry.unless_argument or entry.only_argument)
    if entry.only_argument and not any(_gives(arguments, item) for item in entry.only_argument):
        return False
    return not any(_gives(arguments, item) for item in entry.unless_argument)


def _gives(arguments: Arguments, wanted: int | str) -> bool:
    """Tell whether an argument is given; None is what it is where nobody gives it."""
    found = arguments.get(wanted) if isinstance(wanted, int) else arguments.get(None, wanted)
    return found is not None and found.value.only() != _NONE


_NONE = constant(None).only()


def _has(arguments: Arguments, wanted: str) -> bool:
    beginning = wanted.removesuffix("*")
    for shape in arguments.all_values().shapes:
        text, whole = _known_text(shape)
        if isinstance(shape, Constant) and wanted == f"{shape.kind}()":
            return True
        if text == wanted and whole:
            return True
        if beginning != wanted and text.startswith(beginning):
            return True
    return False


def _known_text(shape: Shape) -> tuple[str, bool]:
    """Return what is known of a text, or the path of an object, and whether that is all of it."""
    match shape:
        case Constant(content=str(text)):
            return text, True
        case Text(parts=(str(text), *_)):
            return text, False
        case External():
            return shape.path, True
        case _:
            return "", False

"""The names tables of the rule pages, matched against resolved paths."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from durable_lint.catalogue import NameEntry
from durable_lint.durable.paths import PathTable
from durable_lint.program.arguments import Arguments
from durable_lint.program.shapes import Constant, External


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
    """Tell whether a row holds for a call with these arguments: no `unless-...` exempts it."""
    if any(_is_given(value, arguments) for value in entry.unless_value):
        return False
    if not arguments.plain:
        return not entry.unless_argument
    given = len(arguments.positional())
    keywords: Mapping[str, object] = arguments.keywords()
    for exempting in entry.unless_argument:
        if isinstance(exempting, int):
            if given > exempting:
                return False
        elif exempting in keywords:
            return False
    return True


def _is_given(wanted: str, arguments: Arguments) -> bool:
    for shape in arguments.all_values().shapes:
        if isinstance(shape, Constant) and shape.content == wanted:
            return True
        if isinstance(shape, External) and shape.path == wanted:
            return True
    return False

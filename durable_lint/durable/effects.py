"""The names tables of the rule pages, matched against resolved paths.

`()` in a pattern stands for the result of a call, `*` for one segment or a part of one, `**` for
any rest. The most specific entry wins: the longest literal beginning, then the longest pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from durable_lint.catalogue import NameEntry
from durable_lint.program.arguments import Arguments
from durable_lint.program.values import Constant, External


_EXIT = ".__exit__"


@dataclass(frozen=True, slots=True)
class Match:
    """A row of a names table that a path fits: the rule's code and the reason it gives."""

    code: str
    path: str
    entry: NameEntry


class NamesTable:
    """All rows of all rules, with what the settings add; a row without an entry exempts."""

    def __init__(self, rows: Iterable[tuple[str, str, NameEntry | None]]) -> None:
        self._exact: dict[str, tuple[str, NameEntry | None]] = {}
        self._patterns: dict[str, list[tuple[str, str, NameEntry | None]]] = {}
        for code, pattern, entry in rows:
            if "*" in pattern:
                head = re.split(r"[.(\[*]", pattern, maxsplit=1)[0]
                key = head if not pattern.startswith(f"{head}*") else "*"
                self._patterns.setdefault(key, []).append((pattern, code, entry))
            else:
                self._exact[pattern] = (code, entry)
        for rows_of_head in self._patterns.values():
            rows_of_head.sort(key=lambda row: _specificity(row[0]), reverse=True)
        self._found: dict[str, Match | None] = {}

    @cached_property
    def _libraries(self) -> re.Pattern[str]:
        paths = (pattern for rows in self._patterns.values() for pattern, _, _ in rows)
        heads = {re.split(r"[.(\[]", path, maxsplit=1)[0] for path in (*self._exact, *paths)}
        return re.compile("|".join(_regex(head) for head in heads if head.strip("*")))

    def has_library(self, name: str) -> bool:
        """Tell whether a row speaks of the library with this top-level name."""
        return self._libraries.fullmatch(name) is not None

    def find(self, path: str) -> Match | None:
        """Return the row that `path` fits best; None where there is none or it is exempt."""
        if path not in self._found:
            self._found[path] = self._search(path)
        return self._found[path]

    def _search(self, path: str) -> Match | None:
        # An item of an object, `x[]`, is reached by the same patterns as its attributes.
        plain = path.replace("[]", "")
        if plain in self._exact:
            code, entry = self._exact[plain]
            return Match(code, plain, entry) if entry is not None else None
        head = re.split(r"[.(\[]", plain, maxsplit=1)[0]
        for rows in (self._patterns.get(head, ()), self._patterns.get("*", ())):
            for pattern, code, entry in rows:
                # What a `with` calls at its end is meant only by a row that says so.
                if plain.endswith(_EXIT) and not pattern.endswith(_EXIT):
                    continue
                if _compiled(pattern).fullmatch(plain):
                    return Match(code, plain, entry) if entry is not None else None
        return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(_regex(pattern))


def _regex(pattern: str) -> str:
    parts = re.split(r"(\*\*|\*)", pattern)
    return "".join(
        ".*" if part == "**" else r"[^.()]*" if part == "*" else re.escape(part) for part in parts
    )


def _specificity(pattern: str) -> tuple[int, int]:
    return (len(pattern.split("*", 1)[0]), len(pattern))


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

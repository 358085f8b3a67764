"""Tables by resolved path: what a page says of `boto3.**client().*` and the like.

`()` in a pattern stands for the result of a call, `*` for one segment or a part of one, `**` for
any rest. The most specific entry wins: the longest literal beginning, then the longest pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, cached_property
from typing import Generic, TypeVar

T = TypeVar("T")

_DUNDER = re.compile(r".*\.(__\w+__)")


class PathTable(Generic[T]):
    """Things by patterns of paths."""

    def __init__(self, rows: Iterable[tuple[str, T]]) -> None:
        self._exact: dict[str, T] = {}
        self._patterns: dict[str, list[tuple[str, T]]] = {}
        for pattern, thing in rows:
            if "*" in pattern:
                head = _head(pattern)
                self._patterns.setdefault("*" if "*" in head else head, []).append((pattern, thing))
            else:
                self._exact[pattern] = thing
        for rows_of_head in self._patterns.values():
            rows_of_head.sort(key=lambda row: _specificity(row[0]), reverse=True)
        self._found: dict[str, T | None] = {}

    def has_head(self, name: str) -> bool:
        """Tell whether the first segment of a pattern fits `name`."""
        return self._heads.fullmatch(name) is not None

    @cached_property
    def _heads(self) -> re.Pattern[str]:
        patterns = (pattern for rows in self._patterns.values() for pattern, _ in rows)
        heads = {_head(pattern) for pattern in (*self._exact, *patterns)}
        return re.compile("|".join(_regex(head) for head in heads if head.strip("*")))

    def find(self, path: str) -> T | None:
        """Return the thing whose pattern `path` fits best; None where it fits none.

        An item of an object, `x[]`, is reached by the patterns of the object itself, unless there
        is a row for that very item.
        """
        plain = path if path in self._exact else path.replace("[]", "")
        if plain not in self._found:
            self._found[plain] = self._search(plain)
        return self._found[plain]

    def _search(self, path: str) -> T | None:
        if path in self._exact:
            return self._exact[path]
        dunder = _DUNDER.fullmatch(path)
        for rows in (self._patterns.get(_head(path), ()), self._patterns.get("*", ())):
            for pattern, thing in rows:
                # What Python itself calls is meant only by a row that says so.
                if dunder is not None and not pattern.endswith(dunder[1]):
                    continue
                if _compiled(pattern).fullmatch(path):
                    return thing
        return None


def _head(path: str) -> str:
    return re.split(r"[.(\[]", path, maxsplit=1)[0]


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

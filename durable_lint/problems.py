"""What keeps us from doing our work: unusable paths and settings, and defects of our own."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Problem:
    """One line for the user; `row` is the 1-based line of the file at `path`."""

    message: str
    path: Path | None = None
    row: int | None = None


Complain = Callable[[Problem], None]


class ProblemError(Exception):
    """A problem that ends what is being done."""

    def __init__(self, message: str, path: Path | None = None, row: int | None = None) -> None:
        super().__init__(message)
        self.problem = Problem(message, path, row)


def suggestion(wanted: str, known: Iterable[str]) -> str | None:
    """Return which of the `known` words somebody meant who wrote `wanted`; None if none is near."""
    ratios = {
        word: difflib.SequenceMatcher(None, wanted.lower(), word.lower()).ratio() for word in known
    }
    best = min(ratios, key=lambda word: (-ratios[word], word), default=None)
    return best if best is not None and ratios[best] > 0.7 else None

"""How much was walked: a table by file, and a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from durable_lint.output.summary import count
from durable_lint.output.view import View

if TYPE_CHECKING:
    from durable_lint.durable.flow.coverage import Covered

_HEADINGS = ("entry-points", "functions", "operations", "unresolved", "file")
_WORDS = ("entry point", "function", "operation")


def table(covered: Mapping[Path, Covered], view: View) -> str:
    """Return one line for each file, numbers first, under a heading; the last is their total."""
    rows = [_line(what.counts, view.name(path)) for path, what in covered.items()]
    rows.append(_line(_total(covered.values()), "total"))
    return "".join(f"{row}\n" for row in ("  ".join(_HEADINGS), *rows))


def _line(counts: Iterable[int], name: str) -> str:
    columns = zip(counts, _HEADINGS, strict=False)
    return "  ".join((*(f"{number:>{len(heading)}}" for number, heading in columns), name))


def sentence(covered: Iterable[Covered]) -> str:
    """Return what was walked, and how many calls were not followed."""
    *numbers, gaps = _total(covered)
    walked = ", ".join(count(number, word) for number, word in zip(numbers, _WORDS, strict=True))
    if not gaps:
        return f"walked {walked}; every call could be resolved"
    shows = "shows it" if gaps == 1 else "shows them"
    calls = count(gaps, "call")
    return f"walked {walked}; {calls} could not be resolved (--select LDF903 {shows})"


def _total(covered: Iterable[Covered]) -> list[int]:
    counts = [each.counts for each in covered]
    return [sum(column) for column in zip(*counts, strict=True)] if counts else [0, 0, 0, 0]

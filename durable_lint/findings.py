"""What a check reports: findings with their place, route and fix.

Rows and columns are 1-based; columns and offsets count code points of the decoded text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    """How much a finding matters: errors fail the run, warnings are shown."""

    ERROR = "error"
    WARNING = "warning"


class Applicability(StrEnum):
    """Whether a fix may be applied unasked (`safe`), on request (`unsafe`) or never (`display`)."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, order=True, slots=True)
class Position:
    """A place in a text: 1-based row and column in code points."""

    row: int
    column: int


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """A stretch of text from `start` up to, and not including, `end`."""

    start: Position
    end: Position


@dataclass(frozen=True, order=True, slots=True)
class Edit:
    """Replace the code points `start:end` (0-based offsets into the decoded text) by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits of one file that mend a finding.

    `changes_operations` says that operations are added, removed or renamed, which is right for a
    newly published version only.
    """

    message: str
    edits: tuple[Edit, ...]
    applicability: Applicability
    changes_operations: bool = False


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a route: in `function`, at this place, `message` is what happens."""

    path: Path
    position: Position
    function: str
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect, where it is mended, and the route by which it is reached.

    Where a call leads to several effects, the route goes on from the first to the next.
    """

    code: str
    name: str
    message: str
    path: Path
    span: Span
    severity: Severity = Severity.ERROR
    route: tuple[Hop, ...] = field(default=())
    fix: Fix | None = None

    def sort_key(self) -> tuple[str, Position, str, str]:
        """Return what findings are ordered by: file, place, code, message."""
        return (str(self.path), self.span.start, self.code, self.message)

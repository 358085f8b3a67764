"""Comments that silence findings: `# durable-lint: ignore[LDF101] reason`, `file-ignore`, `# noqa`.

A comment holds for a statement, or for the header of a compound one with its decorators: anywhere
on its lines, and ours also on lines of their own directly above. Comments are found by `tokenize`,
so the same words in a string mean nothing.
"""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from durable_lint.findings import Position, Span
from durable_lint.source import Source

MARK = "durable-lint:"

_OURS = re.compile(
    r"#\s*durable-lint:\s*(?P<kind>file-ignore|ignore)(?![\w-])\s*"
    r"(?:\[(?P<codes>[^\]\[]*)\]|(?!\[))"
)
_NOQA = re.compile(
    r"#\s*noqa(?!\w)(?:(?P<colon>\s*:)\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)?)?",
    re.IGNORECASE,
)
_WORD = {"ours": re.compile(r"[^,\s](?:[^,]*[^,\s])?"), "noqa": re.compile(r"[^,\s]+")}


class Kind(StrEnum):
    """How a suppression is written."""

    IGNORE = "ignore"
    FILE = "file-ignore"
    NOQA = "noqa"


@dataclass(slots=True)
class Suppression:
    """One comment. `codes` are what it lists with their places, None where it silences all.

    `span` is the part of the comment that is the suppression; `used` collects the listed codes
    ("" for a comment without a list) that silenced a finding.
    """

    kind: Kind
    span: Span
    codes: tuple[tuple[str, Span], ...] | None
    used: set[str] = field(default_factory=set)

    def silences(self, code: str, name: str) -> bool:
        """Tell whether the comment silences this rule, and remember that it was needed."""
        if self.codes is None:
            self.used.add("")
            return True
        fitting = {
            written
            for written, _ in self.codes
            if written == name or code.startswith(written.upper())
        }
        self.used |= fitting
        return bool(fitting)


class Suppressions:
    """The suppressions of one file, in order, in `comments`."""

    def __init__(self) -> None:
        self.comments: list[Suppression] = []
        self._statements: list[tuple[int, int]] = []
        self._by_statement: dict[int, list[Suppression]] = defaultdict(list)
        self._everywhere: list[Suppression] = []

    @classmethod
    def of(cls, source: Source) -> Suppressions:
        """Return the suppressions in a file; as far as it goes where it is broken."""
        found = cls()
        found._statements, comments = _scan(source.text)
        found._take(source, comments)
        return found

    @classmethod
    def of_comments(cls, source: Source, comments: Iterable[tuple[Position, str]]) -> Suppressions:
        """Return the suppressions in a file whose comments are known, in order, with their places.

        What is not Python has no statements: a comment holds for its own line, or for the next.
        """
        found = cls()
        found._take(source, [(place.row, place.column, text) for place, text in comments])
        return found

    def _take(self, source: Source, comments: list[tuple[int, int, str]]) -> None:
        for index, (row, column, text) in enumerate(comments):
            target = _next_statement_row(comments, index, source)
            for suppression in _read(text, row, column):
                if target != row and suppression.kind is Kind.NOQA:
                    continue
                self.comments.append(suppression)
                if suppression.kind is Kind.FILE:
                    self._everywhere.append(suppression)
                else:
                    self._by_statement[self._statement(target)].append(suppression)

    def match(self, code: str, name: str, row: int) -> Suppression | None:
        """Return what silences a rule in the statement at a 1-based row; None where nothing does.

        Each comment that fits is marked as used.
        """
        here = self._by_statement.get(self._statement(row), [])
        fitting = [item for item in (*here, *self._everywhere) if item.silences(code, name)]
        return fitting[0] if fitting else None

    def _statement(self, row: int) -> int:
        """Return the first row of the statement that a row belongs to; the row itself if none."""
        index = bisect_right(self._statements, (row, len(self._statements) + row)) - 1
        if index >= 0:
            first, last = self._statements[index]
            if row <= last:
                return first
        return row


def _next_statement_row(comments: list[tuple[int, int, str]], index: int, source: Source) -> int:
    """Return the row that a comment speaks of: its own, or the one below a block of comments."""
    row, column, _ = comments[index]
    if source.line(row)[: column - 1].strip():
        return row
    for later, later_column, _ in comments[index:]:
        if later != row or source.line(later)[: later_column - 1].strip():
            break
        row += 1
    return row


def _scan(text: str) -> tuple[list[tuple[int, int]], list[tuple[int, int, str]]]:
    """Return the rows of each logical line, and the comments with their 1-based places."""
    statements: list[tuple[int, int]] = []
    comments: list[tuple[int, int, str]] = []
    first = last = 0
    decorated = False
    # One kind of newline, for tokenize does not know all those that Python knows.
    readline = io.StringIO(re.sub(r"\r\n?", "\n", text)).readline
    try:
        for token in tokenize.generate_tokens(readline):
            row, column = token.start
            if token.type == tokenize.COMMENT:
                comments.append((row, column + 1, token.string))
            elif token.type == tokenize.NEWLINE:
                if not decorated and first:
                    statements.append((first, row))
                    first = 0
                decorated = False
            elif token.type not in _LAYOUT:
                decorated = decorated or (token.string == "@" and _starts(token))
                first = first or row
                last = token.end[0]
    except (tokenize.TokenError, SyntaxError):
        if first:
            statements.append((first, max(first, last)))
    return statements, comments


_LAYOUT = frozenset((tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER))


def _starts(token: tokenize.TokenInfo) -> bool:
    return not token.line[: token.start[1]].strip()


def _read(text: str, row: int, column: int) -> Iterator[Suppression]:
    """Yield the suppressions in a comment that begins at this place."""
    for pattern, words in ((_OURS, _WORD["ours"]), (_NOQA, _WORD["noqa"])):
        for match in pattern.finditer(text):
            groups = match.groupdict()
            if groups.get("colon") and groups["codes"] is None:
                continue
            kind = Kind(groups["kind"]) if "kind" in groups else Kind.NOQA
            codes = None
            if groups["codes"] is not None:
                start = column + match.start("codes")
                codes = tuple(
                    (word.group(), _span(row, start + word.start(), start + word.end()))
                    for word in words.finditer(groups["codes"])
                )
            yield Suppression(kind, _span(row, column + match.start(), column + match.end()), codes)


def _span(row: int, start: int, end: int) -> Span:
    return Span(Position(row, start), Position(row, end))

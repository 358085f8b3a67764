"""Each finding with its source, the route hop by hop, and the fix as a diff."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from durable_lint.findings import Applicability, Finding, Hop
from durable_lint.fixes.apply import apply
from durable_lint.output.view import View, printable, unified_diff
from durable_lint.source import Source

_TAB = 4
# More rows than this say no more: the middle of a longer span is left out.
_MOST_ROWS = 6

_HOW = {
    Applicability.SAFE: "fix",
    Applicability.UNSAFE: "unsafe fix",
    Applicability.DISPLAY: "suggestion",
}


def render(findings: Sequence[Finding], view: View) -> str:
    """Return a paragraph for each finding."""
    return "".join(f"{line}\n" for finding in findings for line in _paragraph(finding, view))


def _paragraph(finding: Finding, view: View) -> Iterator[str]:
    start = finding.span.start
    arrow = view.style("-->", "blue")
    yield view.headline(finding)
    yield f"  {arrow} {view.name(finding.path)}:{start.row}:{start.column}"
    source = view.sources.get(finding.path)
    if source is not None:
        yield from _excerpt(finding, source, view)
    if finding.route:
        yield "  route:"
        yield from (line for hop in finding.route for line in _hop(hop, view))
    if finding.fix is not None and source is not None:
        yield f"  {_HOW[finding.fix.applicability]}: {printable(finding.fix.message)}"
        after = apply(source.text, [finding.fix], newline=source.newline).text
        for line in unified_diff(source.text, after, view.name(finding.path)).split("\n")[2:-1]:
            style = {"+": "green", "-": "red"}.get(line[:1])
            yield "    " + (view.style(printable(line), style) if style else printable(line))
    yield ""


def _excerpt(finding: Finding, source: Source, view: View) -> Iterator[str]:
    """Yield the rows of the span, each with its number and underlined."""
    start, end = finding.span.start, finding.span.end
    rows = range(start.row, max(start.row, end.row) + 1)
    width = len(str(rows[-1]))
    bar = view.style("|", "blue")
    yield f" {'':{width}} {bar}"
    for row in rows:
        if len(rows) > _MOST_ROWS and _MOST_ROWS // 2 <= row - start.row < len(rows) - 1:
            if row - start.row == _MOST_ROWS // 2:
                yield f" {'...':{width}}"
            continue
        line = source.line(row)
        first = start.column - 1 if row == start.row else len(line) - len(line.lstrip())
        last = end.column - 1 if row == end.row else len(line)
        carets = "^" * max(_width(line[:last]) - _width(line[:first]), 1)
        yield f" {view.style(f'{row:>{width}}', 'blue')} {bar} {_shown(line)}".rstrip()
        yield f" {'':{width}} {bar} {' ' * _width(line[:first])}{view.style(carets, 'red')}"
    yield f" {'':{width}} {bar}"


def _hop(hop: Hop, view: View) -> Iterator[str]:
    place = f"{view.name(hop.path)}:{hop.position.row}:{hop.position.column}"
    yield f"    {place}: in {hop.function}: {printable(hop.message)}"
    source = view.sources.get(hop.path)
    if source is not None and (line := source.line(hop.position.row).strip()):
        yield f"        {_shown(line)}"


def _shown(line: str) -> str:
    """Return a line as a terminal shows it, tabs as blanks up to the next stop."""
    pieces: list[str] = []
    column = 0
    for char in line:
        pieces.append(" " * (_TAB - column % _TAB) if char == "\t" else printable(char))
        column += _cells(char, column)
    return "".join(pieces)


def _width(text: str) -> int:
    """Return how many cells of a terminal `_shown(text)` takes."""
    column = 0
    for char in text:
        column += _cells(char, column)
    return column


def _cells(char: str, column: int) -> int:
    if char == "\t":
        return _TAB - column % _TAB
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1

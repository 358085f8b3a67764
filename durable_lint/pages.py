"""The Markdown that rule pages and test cases share: headings, fenced blocks, finding markers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from durable_lint.findings import Severity

_FENCE = re.compile(r"(?P<ticks>`{3,})(?P<info>[^`]*)")
_HEADING = re.compile(r"(?P<level>#{1,6}) +(?P<title>.+?) *")
_MARKER = r"# (?:error|warning): [0-9]+ \[[\w-]+\] \"[^\"]*\""
_MARKED_LINE = re.compile(rf"[ ]*(?P<markers>{_MARKER}(?: *{_MARKER})*)[ ]*$")
_ONE_MARKER = re.compile(r"# (error|warning): ([0-9]+) \[([\w-]+)\] \"([^\"]*)\"")


class PageError(Exception):
    """A page is not written as pages are; `row` is the 1-based line at fault."""

    def __init__(self, message: str, row: int) -> None:
        super().__init__(message)
        self.row = row


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: language, the words after it, its `key=value` options and its text.

    `row` is the 1-based line of the text's first line.
    """

    language: str
    words: tuple[str, ...]
    options: Mapping[str, str]
    text: str
    row: int


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of 1-based `level` and what stands below it up to the next heading."""

    level: int
    title: str
    row: int
    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Marker:
    """A finding that a block expects; `row` and `column` are 1-based within the block."""

    severity: Severity
    row: int
    column: int
    code: str
    substring: str


@dataclass(frozen=True, slots=True)
class Example:
    """A code block of a page, markers taken out: `kind` is `bad`, `fixed` or `good`.

    Blocks with the same `group` belong together: the files beside a main block (`file` is their
    path, None for the main block), and a bad block with the fixed one that follows it.
    """

    kind: str
    group: int
    code: str
    file: str | None
    language: str
    markers: tuple[Marker, ...]
    row: int


def sections(text: str) -> tuple[Section, ...]:
    """Return the sections of a page in order; raises PageError for a fence without an end."""
    found: list[Section] = []
    heading: tuple[int, str, int] | None = None
    lines: list[str] = []
    blocks: list[Block] = []

    def close() -> None:
        if heading is not None:
            body = "\n".join(lines).strip("\n")
            found.append(Section(*heading, body, tuple(blocks)))
        lines.clear()
        blocks.clear()

    rows = enumerate(text.splitlines(), start=1)
    for row, line in rows:
        if match := _HEADING.fullmatch(line):
            close()
            heading = (len(match["level"]), match["title"], row)
            continue
        lines.append(line)
        if match := _FENCE.fullmatch(line):
            body = list(_until_fence(rows, match["ticks"], row))
            lines += [*body, match["ticks"]]
            blocks.append(_block(match["info"].split(), body, row + 1))
    close()
    return tuple(found)


def _until_fence(rows: Iterator[tuple[int, str]], ticks: str, start: int) -> Iterator[str]:
    for _, line in rows:
        if line.rstrip() == ticks:
            return
        yield line
    raise PageError("the fenced block that starts here has no end", start)


def _block(info: list[str], body: list[str], row: int) -> Block:
    words = tuple(word for word in info[1:] if "=" not in word)
    options = dict(word.split("=", 1) for word in info[1:] if "=" in word)
    text = "".join(f"{line}\n" for line in body)
    return Block(info[0] if info else "", words, options, text, row)


def take_markers(code: str) -> tuple[str, tuple[Marker, ...]]:
    """Return `code` without its finding markers (and the blanks before them), and the markers."""
    lines: list[str] = []
    markers: list[Marker] = []
    for row, line in enumerate(code.split("\n"), start=1):
        match = _MARKED_LINE.search(line)
        lines.append(line[: match.start()] if match else line)
        for severity, column, rule, substring in _ONE_MARKER.findall(
            match["markers"] if match else ""
        ):
            markers.append(Marker(Severity(severity), row, int(column), rule, substring))
    return "\n".join(lines), tuple(markers)


def readable(text: str) -> str:
    """Return Markdown with each finding marker shortened to the code of its rule."""
    return _ONE_MARKER.sub(r"# \3", text)


def examples(blocks: tuple[Block, ...]) -> Iterator[Example]:
    """Yield the `bad`, `fixed` and `good` blocks among `blocks`, grouped."""
    group = 0
    previous: Example | None = None
    for block in blocks:
        kind = next((word for word in block.words if word in ("bad", "fixed", "good")), None)
        if kind is None:
            continue
        # A new group starts after a main block, unless a bad one's fixed twin continues it.
        if previous is not None and previous.file is None and kind != "fixed":
            group += 1
        code, markers = take_markers(block.text)
        if markers and kind != "bad":
            raise PageError(f"a {kind} block has no findings to mark", block.row)
        file = block.options.get("file")
        previous = Example(kind, group, code, file, block.language, markers, block.row)
        yield previous

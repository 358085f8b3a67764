"""gitignore patterns, matched in time that cannot explode.

The patterns come from repositories that nobody has vetted, so each wildcard is compiled to an
atomic group, and `**` is matched with one place to go back to: a hostile pattern is slow at worst
by the product of its length and the path's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

# Stands for `**` among the compiled segments: any number of path segments.
_ANY_DEPTH = None

Segment = re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """One line of a gitignore file, to be matched against the segments of a relative path."""

    segments: tuple[Segment, ...]
    negated: bool
    folders_only: bool

    def matches(self, parts: Sequence[str], *, folder: bool) -> bool:
        """Tell whether the path with these segments, itself a `folder` or not, fits."""
        if self.folders_only and not folder:
            return False
        place = part = 0
        back: tuple[int, int] | None = None
        while part < len(parts):
            segment = self.segments[place] if place < len(self.segments) else _ANY_DEPTH
            if place < len(self.segments) and segment is _ANY_DEPTH:
                place += 1
                back = (place, part)
            elif segment is not None and segment.fullmatch(parts[part]):
                place += 1
                part += 1
            elif back is not None:
                place, part = back[0], back[1] + 1
                back = (place, part)
            else:
                return False
        return all(segment is _ANY_DEPTH for segment in self.segments[place:])


class Patterns:
    """The patterns of one file or setting; the last one that fits decides."""

    def __init__(self, lines: Iterable[str]) -> None:
        compiled = (compile_pattern(line) for line in lines)
        self._patterns = [pattern for pattern in compiled if pattern is not None]

    def __bool__(self) -> bool:
        return bool(self._patterns)

    def decide(self, parts: Sequence[str], *, folder: bool) -> bool | None:
        """Return True where the path is to be ignored, False where it is taken back in.

        None where no pattern fits. `parts` are the segments relative to the patterns' folder.
        """
        for pattern in reversed(self._patterns):
            if pattern.matches(parts, folder=folder):
                return not pattern.negated
        return None


def compile_pattern(line: str) -> Pattern | None:
    """Return the pattern of a gitignore line, None for a comment or an empty one."""
    line = re.sub(r"(?<!\\) +$", "", line.rstrip("\r\n"))
    if not line or line.startswith("#"):
        return None
    negated = line.startswith("!")
    text = line[negated:]
    folders_only = text.endswith("/")
    text = text.removesuffix("/")
    names = text.removeprefix("/").split("/")
    if names == [""]:
        return None
    segments: list[Segment] = [_ANY_DEPTH if name == "**" else _segment(name) for name in names]
    if "/" not in text:
        segments.insert(0, _ANY_DEPTH)
    if len(names) > 1 and segments[-1] is _ANY_DEPTH:
        segments.append(_segment("*"))
    return Pattern(tuple(segments), negated, folders_only)


_NEVER = re.compile(r"(?!)")


def _segment(name: str) -> re.Pattern[str]:
    pieces = [""]
    rest = name
    while rest:
        if rest[0] == "*":
            pieces.append("")
            rest = rest.lstrip("*")
        elif rest[0] == "?":
            pieces[-1] += "."
            rest = rest[1:]
        elif rest[0] == "[":
            match = re.match(r"\[(?P<not>[!^]?)(?P<set>\]?(?:\\.|[^\]\\])*)\]", rest)
            if match is None:
                return _NEVER
            pieces[-1] += _one_of(match["set"], negated=bool(match["not"]))
            rest = rest[match.end() :]
        elif rest[0] == "\\":
            if len(rest) == 1:
                return _NEVER
            pieces[-1] += re.escape(rest[1])
            rest = rest[2:]
        else:
            pieces[-1] += re.escape(rest[0])
            rest = rest[1:]
    if len(pieces) == 1:
        return re.compile(pieces[0], re.DOTALL)
    # What lies between two stars is taken where it first fits, for good: nothing to go back to.
    first, *middle, last = pieces
    inner = "".join(f"(?>.*?{piece})" for piece in middle if piece)
    return re.compile(f"{first}{inner}.*{last}", re.DOTALL)


def _one_of(members: str, *, negated: bool) -> str:
    """Return the regular expression for one character of a `[...]` set."""
    items: list[str] = []
    rest = [text[-1] for text in re.findall(r"\\.|.", members, re.DOTALL)]
    place = 0
    while place < len(rest):
        if place + 2 < len(rest) and rest[place + 1] == "-":
            low, high = rest[place], rest[place + 2]
            if low <= high:
                items.append(f"{re.escape(low)}-{re.escape(high)}")
            place += 3
        else:
            items.append(re.escape(rest[place]))
            place += 1
    if not items:
        return "." if negated else "(?!)"
    return f"[{'^' if negated else ''}{''.join(items)}]"

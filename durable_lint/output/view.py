"""What every format needs to show a finding: names of files, their text, colours, which fixes."""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from durable_lint.findings import Finding, Severity
from durable_lint.fixes.apply import wanted
from durable_lint.source import Source

_STYLES = {"bold": "1", "red": "1;31", "green": "32", "yellow": "1;33", "blue": "1;34", "dim": "2"}
_CONTROL = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


@dataclass(frozen=True)
class View:
    """`cwd` is what paths are shown relative to; `unsafe` says that unsafe fixes count as well.

    `selected` are the files that --fix may mend, None for all.
    """

    cwd: Path
    sources: Mapping[Path, Source] = field(default_factory=dict)
    selected: Collection[Path] | None = None
    unsafe: bool = False
    colour: bool = False

    def name(self, path: Path) -> str:
        """Return a path as it is shown."""
        return shown(path, self.cwd)

    def style(self, text: str, style: str) -> str:
        """Return `text` in a style of _STYLES if colours are on."""
        return f"\033[{_STYLES[style]}m{text}\033[0m" if self.colour else text

    def fixable(self, finding: Finding) -> bool:
        """Tell whether --fix, with the flags given, would mend the finding."""
        fix = finding.fix
        return (
            fix is not None
            and wanted(fix, unsafe=self.unsafe)
            and (self.selected is None or finding.path in self.selected)
        )

    def headline(self, finding: Finding) -> str:
        """Return `CODE [*] message`: the star marks what --fix mends; warnings say so."""
        code = self.style(finding.code, "red" if finding.severity is Severity.ERROR else "yellow")
        star = f" [{self.style('*', 'green')}]" if self.fixable(finding) else ""
        word = "warning: " if finding.severity is Severity.WARNING else ""
        return f"{code}{star} {word}{printable(finding.message)}"


def shown(path: Path, cwd: Path) -> str:
    """Return a path as it is shown: relative where it lies below `cwd`, with `/`."""
    relative = path.relative_to(cwd) if path.is_relative_to(cwd) else path
    return printable(relative.as_posix())


def printable(text: str) -> str:
    """Return `text` without what moves a terminal's cursor, colours it, or is no character."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def unified_diff(before: str, after: str, name: str) -> str:
    """Return the difference of two texts of the file called `name` as a patch."""
    # Not splitlines: a form feed does not end a line of a patch.
    old, new = (io.StringIO(text, newline="\n").readlines() for text in (before, after))
    lines = difflib.unified_diff(old, new, name, name)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )

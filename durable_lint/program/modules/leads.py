"""Where the imports of a file lead, told from its text: rather to too many files than to too few.

This answers which of a thousand files are worth a parser. Anything that looks like an import counts
as one, be it in a string or in code that nobody runs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from durable_lint.program.modules.search import NO_ADDITIONS, Additions, Place, Search

# To the end of a statement that may go on in the next line.
_NAMES = r"(?:[^\n;#\\]|\\\n)*+"
_FROM = re.compile(r"\bfrom\b[\s\\]*+(\.*+)[\s\\]*+((?!import\b)\w[\w.]*+|)[\s\\]*+\bimport\b")
_IMPORT = re.compile(rf"(?:^|[;:])[ \t\f\\]*+import\b({_NAMES})", re.MULTILINE)
_DYNAMIC = "import_module"
_QUOTED = re.compile(r"[\"'](\w[\w.]*+)[\"']")
_WORD = re.compile(r"\w+")
_PATH = "sys.path"


@dataclass(frozen=True)
class _Text:
    """What a text says: modules by level and name, and whether it knows `sys.path`."""

    text: str
    modules: frozenset[tuple[int, str]]
    knows_path: bool

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name in the text."""
        return frozenset(_WORD.findall(self.text))


class Leads:
    """Follows the imports of one project's files; `read` returns a file's bytes.

    `additions` says what a file that speaks of `sys.path` adds to it.
    """

    def __init__(
        self,
        search: Search,
        read: Callable[[Path], bytes],
        additions: Callable[[Path], Additions],
    ) -> None:
        self._search = search
        self._read = read
        self._additions = additions
        self._texts: dict[Path, _Text] = {}
        self._imported: dict[tuple[Path, Additions], frozenset[Path]] = {}

    def reaching(self, starts: Iterable[Path], goals: Collection[Path]) -> set[Path]:
        """Return those of `starts` whose imports may lead to one of `goals`, over any files."""
        starts = set(starts)
        importers: dict[Path, list[Path]] = defaultdict(list)
        seen = set(starts)
        pending = list(starts)
        while pending:
            file = pending.pop()
            for found in self.imported(file):
                importers[found].append(file)
                if found not in seen:
                    seen.add(found)
                    pending.append(found)
        reaching = starts & _closure(goals, lambda file: importers[file])
        # Where something is put on `sys.path`, it holds for all that the same code imports.
        changing = [file for file in seen if self._text(file).knows_path]
        unsure = starts & _closure(changing, lambda file: importers[file]) - reaching
        return reaching | {each for each in unsure if self._reaches(each, goals, NO_ADDITIONS)}

    def _reaches(self, start: Path, goals: Collection[Path], added: Additions) -> bool:
        """Tell whether imports lead from a file to one of `goals` with `added` on `sys.path`."""
        seen = _closure([start], lambda file: self.imported(file, added))
        more = added
        for file in sorted(seen):
            if self._text(file).knows_path:
                more += self._additions(file)
        if more != added:
            return self._reaches(start, goals, more)
        return not seen.isdisjoint(goals)

    def imported(self, file: Path, added: Additions = NO_ADDITIONS) -> frozenset[Path]:
        """Return the files that the imports of one file may name, with `added` on `sys.path`."""
        key = (file, added)
        if key not in self._imported:
            text = self._text(file)
            places = (self._search.locate(file, name, level, added) for level, name in text.modules)
            self._imported[key] = frozenset(
                path for place in places if place is not None for path in self._opened(place, text)
            )
        return self._imported[key]

    def _opened(self, place: Place, text: _Text) -> Iterator[Path]:
        """Yield the files of a module, and those in a package that the text may name."""
        seen: set[Place] = set()
        pending = [place]
        while pending:
            place = pending.pop()
            if place in seen:
                continue
            seen.add(place)
            if isinstance(place, Path):
                yield place
            if not isinstance(place, Path) or place.name == "__init__.py":
                inside = (self._search.inside(place, word) for word in text.words)
                pending += [found for found in inside if found is not None]

    def _text(self, file: Path) -> _Text:
        if file not in self._texts:
            text = self._read(file).decode("utf-8", errors="replace")
            self._texts[file] = _understood(text.replace("\r\n", "\n").replace("\r", "\n"))
        return self._texts[file]


def _understood(text: str) -> _Text:
    found = {(len(dots), name) for dots, name in _FROM.findall(text) if dots or name}
    for names in _IMPORT.findall(text):
        for part in names.replace("\\", " ").split(","):
            name = part.split()[0] if part.split() else ""
            found.update((0, parent) for parent in _parents(name))
    if _DYNAMIC in text:
        found.update((0, parent) for name in _QUOTED.findall(text) for parent in _parents(name))
    return _Text(text, frozenset(found), _PATH in text)


def _closure(starts: Iterable[Path], following: Callable[[Path], Iterable[Path]]) -> set[Path]:
    """Return `starts` and all that follows from them."""
    seen = set(starts)
    pending = list(seen)
    while pending:
        new = [file for file in following(pending.pop()) if file not in seen]
        seen.update(new)
        pending += new
    return seen


def _parents(name: str) -> Iterator[str]:
    """Yield a module's name and those of the packages it lies in, all of which it may bind."""
    parts = name.split(".")
    return (".".join(parts[:end]) for end in range(1, len(parts) + 1))

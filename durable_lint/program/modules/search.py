"""Where the name in an import statement leads: to a file of the project, and never further.

What Python finds depends on `sys.path`, which only the deployment knows. So the folders are tried
in which a project keeps its code: that of the importing file and those above it, up to the root of
the project, then the source folders and Lambda layers in each of these.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

# A module's file, or the folders of a package that has no `__init__.py`.
Place = Path | tuple[Path, ...]

_PACKAGE = "__init__.py"
_LAYERS = ("layers", "layer")
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Additions:
    """Folders that code puts on `sys.path`: before (`first`) and after (`last`) all others."""

    first: tuple[Path, ...] = ()
    last: tuple[Path, ...] = ()

    def __add__(self, other: Additions) -> Additions:
        first = dict.fromkeys((*other.first, *self.first))
        return Additions(tuple(first), tuple(dict.fromkeys((*self.last, *other.last))))


NO_ADDITIONS = Additions()


class Search:
    """Finds the files below one root; looks at each folder once and opens no file.

    `sources` are folders for imports, beside those that are found. `libraries` are top-level names
    of packages that are known to be nobody's own.
    """

    def __init__(
        self, root: Path, sources: tuple[Path, ...], libraries: Collection[str] = ()
    ) -> None:
        self._root = root
        self._sources = sources
        self._reserved = sys.stdlib_module_names | frozenset(libraries)
        self._listings: dict[Path, frozenset[str]] = {}
        self._distributions: dict[Path, frozenset[str]] = {}
        self._paths: dict[Path, tuple[Path, ...]] = {}
        self._found: dict[tuple[Path, str, int, Additions], Place | None] = {}

    def locate(
        self, importer: Path, name: str, level: int = 0, added: Additions = NO_ADDITIONS
    ) -> Place | None:
        """Return where the module `name` is, as the file `importer` imports it.

        `level` counts the leading dots. None where the name is not the project's own.
        """
        key = (importer, name, level, added)
        if key not in self._found:
            parts = [part for part in name.split(".") if part]
            if level:
                self._found[key] = self._relative(importer, parts, level)
            else:
                self._found[key] = self._absolute(importer, parts, added) if parts else None
        return self._found[key]

    def inside(self, place: Place, name: str) -> Place | None:
        """Return where the module `name` of a package is."""
        if isinstance(place, tuple):
            return self._first(place, [name])
        return self._first((place.parent,), [name]) if place.name == _PACKAGE else None

    def within(self, path: Path) -> bool:
        """Tell whether a path lies below the root."""
        return path.is_relative_to(self._root)

    def _relative(self, importer: Path, parts: list[str], level: int) -> Place | None:
        folder = importer.parent
        for _ in range(level - 1):
            folder = folder.parent
        if not self.within(folder):
            return None
        if parts:
            return self._first((folder,), parts)
        if _PACKAGE in self._listing(folder):
            return folder / _PACKAGE
        return (folder,) if self._listing(folder) else None

    def _absolute(self, importer: Path, parts: list[str], added: Additions) -> Place | None:
        path = self._path(importer.parent)
        folders = [f for f in (*added.first, *path, *added.last) if self._may_hold(f, parts[0])]
        # A module that has the name of a library may import the library; a package names itself.
        alone = len(parts) == 1 and importer.name != _PACKAGE
        return self._first(folders, parts, but=importer if alone else None)

    def _may_hold(self, folder: Path, name: str) -> bool:
        """Tell whether `name` in this folder would be the project's own.

        A package that has the name of a library is a copy of it, and a module inside a package is
        not taken for the library that Python finds first.
        """
        names = self._listing(folder)
        if name in self._reserved:
            is_package = _PACKAGE in self._listing(folder / name)
            return f"{name}.py" in names and _PACKAGE not in names and not is_package
        if name not in names and f"{name}.py" not in names:
            return False
        return name.lower() not in self._installed(folder)

    def _installed(self, folder: Path) -> frozenset[str]:
        """Return the names of what was installed into a folder, in lower case."""
        if folder not in self._distributions:
            self._distributions[folder] = frozenset(
                name.lower().partition("-")[0]
                for name in self._listing(folder)
                if name.endswith(".dist-info")
            )
        return self._distributions[folder]

    def _first(
        self, folders: Collection[Path], parts: list[str], but: Path | None = None
    ) -> Place | None:
        """Return the first file for `parts`, or all folders where there are only folders."""
        portions: list[Path] = []
        for folder in folders:
            found = self._step(folder, parts)
            if isinstance(found, tuple):
                portions.extend(found)
            elif found is not None and found != but:
                return found
        return tuple(portions) or None

    def _step(self, folder: Path, parts: list[str]) -> Place | None:
        for part in parts[:-1]:
            if part not in self._listing(folder):
                return None
            folder /= part
        last = parts[-1]
        names = self._listing(folder)
        if last in names and _PACKAGE in self._listing(folder / last):
            return folder / last / _PACKAGE
        if f"{last}.py" in names:
            return folder / f"{last}.py"
        if last in names and self._holds_python(folder / last, _DEPTH):
            return (folder / last,)
        return None

    def _holds_python(self, folder: Path, depth: int) -> bool:
        names = self._listing(folder)
        if any(name.endswith(".py") for name in names):
            return True
        return depth > 1 and any(self._holds_python(folder / name, depth - 1) for name in names)

    def _listing(self, folder: Path) -> frozenset[str]:
        if folder not in self._listings:
            try:
                with os.scandir(folder) as entries:
                    self._listings[folder] = frozenset(entry.name for entry in entries)
            except OSError:
                self._listings[folder] = frozenset()
        return self._listings[folder]

    def _path(self, folder: Path) -> tuple[Path, ...]:
        if folder not in self._paths:
            above = [f for f in (folder, *folder.parents) if self.within(f)] or [folder]
            more = [inner for each in above for inner in self._kept_in(each)]
            self._paths[folder] = tuple(dict.fromkeys((*above, *self._sources, *more)))
        return self._paths[folder]

    def _kept_in(self, folder: Path) -> Iterator[Path]:
        """Yield the source folder of a folder, and its layers as Lambda puts them on the path."""
        names = self._listing(folder)
        if "src" in names:
            yield folder / "src"
        for name in _LAYERS:
            if name in names:
                layers = [folder / name, *(folder / name / n for n in self._listing(folder / name))]
                for layer in sorted(layers):
                    if "python" in self._listing(layer):
                        yield layer / "python"
                    # A layer that SAM builds has its modules at the top and no such folder yet.
                    yield layer

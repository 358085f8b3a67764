"""The modules of one project, each opened when an import first reaches it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from durable_lint.program.modules.imports import Import
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.parse import UnreadableError
from durable_lint.program.modules.search import NO_ADDITIONS, Additions, Place, Search
from durable_lint.source import Source, UndecodableError


class Project:
    """The files below one root; each is opened at most once.

    `sources` are folders, beside those of the importing file and its ancestors, in which imports
    are looked up; `libraries` are top-level names that are never the project's own packages.
    `decode` reads a file; it raises OSError, and UndecodableError where the file is no text.
    """

    def __init__(
        self,
        root: Path,
        sources: tuple[Path, ...] = (),
        libraries: Collection[str] = (),
        decode: Callable[[Path], Source] | None = None,
    ) -> None:
        self.root = root
        self._decode = decode or _decode
        self.search = Search(root, sources, libraries)
        self.unreadable: dict[Path, UnreadableError] = {}
        self._modules: dict[Path, Module | None] = {}

    def add(self, source: Source) -> Module:
        """Use `source` for its path from now on, whatever the disk says; return its module."""
        module = Module(source)
        self._modules[source.path] = module
        return module

    def load(self, path: Path) -> Module | None:
        """Return the module of a file; None where it cannot be read or parsed.

        The reason is kept in `unreadable`.
        """
        module = self._known(path)
        if module is None:
            return None
        try:
            _ = module.tree
        except UnreadableError as error:
            self.unreadable[path] = error
            self._modules[path] = None
            return None
        return module

    def _known(self, path: Path) -> Module | None:
        """Return the module of a file, which need not have been parsed; None if unreadable."""
        if path not in self._modules:
            self._modules[path] = None
            if not path.is_file():
                # A pipe or a device may have a module's name.
                return None
            try:
                self._modules[path] = Module(self._decode(path))
            except UndecodableError as error:
                self.unreadable[path] = UnreadableError(str(error), error.position)
            except OSError:
                return None
        return self._modules[path]

    def find(
        self, importer: Module, name: str, level: int = 0, added: Additions = NO_ADDITIONS
    ) -> Module | tuple[Path, ...] | None:
        """Return the module, or the folders of the package, that an import in `importer` means.

        `level` counts the leading dots. None where the name is not the project's own.
        """
        return self._opened(self.search.locate(importer.path, name, level, added))

    def submodule(
        self, package: Module | tuple[Path, ...], name: str
    ) -> Module | tuple[Path, ...] | None:
        """Return the module `name` inside a package."""
        place = package.path if isinstance(package, Module) else package
        return self._opened(self.search.inside(place, name))

    def acting(self, what: Import, added: Additions = NO_ADDITIONS) -> Iterator[Module]:
        """Yield the modules that an import runs and that do more than define what they hold."""
        place = self.search.locate(what.importer.path, what.module, what.level, added)
        member = self.search.inside(place, what.member) if place and what.member else None
        for path in (place, member):
            known = self._known(path) if isinstance(path, Path) else None
            if known is not None and known.acts_on_import:
                module = self.load(known.path)
                if module is not None:
                    yield module

    def _opened(self, place: Place | None) -> Module | tuple[Path, ...] | None:
        if not isinstance(place, Path):
            return place
        # What a file that cannot be read holds is as unknown as what is in a package of no folder.
        return self.load(place) or ()


def _decode(path: Path) -> Source:
    return Source.decode(path, path.read_bytes())

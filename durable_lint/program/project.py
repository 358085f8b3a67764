"""From the name in an import statement to a file of the project, and never further."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import libcst as cst

from durable_lint.program.module import Module
from durable_lint.program.parse import UnreadableError
from durable_lint.program.syntax import descendants, dotted_name
from durable_lint.source import Source, UndecodableError


class Project:
    """The files below one root; each is opened at most once, when an import reaches it.

    `sources` are directories, beside those of the importing file and its ancestors, in which
    imports are looked up.
    """

    def __init__(self, root: Path, sources: tuple[Path, ...] = ()) -> None:
        self.root = root
        self.sources = sources
        self.unreadable: dict[Path, UnreadableError] = {}
        self._modules: dict[Path, Module | None] = {}
        self._listings: dict[Path, frozenset[str]] = {}
        self._added: dict[Path, tuple[Path, ...]] = {}

    def add(self, source: Source) -> Module:
        """Use `source` for its path from now on, whatever the disk says; return its module."""
        module = Module(source)
        self._modules[source.path] = module
        return module

    def load(self, path: Path) -> Module | None:
        """Return the module of a file; None where it cannot be read or parsed.

        The reason is kept in `unreadable`.
        """
        if path not in self._modules:
            self._modules[path] = None
            if not path.is_file():
                # A pipe or a device may have a module's name.
                return None
            try:
                self._modules[path] = Module(Source.decode(path, path.read_bytes()))
            except UndecodableError as error:
                self.unreadable[path] = UnreadableError(str(error), error.position)
            except OSError:
                return None
        module = self._modules[path]
        if module is None:
            return None
        try:
            _ = module.tree
        except UnreadableError as error:
            self.unreadable[path] = error
            self._modules[path] = None
            return None
        return module

    @property
    def loaded(self) -> list[Module]:
        """Every module that was reached so far."""
        return [module for module in self._modules.values() if module is not None]

    def find(self, name: str, importer: Module, level: int = 0) -> Module | Path | None:
        """Return the module, or the namespace package's folder, that an import in `importer` means.

        `level` counts the leading dots. None where the name is not the project's own.
        """
        parts = [part for part in name.split(".") if part]
        if level:
            folder = importer.path.parent
            for _ in range(level - 1):
                folder = folder.parent
            return self._inside(folder, parts) if self._within(folder) else None
        if not parts:
            return None
        for folder in self._search_path(importer):
            # Inside a package the standard library wins; beside a script the script's folder does.
            if parts[0] in sys.stdlib_module_names and "__init__.py" in self._listing(folder):
                continue
            found = self._inside(folder, parts)
            if found is not None and not (isinstance(found, Module) and found is importer):
                return found
        return None

    def submodule(self, package: Module | Path, name: str) -> Module | Path | None:
        """Return the module `name` inside a package."""
        if isinstance(package, Path):
            return self._inside(package, [name])
        if package.path.name != "__init__.py":
            return None
        return self._inside(package.path.parent, [name])

    def _inside(self, folder: Path, parts: list[str]) -> Module | Path | None:
        if not parts:
            return self._package(folder)
        for part in parts[:-1]:
            if part not in self._listing(folder):
                return None
            folder = folder / part
        last = parts[-1]
        names = self._listing(folder)
        if last in names and "__init__.py" in self._listing(folder / last):
            return self.load(folder / last / "__init__.py")
        if f"{last}.py" in names:
            return self.load(folder / f"{last}.py")
        if last in names and self._holds_python(folder / last):
            return folder / last
        return None

    def _package(self, folder: Path) -> Module | Path | None:
        if "__init__.py" in self._listing(folder):
            return self.load(folder / "__init__.py")
        return folder if self._listing(folder) else None

    def _holds_python(self, folder: Path) -> bool:
        names = self._listing(folder)
        return any(name.endswith(".py") for name in names) or any(
            any(inner.endswith(".py") for inner in self._listing(folder / name)) for name in names
        )

    def _listing(self, folder: Path) -> frozenset[str]:
        if folder not in self._listings:
            try:
                self._listings[folder] = frozenset(os.listdir(folder))
            except OSError:
                self._listings[folder] = frozenset()
        return self._listings[folder]

    def _within(self, path: Path) -> bool:
        return path == self.root or self.root in path.parents

    def _search_path(self, importer: Module) -> Iterator[Path]:
        yield from self._added_by(importer)
        folder = importer.path.parent
        while self._within(folder):
            yield folder
            if folder == self.root:
                break
            folder = folder.parent
        else:
            yield importer.path.parent
        yield from self.sources
        yield from self._layers

    @cached_property
    def _layers(self) -> tuple[Path, ...]:
        """`layers/*/python`, as Lambda puts it on the path; and `src`, as packaging has it."""
        found = [self.root / "src"] if "src" in self._listing(self.root) else []
        for name in ("layers", "layer"):
            if name in self._listing(self.root):
                base = self.root / name
                found.extend(base / inner / "python" for inner in sorted(self._listing(base)))
                found.append(base / "python")
        return tuple(path for path in found if self._listing(path))

    def _added_by(self, module: Module) -> tuple[Path, ...]:
        if module.path not in self._added:
            found: list[Path] = []
            if "sys.path" in module.source.text:
                found = [path for path in _path_additions(module) if self._within(path)]
            self._added[module.path] = tuple(found)
        return self._added[module.path]


def _path_additions(module: Module) -> Iterator[Path]:
    """Folders that the module puts on `sys.path` by an expression of constants and `__file__`."""
    for node in descendants(module.tree):
        if isinstance(node, cst.Call) and node.args:
            called = dotted_name(node.func)
            if called in ("sys.path.insert", "sys.path.append"):
                path = _constant_path(node.args[-1].value, module.path)
                if path is not None:
                    yield Path(os.path.normpath(path))


def _constant_path(node: cst.BaseExpression, file: Path) -> Path | None:
    match node:
        case cst.SimpleString() | cst.ConcatenatedString():
            text = node.evaluated_value
            return file.parent / text if isinstance(text, str) else None
        case cst.Name(value="__file__"):
            return file
        case cst.BinaryOperation(operator=cst.Divide()):
            left = _constant_path(node.left, file)
            right = node.right
            if left is not None and isinstance(right, cst.SimpleString):
                return left / str(right.evaluated_value)
        case cst.Attribute(attr=cst.Name(value="parent")):
            inner = _constant_path(node.value, file)
            return inner.parent if inner is not None else None
        case cst.Subscript(value=cst.Attribute(attr=cst.Name(value="parents"))):
            inner = _constant_path(node.value.value, file)
            index = node.slice[0].slice
            if inner is not None and isinstance(index, cst.Index):
                if isinstance(index.value, cst.Integer):
                    level = index.value.evaluated_value
                    return inner.parents[level] if level < len(inner.parents) else None
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="resolve" | "absolute"))):
            return _constant_path(node.func.value, file)
        case cst.Call():
            return _called_path(node, file)
        case _:
            pass
    return None


def _called_path(node: cst.Call, file: Path) -> Path | None:
    name = dotted_name(node.func) or ""
    paths = [_constant_path(arg.value, file) for arg in node.args]
    if not paths or paths[0] is None:
        return None
    match name.rpartition(".")[2]:
        case "dirname":
            return paths[0].parent
        case "join":
            joined = paths[0]
            for arg in node.args[1:]:
                if not isinstance(arg.value, cst.SimpleString):
                    return None
                joined = joined / str(arg.value.evaluated_value)
            return joined
        case "str" | "abspath" | "realpath" | "Path" | "fspath":
            return paths[0]
        case _:
            return None

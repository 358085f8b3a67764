"""Which files are linted: Python and templates below the paths given, gitignore and excludes."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from durable_lint.globs import Patterns
from durable_lint.keys import SettingsError
from durable_lint.needles import PYTHON_SUFFIX, TEMPLATE_SUFFIXES, may_be_template
from durable_lint.problems import Complain, Problem
from durable_lint.settings import Resolver, Settings, boundary

# CloudFormation takes a template of one megabyte at most.
MAX_TEMPLATE_BYTES = 4_000_000

_ROOT_MARKERS = ("pyproject.toml", "setup.py", "template.yaml", "template.yml", "cdk.json")


@dataclass(frozen=True, slots=True)
class _Ignores:
    """The gitignore files that hold in a folder, outermost first."""

    files: tuple[tuple[Path, Patterns], ...] = ()

    def entering(self, folder: Path) -> _Ignores:
        """Return what holds inside `folder`, whose own gitignore is added."""
        inherited = self.files
        if (folder / ".git").exists():
            inherited = tuple(_patterns(folder, folder / ".git" / "info" / "exclude"))
        return _Ignores((*inherited, *_patterns(folder, folder / ".gitignore")))

    def ignores(self, path: Path, *, folder: bool) -> bool:
        for base, patterns in reversed(self.files):
            decision = patterns.decide(path.relative_to(base).parts, folder=folder)
            if decision is not None:
                return decision
        return False


class Finder:
    """Turns the paths of the command line into the files to lint.

    `complain` is told of paths that are missing or cannot be read. In folders, only files with one
    of `suffixes` are looked for; at most `most_folders` are looked into, and below those that were
    named no other than packages if it is `packages_only`.
    """

    def __init__(
        self,
        settings: Resolver,
        complain: Complain,
        *,
        force_exclude: bool = False,
        respect_gitignore: bool = True,
        suffixes: tuple[str, ...] = (PYTHON_SUFFIX, *TEMPLATE_SUFFIXES),
        most_folders: int | None = None,
        packages_only: bool = False,
    ) -> None:
        self._settings = settings
        self._complain = complain
        self._force_exclude = force_exclude
        self._respect_gitignore = respect_gitignore
        self._suffixes = suffixes
        self._folders_left = most_folders
        self._packages_only = packages_only

    def find(self, paths: Iterable[Path]) -> list[Path]:
        """Return the absolute paths of the files to lint, each once, in order."""
        found: set[Path] = set()
        for given in paths:
            try:
                found.update(self._named(Path(os.path.abspath(given))))
            except SettingsError as error:
                self._complain(error.problem)
        return sorted(found)

    def forced_out(self, path: Path) -> bool:
        """Tell whether an absolute path is left out although it was named (`force-exclude`)."""
        settings = self._settings.for_folder(path.parent)
        if not (self._force_exclude or settings.force_exclude):
            return False
        top = min(boundary(path.parent), settings.root, key=lambda folder: len(folder.parts))
        above = [step for step in path.parents if step.is_relative_to(top) and step != top]
        return any(
            self._settings.for_folder(step.parent).excludes(step, folder=step != path)
            for step in (path, *above)
        )

    def _named(self, path: Path) -> Iterator[Path]:
        # Unlike Path.exists, this is False for names that no file system takes.
        if not os.path.exists(path):  # noqa: PTH110
            self._complain(Problem("no such file or directory", path))
        elif self.forced_out(path):
            return
        elif path.is_dir():
            yield from self._inside(path, self._ignores_above(path))
        else:
            self._settings.for_file(path)
            # A file that somebody names is Python, unless its name says that it is not.
            if path.suffix not in TEMPLATE_SUFFIXES or _is_template(path):
                yield path

    def _ignores_above(self, folder: Path) -> _Ignores:
        ignores = _Ignores()
        if self._respects_gitignore(self._settings.for_folder(folder)):
            top = project_root(folder)
            for parent in reversed(folder.parents):
                if parent.is_relative_to(top):
                    ignores = ignores.entering(parent)
        return ignores

    def _respects_gitignore(self, settings: Settings) -> bool:
        return self._respect_gitignore and settings.respect_gitignore

    def _inside(self, folder: Path, ignores: _Ignores) -> Iterator[Path]:
        if not self._may_look():
            return
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self._complain(Problem(error.strerror or str(error), folder))
            return
        try:
            settings = self._settings.for_folder(folder)
        except SettingsError as error:
            self._complain(error.problem)
            return
        if self._respects_gitignore(settings):
            ignores = ignores.entering(folder)
        for entry in entries:
            # What a link points to is linted where it lives, and a circle of links never ends.
            is_folder = entry.is_dir(follow_symlinks=False)
            if not is_folder and not entry.name.endswith(self._suffixes):
                continue
            path = folder / entry.name
            excluded = settings.excludes(path, folder=is_folder)
            if excluded or ignores.ignores(path, folder=is_folder):
                continue
            if is_folder:
                if not self._packages_only or (path / "__init__.py").exists():
                    yield from self._inside(path, ignores)
            elif entry.is_file(follow_symlinks=False) and _is_linted(path):
                yield path

    def _may_look(self) -> bool:
        """Tell whether one more folder may be looked into, and count it."""
        if self._folders_left is None:
            return True
        self._folders_left -= 1
        return self._folders_left >= 0


def _is_linted(path: Path) -> bool:
    return path.suffix == PYTHON_SUFFIX or _is_template(path)


def _is_template(path: Path) -> bool:
    """Tell whether a file that may be YAML or JSON is a template; one that cannot be read may."""
    try:
        # Never a pipe, which would be waited for.
        if not path.is_file() or path.stat().st_size > MAX_TEMPLATE_BYTES:
            return False
        return may_be_template(path.read_bytes())
    except OSError:
        return True


def _patterns(base: Path, file: Path) -> Iterator[tuple[Path, Patterns]]:
    if not file.is_file():
        return
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return
    if patterns := Patterns(text.splitlines()):
        yield base, patterns


def project_root(path: Path) -> Path:
    """Return the folder that holds the whole program of an absolute path.

    That is its repository; outside of one the outermost folder above it that looks like a
    project's, and else the nearest folder that is no package.
    """
    folder = path if path.is_dir() else path.parent
    above = (folder, *folder.parents)
    for candidate in above:
        if (candidate / ".git").exists():
            return candidate
    marked = [each for each in above if any((each / name).exists() for name in _ROOT_MARKERS)]
    if marked:
        return marked[-1]
    return next(each for each in above if not (each / "__init__.py").exists())


def is_project(folder: Path) -> bool:
    """Tell whether something in a folder marks it as that of a repository or project."""
    return any((folder / name).exists() for name in (".git", *_ROOT_MARKERS))

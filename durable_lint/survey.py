"""The files of a project, and which of them may say what it deploys: by bytes, within limits."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from durable_lint import needles
from durable_lint.files import Finder, is_project, project_root
from durable_lint.problems import Problem
from durable_lint.settings import Resolver
from durable_lint.texts import Texts

MAX_FOLDERS = 5_000

_QUOTED = re.compile(rb"""["']([A-Za-z_]\w*)["']""")
_ENVIRONMENT = (b"environ", b"getenv")


class Survey:
    """The files below a project's root that a search comes upon.

    The settings' excludes and gitignore hold here too. A folder that nothing marks as a project's
    may be anybody's home, so of what is below it only packages are looked at.
    """

    def __init__(self, root: Path, settings: Resolver, texts: Texts) -> None:
        self._root = root
        self._settings = settings
        self._texts = texts

    def _find(self, *suffixes: str) -> tuple[Path, ...]:
        finder = Finder(
            self._settings,
            _ignore,
            suffixes=suffixes,
            most_folders=MAX_FOLDERS,
            packages_only=not is_project(self._root),
        )
        return tuple(finder.find([self._root]))

    @cached_property
    def python(self) -> tuple[Path, ...]:
        """The Python files."""
        return self._find(needles.PYTHON_SUFFIX)

    @cached_property
    def templates(self) -> tuple[Path, ...]:
        """The files that may be templates."""
        return self._find(*needles.TEMPLATE_SUFFIXES)

    @cached_property
    def stacks(self) -> tuple[Path, ...]:
        """The Python files of CDK apps, those first that start one and so know its stacks."""
        found = [path for path in self.python if needles.is_stack(self.read(path))]
        return tuple(sorted(found, key=lambda path: not needles.starts_app(self.read(path))))

    @cached_property
    def has_durable_stacks(self) -> bool:
        """Whether a CDK app may make a function durable."""
        return any(needles.is_durable_stack(self.read(path)) for path in self.stacks)

    @cached_property
    def has_durable_functions(self) -> bool:
        """Whether a template or a CDK app may make a function durable."""
        return self.has_durable_stacks or any(
            needles.is_durable_template(path, self.read(path)) for path in self.templates
        )

    @cached_property
    def variables(self) -> frozenset[str]:
        """What may be the names of environment variables that the project's Python reads."""
        found: set[bytes] = set()
        for path in self.python:
            data = self.read(path)
            if any(word in data for word in _ENVIRONMENT):
                found.update(_QUOTED.findall(data))
        return frozenset(name.decode("ascii") for name in found)

    def has(self, path: Path, words: Sequence[bytes]) -> bool:
        """Tell whether the bytes of a file contain one of `words`."""
        data = self.read(path)
        return any(word in data for word in words)

    def read(self, path: Path) -> bytes:
        """Return the bytes of a file, none where it cannot be read."""
        try:
            return self._texts.read(path)
        except OSError:
            return b""


def _ignore(_: Problem) -> None:
    """Leave it to the linting of a file to complain of it."""


class Surveys:
    """The settings and texts of a run, and one survey for each of its projects."""

    def __init__(self, settings: Resolver, texts: Texts) -> None:
        self.settings = settings
        self.texts = texts
        self._known: dict[Path, Survey] = {}

    def of(self, path: Path) -> Survey:
        """Return the survey of the project that an absolute path belongs to."""
        root = project_root(path)
        if root not in self._known:
            self._known[root] = Survey(root, self.settings, self.texts)
        return self._known[root]

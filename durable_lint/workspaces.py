"""Where the code of a project imports from: its source folders, and the members of its workspace.

A repository that keeps several packages side by side says so in the `pyproject.toml` at its root
(`[tool.uv.workspace]`); each of them may import the others.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from durable_lint.files import project_root
from durable_lint.settings import Settings


def layout(path: Path, settings: Settings) -> tuple[Path, tuple[Path, ...]]:
    """Return the root of the project of an absolute path, and the folders that it imports from."""
    root = project_root(path)
    return root, tuple(dict.fromkeys((*settings.src, *_members(root))))


@lru_cache
def _members(root: Path) -> tuple[Path, ...]:
    """Return the folders that the members of the workspace at `root` keep their packages in."""
    found = [folder for pattern in _patterns(root) for folder in _matching(root, pattern)]
    return tuple(inner for folder in found for inner in (folder / "src", folder) if inner.is_dir())


def _patterns(root: Path) -> list[str]:
    """Return the patterns that name the members; what cannot be read has none."""
    try:
        table: Any = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return []
    for key in ("tool", "uv", "workspace", "members"):
        table = table.get(key) if isinstance(table, dict) else None
    return [item for item in table if isinstance(item, str)] if isinstance(table, list) else []


def _matching(root: Path, pattern: str) -> list[Path]:
    """Return the folders below `root` that fit a pattern, whose `*` stands for one folder."""
    folders = [root]
    for part in PurePosixPath(pattern).parts:
        folders = [inner for folder in folders for inner in _inside(folder, part)]
    return folders


def _inside(folder: Path, name: str) -> Iterator[Path]:
    """Yield the folders in a folder that have a name; links lead elsewhere and are none."""
    try:
        with os.scandir(folder) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        return
    yield from (folder / each for each in names if fnmatchcase(each, name))

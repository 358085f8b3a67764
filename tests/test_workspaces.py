"""Workspaces: which folders a project imports from, and which it must not reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from durable_lint.settings import Settings
from durable_lint.workspaces import layout
from tests.conftest import Write


def members(folder: Path) -> list[str]:
    _, sources = layout(folder / "app.py", Settings(folder))
    return [source.relative_to(folder).as_posix() for source in sources]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        ('["packages/*"]', ["packages/a/src", "packages/a", "packages/b"]),
        ('["packages/b", "packages/*"]', ["packages/b", "packages/a/src", "packages/a"]),
        ('["packages/c", "packages/a/x.py", 3]', []),
        ('["../*", "/*", "packages/../../*", "**"]', ["packages"]),
        ('"packages/*"', []),
    ],
)
def test_members(folder: Path, write: Write, patterns: str, expected: list[str]) -> None:
    write("pyproject.toml", f"[tool.uv.workspace]\nmembers = {patterns}\n")
    for name in ("packages/a/src/a.py", "packages/b/b.py", "packages/a/x.py"):
        write(name, "")
    assert members(folder) == expected


@pytest.mark.parametrize(
    "text", ["tool = 1", "[tool.uv]\nworkspace = []", "[tool", "[tool.uv.workspace]", "\x00"]
)
def test_what_names_no_members_has_none(folder: Path, write: Write, text: str) -> None:
    write("pyproject.toml", text)
    write("packages/a/a.py", "")
    assert members(folder) == []


def test_links_are_no_members(folder: Path, write: Write) -> None:
    write("pyproject.toml", '[tool.uv.workspace]\nmembers = ["packages/*"]\n')
    write("packages/a/a.py", "")
    (folder / "packages/b").symlink_to(folder.parent, target_is_directory=True)
    assert members(folder) == ["packages/a"]

"""Which files are linted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from durable_lint.catalogue import catalogue
from durable_lint.files import Finder, project_root
from durable_lint.problems import Problem
from durable_lint.settings import Resolver
from tests.conftest import Write


class Found(list[str]):
    """The files found, relative to the folder; `problems` are what was complained of."""

    problems: list[Problem]


def find(folder: Path, *paths: str, **options: bool) -> Found:
    problems: list[Problem] = []
    finder = Finder(Resolver(catalogue()), problems.append, **options)
    files = finder.find([Path(path) for path in paths or (".",)])
    found = Found(file.relative_to(folder).as_posix() for file in files)
    found.problems = problems
    return found


def test_python_files_below_folders(folder: Path, write: Write) -> None:
    for name in ("a.py", "b/c.py", "b/d.pyi", "b/e.txt", "b/f"):
        write(name, "")
    assert find(folder) == ["a.py", "b/c.py"]
    assert find(folder, "b") == ["b/c.py"]
    assert find(folder, "b", "./b/c.py", "b/../b/c.py") == ["b/c.py"]


def test_named_files_are_linted_whatever_they_are_called(folder: Path, write: Write) -> None:
    write("script", "")
    write("build/a.py", "")
    assert find(folder, "script", "build/a.py") == ["build/a.py", "script"]


TEMPLATE = "Resources:\n  A: {Type: AWS::Lambda::Function}\n"


def test_templates_are_known_by_what_they_hold(folder: Path, write: Write) -> None:
    for name in ("a.yaml", "b.yml", "c.json", "d.template", "e.txt", "f"):
        write(name, TEMPLATE)
    for name in ("g.yaml", "h.json", "i.template"):
        write(name, "version: 3\n")
    assert find(folder) == ["a.yaml", "b.yml", "c.json", "d.template"]
    # A file that is named is Python if it is nothing else, but never where its name says so.
    assert find(folder, "a.yaml", "e.txt", "f", "g.yaml", "h.json") == ["a.yaml", "e.txt", "f"]


def test_a_template_has_a_size(folder: Path, write: Write) -> None:
    write("a.json", TEMPLATE + "#" * 5_000_000)
    assert find(folder) == []


def test_what_nobody_wrote_is_left_out(folder: Path, write: Write) -> None:
    for name in (".venv", "node_modules", "cdk.out", ".aws-sam", "a/build", "a/__pycache__"):
        write(f"{name}/x.py", "")
    write("a/builder/x.py", "")
    assert find(folder) == ["a/builder/x.py"]


def test_exclude(folder: Path, write: Write) -> None:
    write("durable-lint.toml", 'extend-exclude = ["gen", "/a/*.py", "*_pb2.py"]\n')
    for name in ("gen/x.py", "b/gen/x.py", "a/x.py", "a/b/x.py", "c_pb2.py", "build/x.py"):
        write(name, "")
    assert find(folder) == ["a/b/x.py"]
    write("durable-lint.toml", 'exclude = ["gen"]\n')
    assert "build/x.py" in find(folder)


def test_force_exclude(folder: Path, write: Write) -> None:
    write("durable-lint.toml", 'extend-exclude = ["gen"]\n')
    write("gen/deep/x.py", "")
    write("a/x.py", "")
    assert find(folder, "gen/deep/x.py", "a/x.py") == ["a/x.py", "gen/deep/x.py"]
    assert find(folder, "gen/deep/x.py", "a/x.py", force_exclude=True) == ["a/x.py"]
    assert find(folder, "gen", "gen/deep", force_exclude=True) == []
    write("durable-lint.toml", 'extend-exclude = ["gen"]\nforce-exclude = true\n')
    assert find(folder, "gen/deep/x.py") == []


def test_gitignore(folder: Path, write: Write) -> None:
    (folder / ".git" / "info").mkdir(parents=True)
    write(".git/info/exclude", "private.py\n")
    write(".gitignore", "/out\n*.gen.py\n!keep.gen.py\n")
    write("a/.gitignore", "local\n")
    for name in (
        "x.py", "out/x.py", "a/out/x.py", "y.gen.py", "keep.gen.py", "a/local/x.py",
        "local/x.py", "private.py", "a/private.py",
    ):  # fmt: skip
        write(name, "")
    expected = ["a/out/x.py", "keep.gen.py", "local/x.py", "x.py"]
    assert find(folder) == expected
    assert find(folder, "a") == ["a/out/x.py"]
    assert len(find(folder, respect_gitignore=False)) == 9
    assert find(folder, "private.py") == ["private.py"]
    write("durable-lint.toml", "respect-gitignore = false\n")
    assert len(find(folder)) == 9


def test_a_repository_inside_has_its_own_rules(folder: Path, write: Write) -> None:
    (folder / ".git").mkdir()
    write(".gitignore", "x.py\n")
    (folder / "inner" / ".git").mkdir(parents=True)
    write("inner/x.py", "")
    write("other/x.py", "")
    assert find(folder) == ["inner/x.py"]


def test_links_are_not_followed(folder: Path, write: Write) -> None:
    write("a/x.py", "")
    (folder / "a" / "loop").symlink_to(folder)
    (folder / "link.py").symlink_to(folder / "a" / "x.py")
    (folder / "broken.py").symlink_to(folder / "nowhere")
    assert find(folder) == ["a/x.py"]
    assert find(folder, "link.py") == ["link.py"]


def test_a_pipe_is_not_waited_for(folder: Path, write: Write) -> None:
    os.mkfifo(folder / "pipe.py")
    os.mkfifo(folder / ".gitignore")
    write("x.py", "")
    assert find(folder) == ["x.py"]


def test_missing_paths(folder: Path, write: Write) -> None:
    write("x.py", "")
    found = find(folder, "nowhere", "x.py", "y" * 5000)
    assert found == ["x.py"]
    assert [problem.message for problem in found.problems] == ["no such file or directory"] * 2


def test_a_folder_that_cannot_be_listed(
    folder: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a/x.py", "")
    write("b/x.py", "")
    scandir = os.scandir

    def refuse(path: Path) -> object:
        if path == folder / "a":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    found = find(folder)
    assert found == ["b/x.py"]
    assert found.problems == [Problem("Permission denied", folder / "a")]


@pytest.mark.parametrize(
    ("files", "root"),
    [
        (["a/.git/x", "a/b/pyproject.toml"], "a"),
        (["a/template.yaml", "a/b/pyproject.toml"], "a"),
        (["a/b/cdk.json"], "a/b"),
        (["a/b/c/__init__.py"], "a/b"),
        ([], "a/b/c"),
    ],
)
def test_project_root(folder: Path, write: Write, files: list[str], root: str) -> None:
    path = write("a/b/c/handler.py", "")
    for file in files:
        write(file, "")
    assert project_root(path) == folder / root
    assert project_root(path.parent) == folder / root

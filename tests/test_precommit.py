"""The hooks of `.pre-commit-hooks.yaml`, run by the real pre-commit in a repository of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CLEAN, HANDLER, MENDED

ROOT = Path(__file__).parents[1]
IDENTITY = ("-c", "user.name=test", "-c", "user.email=test@example.com")

URL = "Properties: {AuthType: NONE, TargetFunctionArn: !Ref A}"

Hook = Callable[..., subprocess.CompletedProcess[str]]


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *IDENTITY, *arguments], cwd=folder, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def hooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with one commit: this checkout as it is now."""
    folder = tmp_path_factory.mktemp("hooks")
    names = git(ROOT, "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in names:
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "as it is")
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def hook(hooks: Path, cache: Path, tmp_path: Path) -> Hook:
    """Return a function that runs a hook on the files given, in a repository of its own."""
    git(tmp_path, "init", "-q")

    def run(name: str, **files: str) -> subprocess.CompletedProcess[str]:
        revision = git(hooks, "rev-parse", "HEAD")
        (tmp_path / ".pre-commit-config.yaml").write_text(
            f"repos:\n  - repo: {hooks}\n    rev: {revision}\n    hooks:\n      - id: {name}\n"
        )
        for stem, text in files.items():
            suffix = "yaml" if text.startswith("Resources:") else "py"
            (tmp_path / f"{stem}.{suffix}").write_text(text)
        git(tmp_path, "add", "-A")
        return subprocess.run(
            [sys.executable, "-m", "pre_commit", "run", "--color", "never"],
            cwd=tmp_path,
            env={**os.environ, "PRE_COMMIT_HOME": str(cache)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_check(hook: Hook) -> None:
    done = hook("durable-lint", handler=HANDLER, other="x = 1\n")
    assert done.returncode == 1, done.stderr
    assert "handler.py:8:15: LDF101" in done.stdout
    done = hook("durable-lint", handler=CLEAN)
    assert done.returncode == 0, done.stdout


def test_templates_are_checked(hook: Hook) -> None:
    properties = "Type: AWS::Lambda::Function, Properties: {DurableConfig: {ExecutionTimeout: 60}}"
    template = f"Resources:\n  A: {{{properties}}}\n  B: {{Type: AWS::Lambda::Url, {URL}}}\n"
    done = hook("durable-lint", template=template, compose="x = 1\n")
    assert done.returncode == 1, done.stderr
    assert "template.yaml:2:49: LDF505" in done.stdout


def test_fix(hook: Hook, tmp_path: Path) -> None:
    done = hook("durable-lint-fix", handler=HANDLER)
    assert done.returncode == 1, done.stderr
    assert "files were modified by this hook" in done.stdout
    assert (tmp_path / "handler.py").read_text() == MENDED
    done = hook("durable-lint-fix")
    assert done.returncode == 0, done.stdout


def test_excluded_files_are_left_out(hook: Hook, tmp_path: Path) -> None:
    (tmp_path / "durable-lint.toml").write_text('extend-exclude = ["generated.py"]\n')
    assert hook("durable-lint", generated=HANDLER).returncode == 0

"""The code is formatted, linted and typed, and no file has outgrown one idea."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAX_LINES = 400


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=" ".join,
)
def test_is_clean(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_no_file_is_too_long() -> None:
    long = [
        path.relative_to(ROOT).as_posix()
        for folder in ("durable_lint", "tests", "examples", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if len(path.read_text(encoding="utf-8").splitlines()) > MAX_LINES
    ]
    assert long == []


def test_rules_hold_no_python() -> None:
    assert list((ROOT / "rules").rglob("*.py")) == []


def test_arrows_run_one_way() -> None:
    """`program` knows nothing of `durable`, `durable` of opinions, checks of each other."""
    forbidden = {
        "program": ("durable", "checks", "fixes", "output", "engine", "inspection"),
        "durable": ("checks", "fixes", "output", "engine", "inspection"),
        "checks": ("checks", "output", "engine", "cli"),
        "fixes": ("checks", "output", "engine", "cli"),
        "output": ("checks", "engine", "cli"),
    }
    wrong = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for folder, others in forbidden.items()
        for path in (ROOT / "durable_lint" / folder).glob("*.py")
        if path.name != "__init__.py"
        for line in path.read_text(encoding="utf-8").splitlines()
        for other in others
        if line.strip().startswith((f"from durable_lint.{other}", f"import durable_lint.{other}"))
    ]
    assert wrong == []

"""The examples as users see them: the broken one full of findings, the others clean."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cases import ROOT

EXAMPLES = ROOT / "examples"
BROKEN = EXAMPLES / "broken_order_workflow"
CLEAN = sorted(path for path in EXAMPLES.iterdir() if path.is_dir() and path != BROKEN)


def _check(folder: Path, *flags: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "durable_lint", "check", str(folder), *flags],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("folder", CLEAN, ids=lambda path: path.name)
def test_is_clean(folder: Path) -> None:
    code, output, errors = _check(folder)
    assert (code, output) == (0, ""), errors


def test_the_broken_workflow_has_the_mistakes_that_people_make() -> None:
    code, output, errors = _check(BROKEN, "--output-format", "json")
    assert code == 1, errors
    found = {finding["code"] for finding in json.loads(output)}
    expected = "101 102 103 104 105 106 116 201 204 303 304 307 308 310 312 401 403 501 505 601"
    assert found == {f"LDF{number}" for number in expected.split()}


def test_fixes_leave_code_that_parses_and_settles(tmp_path: Path) -> None:
    copy = tmp_path / "workflow"
    shutil.copytree(BROKEN, copy)
    before = _check(copy, "--output-format", "json")
    _, _, errors = _check(copy, "--fix", "--unsafe-fixes")
    assert "internal error" not in errors
    after = _check(copy, "--output-format", "json")
    assert len(json.loads(after[1])) < len(json.loads(before[1])) / 2
    _, diff, _ = _check(copy, "--diff", "--unsafe-fixes")
    assert diff == ""

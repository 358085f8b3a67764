"""What tests of the faces share: a folder with files in it, and the command line run in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from durable_lint.cli import main

HANDLER = """\
import time

from aws_durable_execution_sdk_python import DurableContext, durable_execution


@durable_execution
def handler(event: dict, context: DurableContext) -> float:
    started = time.time()
    return context.step(lambda _: started + 1, name="add")
"""

MENDED = HANDLER.replace("= time.time()", '= context.step(lambda _: time.time(), name="started")')

CLEAN = HANDLER.replace("= time.time()", '= event["started"]')

# A print is a warning, which does not fail a run.
WARNED = CLEAN.replace("    started =", '    print("hello")\n    started =')


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str
    raw: bytes


Run = Callable[..., Outcome]
Write = Callable[[str, str], Path]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def write(folder: Path) -> Write:
    """Return a function that writes a text to a path below the folder."""

    def write_file(name: str, text: str) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def run(folder: Path) -> Run:
    """Return a function that runs durable-lint with the given arguments in the folder."""

    def run_command(*arguments: str, stdin: str | bytes | None = None) -> Outcome:
        result = CliRunner().invoke(main, list(arguments), input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr, result.stdout_bytes)

    return run_command

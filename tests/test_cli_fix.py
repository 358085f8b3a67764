"""`--fix`, `--unsafe-fixes` and `--diff`: what is written, shown and said."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from durable_lint.findings import Applicability, Edit, Finding, Fix, Position, Severity, Span
from tests.conftest import CLEAN, HANDLER, MENDED, Run, Write

PUBLISH = "note: operations were added or renamed: publish a new version"
NETWORK = HANDLER.replace("import time", "import requests").replace(
    "time.time()", 'requests.get("https://example.com").json()'
)


def test_fix(run: Run, write: Write) -> None:
    path = write("handler.py", HANDLER)
    outcome = run("check", "--fix")
    assert (outcome.code, outcome.out) == (0, "")
    assert path.read_text() == MENDED
    assert outcome.err.startswith(PUBLISH)
    assert outcome.err.count(PUBLISH) == 1
    assert outcome.err.endswith("Fixed 1 finding.\n")
    again = run("check", "--fix")
    assert (again.code, again.err) == (0, "No findings in 1 file.\n")
    assert path.read_text() == MENDED


def test_nothing_is_written_unasked(run: Run, write: Write) -> None:
    path = write("handler.py", NETWORK)
    for flags in ([], ["--unsafe-fixes"], ["--diff"], ["--diff", "--unsafe-fixes"], ["--fix"]):
        run("check", *flags)
        assert path.read_text() == NETWORK, flags


def test_unsafe_fixes(run: Run, write: Write) -> None:
    path = write("handler.py", NETWORK)
    assert run("check").err == "Found 1 error. 1 fixable with --fix --unsafe-fixes.\n"
    assert "[*]" not in run("check").out
    assert "[*]" in run("check", "--unsafe-fixes").out
    assert run("check", "--fix").code == 1
    assert run("check", "--fix", "--unsafe-fixes").code == 0
    assert "context.step(lambda _: requests.get" in path.read_text()


def test_frozen_operations_make_fixes_unsafe(run: Run, write: Write) -> None:
    path = write("handler.py", HANDLER)
    write("durable-lint.toml", 'operations = "frozen"\n')
    assert run("check", "--fix").code == 1
    assert path.read_text() == HANDLER
    assert run("check", "--fix", "--unsafe-fixes").code == 0
    assert path.read_text() == MENDED


def test_exit_non_zero_on_fix(run: Run, write: Write) -> None:
    write("handler.py", HANDLER)
    assert run("check", "--fix", "--exit-non-zero-on-fix").code == 1
    assert run("check", "--fix", "--exit-non-zero-on-fix").code == 0


def test_diff(run: Run, write: Write) -> None:
    path = write("app/handler.py", HANDLER)
    outcome = run("check", "--diff")
    assert outcome.code == 1
    assert outcome.out.startswith("--- app/handler.py\n+++ app/handler.py\n@@ ")
    assert "-    started = time.time()\n+    started = context.step(" in outcome.out
    assert path.read_text() == HANDLER
    write("app/handler.py", CLEAN)
    assert run("check", "--diff").code == 0


def test_the_diff_is_a_patch(run: Run, write: Write, folder: Path) -> None:
    path = write("handler.py", "")
    code = HANDLER.rstrip("\n").replace("import time\n", "import time\n\x0c\n")
    path.write_bytes(code.replace("\n", "\r\n").encode())
    patch = run("check", "--diff").raw
    subprocess.run(["git", "apply", "-p0", "-"], input=patch, cwd=folder, check=True)
    mended = MENDED.rstrip("\n").replace("import time\n", "import time\n\x0c\n")
    assert path.read_bytes() == mended.replace("\n", "\r\n").encode()


def test_standard_input(run: Run) -> None:
    outcome = run("check", "-", "--fix", stdin=HANDLER)
    assert (outcome.code, outcome.out) == (0, MENDED)
    outcome = run("check", "-", "--fix", "--stdin-filename", "x.py", stdin=CLEAN)
    assert (outcome.code, outcome.out) == (0, CLEAN)
    outcome = run("check", "-", "--fix", stdin=NETWORK)
    assert (outcome.code, outcome.out) == (1, NETWORK)
    assert "-:8:15: LDF104" in outcome.err
    outcome = run("check", "-", "--diff", "--stdin-filename", "x.py", stdin=HANDLER)
    assert outcome.code == 1
    assert outcome.out.startswith("--- x.py\n")
    data = b"\xef\xbb\xbf" + HANDLER.replace("\n", "\r\n").encode()
    assert run("check", "-", "--fix", stdin=data).raw.startswith(data[:16])


def test_encoding_newlines_and_mark_are_kept(run: Run, write: Write) -> None:
    path = write("handler.py", "")
    text = HANDLER.replace("import time\n", "# caf\xe9\nimport time\n")
    path.write_bytes(b"# coding: latin-1\r\n" + text.replace("\n", "\r\n").encode("latin-1"))
    assert run("check", "--fix").code == 0
    expected = MENDED.replace("import time\n", "# caf\xe9\nimport time\n").replace("\n", "\r\n")
    assert path.read_bytes() == b"# coding: latin-1\r\n" + expected.encode("latin-1")


def test_a_helper_is_mended_with_its_handler(run: Run, write: Write) -> None:
    helper = write(
        "clock.py",
        "import time\n\n\ndef stamp(context):\n    now = time.time()\n"
        '    return context.step(lambda _: now, name="stamp")\n',
    )
    code = HANDLER.replace("import time", "from clock import stamp")
    write("handler.py", code.replace("time.time()", "stamp(context)"))
    assert "clock.py:5:11: LDF101" in run("check").out
    assert run("check", "--fix").code == 0
    assert 'now = context.step(lambda _: time.time(), name="now")' in helper.read_text()


def test_what_cannot_be_written_is_said(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("handler.py", HANDLER)

    def fail(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("durable_lint.engine.write", fail)
    outcome = run("check", "--fix")
    assert outcome.code == 2
    assert "error: handler.py: not written: [Errno 13] Permission denied" in outcome.err
    assert path.read_text() == HANDLER


def invent(monkeypatch: pytest.MonkeyPatch, pick) -> None:
    """Let the only check be one that offers the edit that `pick(text)` returns."""

    def run(inspection, failed):
        module = inspection.walk.module
        edit = pick(module.source.text)
        if edit is not None:
            fix = Fix("mend", (edit,), Applicability.SAFE)
            place = Position(1, 1)
            yield Finding(
                "LDF101", "wall-clock", "clock", module.path, Span(place, place),
                Severity.ERROR, (), fix,
            )  # fmt: skip

    monkeypatch.setattr("durable_lint.analysis.run", run)


def test_fixes_that_undo_each_other(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("handler.py", HANDLER)
    invent(monkeypatch, lambda text: Edit(0, 1, "j" if text[0] == "i" else "i"))
    outcome = run("check", "--fix")
    assert outcome.code == 2
    assert "the fixes of LDF101 undo each other" in outcome.err or "would break" in outcome.err
    assert path.read_text() == HANDLER


def test_a_fix_that_breaks_the_file(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("handler.py", HANDLER)
    invent(monkeypatch, lambda text: Edit(0, 0, "def ("))
    outcome = run("check", "--fix")
    assert outcome.code == 2
    assert (
        "error: handler.py: internal error: left alone, for the fixes of LDF101 would break it: "
        "syntax error"
    ) in outcome.err
    assert path.read_text() == HANDLER


def test_mending_without_end(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("handler.py", HANDLER)
    invent(monkeypatch, lambda text: Edit(0, 0, "x = 1\n"))
    outcome = run("check", "--fix")
    assert outcome.code == 2
    assert "error: internal error: not done with mending after 10 rounds" in outcome.err

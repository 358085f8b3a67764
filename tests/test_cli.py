"""`durable-lint check` as a user meets it: findings, exit codes, bad input."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import CLEAN, HANDLER, WARNED, Run, Write


def test_a_finding(run: Run, write: Write) -> None:
    write("app/handler.py", HANDLER)
    outcome = run("check")
    assert outcome.code == 1
    assert outcome.out.startswith('app/handler.py:8:15: LDF101 [*] "time.time"')
    assert outcome.err == "Found 1 error. 1 fixable with --fix.\n"


def test_clean(run: Run, write: Write) -> None:
    write("handler.py", CLEAN)
    outcome = run("check", "handler.py")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "No findings in 1 file.\n"


def test_warnings_do_not_fail_unless_asked(run: Run, write: Write) -> None:
    write("handler.py", WARNED)
    outcome = run("check")
    assert outcome.code == 0
    assert "LDF601 [*] warning: " in outcome.out
    assert outcome.err.startswith("Found 1 warning.")
    assert run("check", "--fail-on", "warning").code == 1
    write("durable-lint.toml", 'fail-on = "warning"\n')
    assert run("check").code == 1


def test_exit_zero(run: Run, write: Write) -> None:
    write("handler.py", HANDLER)
    assert run("check", "--exit-zero").code == 0
    assert run("check", "--exit-zero", "missing.py").code == 2


def test_an_empty_folder(run: Run) -> None:
    outcome = run("check")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == "note: no Python files and no templates found\n"
    assert run("check", "--output-format", "json").out == "[]\n"


def test_quiet_and_verbose(run: Run, write: Write) -> None:
    write("handler.py", HANDLER)
    write("other.py", "x = 1\n")
    assert run("check", "-q").err == ""
    assert "note: 1 of 2 files concern durable functions; " in run("check", "-v").err


def test_a_missing_path_does_not_cost_the_others_their_findings(run: Run, write: Write) -> None:
    write("handler.py", HANDLER)
    outcome = run("check", "missing.py", "handler.py")
    assert outcome.code == 2
    assert "LDF101" in outcome.out
    assert outcome.err.splitlines()[0] == "error: missing.py: no such file or directory"


def test_unreadable_files(run: Run, write: Write) -> None:
    mention = "import aws_durable_execution_sdk_python\n"
    write("handler.py", HANDLER)
    write("syntax.py", f"{mention}def broken(:\n")
    write("nested.py", f"{mention}x = {'[' * 3000}{']' * 3000}\n")
    write("chained.py", f"{mention}x = {'not ' * 20_000}1\n")
    write("null.py", f"{mention}x = '\0'\n")
    write("latin.py", mention).write_bytes(f"{mention}# caf\xe9\n".encode("latin-1"))
    write("author.py", mention).write_bytes(f"# caf\xe9\n{mention}".encode("latin-1"))
    write("cookie.py", f"# coding: nonsense\n{mention}")
    write("harmless.py", "def broken(:\n")
    outcome = run("check")
    lines = [line for line in outcome.out.splitlines() if "LDF900" in line]
    assert outcome.code == 1
    assert "handler.py:8:15: LDF101" in outcome.out
    assert [line.split(": ", 1)[0] for line in lines] == [
        "author.py:1:6",
        "chained.py:1:1",
        "cookie.py:1:1",
        "latin.py:2:6",
        "nested.py:2:205",
        "null.py:2:6",
        "syntax.py:2:12",
    ]
    assert "syntax error: invalid syntax" in lines[-1]
    assert "Traceback" not in outcome.err


def test_what_cannot_be_read_is_reported_whatever_is_selected(run: Run, write: Write) -> None:
    write("handler.py", "import aws_durable_execution_sdk_python\ndef broken(:\n")
    assert "LDF900" in run("check", "--select", "LDF101").out
    assert run("check", "--ignore", "LDF900").code == 0


def test_a_file_without_permission(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("handler.py", HANDLER)
    secret = write("secret.py", HANDLER)
    original = Path.read_bytes

    def read_bytes(self: Path) -> bytes:
        if self == secret:
            raise PermissionError(13, "Permission denied")
        return original(self)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    outcome = run("check")
    assert outcome.code == 2
    assert outcome.out.startswith("handler.py:8:15: LDF101")
    assert outcome.err.splitlines()[0] == "error: secret.py: Permission denied"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--select", "LDF01"), "unknown rule 'LDF01'; did you mean LDF101?"),
        (("--ignore", "wall-clok"), "unknown rule 'wall-clok'; did you mean wall-clock?"),
        (("--extend-select", "E501"), "unknown rule 'E501'; see `durable-lint rules`"),
        (("-", "handler.py"), "`-` (standard input) cannot be linted together with other paths"),
        (("",), "one of the paths is empty"),
        (("--config", "none.toml"), "none.toml: No such file or directory"),
    ],
)
def test_wrong_usage(run: Run, write: Write, arguments: tuple[str, ...], message: str) -> None:
    write("handler.py", HANDLER)
    outcome = run("check", *arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == f"error: {message}\n"


def test_select_ignore_extend(run: Run, write: Write) -> None:
    write("handler.py", HANDLER.replace("started =", 'print("x")\n    started ='))

    def codes(*arguments: str) -> list[str]:
        found = json.loads(run("check", "--output-format", "json", *arguments).out)
        return [finding["code"] for finding in found]

    assert codes() == ["LDF601", "LDF101"]
    assert codes("--select", "wall-clock") == ["LDF101"]
    assert codes("--select", "LDF6,LDF1") == ["LDF601", "LDF101"]
    assert codes("--select", "ALL", "--ignore", "LDF1") == ["LDF601"]
    assert codes("--select", "LDF101", "--ignore", "LDF1") == ["LDF101"]
    assert codes("--ignore", "LDF101", "--ignore", "LDF601") == []
    write("durable-lint.toml", 'select = ["LDF601"]\n')
    assert codes() == ["LDF601"]
    assert codes("--extend-select", "LDF101") == ["LDF601", "LDF101"]
    assert codes("--select", "LDF101") == ["LDF101"]
    assert codes("--isolated") == ["LDF601", "LDF101"]
    write("strict.toml", 'select = ["LDF101"]\n')
    assert codes("--config", "strict.toml") == ["LDF101"]


def test_suppressed(run: Run, write: Write) -> None:
    write("handler.py", HANDLER.replace("time.time()", "time.time()  # noqa: LDF101"))
    assert run("check").code == 0


def test_standard_input(run: Run, write: Write) -> None:
    outcome = run("check", "-", stdin=HANDLER)
    assert outcome.out.startswith("-:8:15: LDF101")
    outcome = run("check", "-", "--stdin-filename", "app/handler.py", stdin=HANDLER)
    assert outcome.code == 1
    assert outcome.out.startswith("app/handler.py:8:15: LDF101")
    write("durable-lint.toml", 'exclude = ["app"]\n')
    outcome = run("check", "-", "--stdin-filename", "app/x.py", "--force-exclude", stdin=HANDLER)
    assert (outcome.code, outcome.out) == (0, "")
    outcome = run("check", "-", stdin=b"import aws_durable_execution_sdk_python\n# \xff\n")
    assert outcome.out.startswith("-:2:3: LDF900")


def test_standard_input_sees_the_modules_beside_its_file(run: Run, write: Write) -> None:
    write("app/clock.py", "import time\n\n\ndef now():\n    return time.time()\n")
    code = HANDLER.replace("import time\n", "from clock import now\n")
    code = code.replace("time.time()", "now()")
    outcome = run("check", "-", "--stdin-filename", "app/handler.py", stdin=code)
    assert outcome.out.startswith("app/handler.py:8:15: LDF101")


def test_statistics(run: Run, write: Write) -> None:
    write("handler.py", HANDLER.replace("time.time()", "time.time() + time.time()"))
    outcome = run("check", "--statistics")
    assert outcome.out == "2\tLDF101\t[*] wall-clock\n"
    found = json.loads(run("check", "--statistics", "--output-format", "json").out)
    assert found == [{"code": "LDF101", "name": "wall-clock", "count": 2, "fixable": True}]


def test_output_file(run: Run, write: Write, folder: Path) -> None:
    write("handler.py", HANDLER)
    outcome = run("check", "--output-file", "out.txt", "--color", "auto")
    assert (outcome.code, outcome.out) == (1, "")
    assert (folder / "out.txt").read_text().startswith("handler.py:8:15: LDF101")
    outcome = run("check", "--output-file", "missing/out.txt")
    assert outcome.code == 2
    assert "error: missing/out.txt: No such file or directory" in outcome.err


def test_colour(run: Run, write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    write("handler.py", HANDLER)
    assert "\033[" not in run("check").out
    assert "\033[" in run("check", "--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\033[" in run("check").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\033[" not in run("check").out
    assert "\033[" in run("check", "--color", "always").out


def test_show_files_and_settings(run: Run, write: Write, folder: Path) -> None:
    write("a/handler.py", HANDLER)
    write("a/durable-lint.toml", 'ignore = ["LDF1"]\n')
    assert run("check", "--show-files").out == f"{folder}/a/handler.py\n"
    shown = run("check", "a", "--show-settings").out
    assert f"# {folder}/a/durable-lint.toml" in shown
    rules = next(line for line in shown.splitlines() if line.startswith("rules = "))
    assert "LDF101" not in rules
    assert "LDF601" in rules


def test_explain(run: Run) -> None:
    by_code, by_name = run("explain", "ldf101"), run("explain", "wall-clock")
    assert by_code == by_name
    assert by_code.code == 0
    assert by_code.out.startswith("# LDF101 wall-clock\n")
    assert "## Why it breaks replay" in by_code.out
    assert "```toml" not in by_code.out
    assert "started = time.time()  # LDF101\n" in by_code.out
    outcome = run("explain", "LDF1O1")
    assert (outcome.code, outcome.err) == (
        2,
        "error: unknown rule 'LDF1O1'; did you mean LDF101?\n",
    )


def test_rules(run: Run) -> None:
    lines = run("rules").out.splitlines()
    assert lines == sorted(lines)
    assert any(line.startswith("LDF101  wall-clock") for line in lines)
    listed = json.loads(run("rules", "--output-format", "json").out)
    assert len(listed) == len(lines)
    assert set(listed[0]) == {
        "code", "name", "summary", "severity", "status", "default", "fix", "since",
    }  # fmt: skip


def test_a_defect_of_ours_is_a_line_and_not_the_end(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("a.py", HANDLER)
    write("b.py", HANDLER)
    from durable_lint import analysis

    real = analysis.walk

    def walk(project, module, vocabulary):
        if module.path.name == "a.py":
            raise KeyError("oops")
        return real(project, module, vocabulary)

    monkeypatch.setattr(analysis, "walk", walk)
    outcome = run("check")
    assert outcome.code == 2
    assert outcome.out.startswith("b.py:8:15: LDF101")
    assert "error: a.py: internal error: KeyError: 'oops'" in outcome.err
    assert "Traceback" not in outcome.err


HEAVY = ("libcst", "yaml", "durable_lint.catalogue", "durable_lint.engine", "tomllib")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["check", "--help"]])
def test_starting_is_cheap(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from durable_lint.cli import main\n"
        f"main({arguments!r}, standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"


def test_without_a_file_that_concerns_us_no_parser_is_loaded(write: Write, folder: Path) -> None:
    write("other.py", "x = 1\n")
    code = (
        "import atexit, sys\n"
        "from durable_lint.cli import main\n"
        "atexit.register(lambda: print('libcst' in sys.modules))\n"
        "main(['check', '-q'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_file_that_does_not_mention_the_sdk_is_never_parsed(
    run: Run, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("other.py", HANDLER.replace("aws_durable_execution_sdk_python", "something_else"))

    def fail(*_):
        raise AssertionError("decoded")

    monkeypatch.setattr("durable_lint.texts.Source.decode", fail)
    assert run("check").code == 0


def test_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "durable_lint", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("durable-lint, version ")

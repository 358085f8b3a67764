"""Text to tree, or a reason; never a crash."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import libcst
import pytest

from durable_lint.findings import Position
from durable_lint.program.modules.parse import MAX_BRACKETS, UnreadableError, parse
from durable_lint.source import Source


def source(text: str) -> Source:
    return Source(Path("/x.py"), text)


def error_of(text: str) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        parse(source(text))
    return caught.value


@pytest.mark.parametrize(
    "text",
    ["", "x = 1", "x = 1\r\ny = 2\r\n", "match x:\n    case [1]: ...\n", "'\\d'\n"],
)
def test_round_trip(text: str) -> None:
    assert parse(source(text)).code == text


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("x = 1\ny = = 2\n", "syntax error: invalid syntax", (2, 5)),
        ("é = 'ü' +* 3\n", "syntax error: invalid syntax", (1, 10)),
        ("def f():\nx\n", "syntax error: expected an indented block", (2, 1)),
        ("x = (\n", "syntax error: '(' was never closed", (1, 5)),
        ("x = '\0'\n", "the file contains a null byte", (1, 6)),
        ("return\n" + "x = 1\n", "", (1, 1)),
    ],
)
def test_syntax_errors(text: str, message: str, place: tuple[int, int]) -> None:
    if not message:
        # Python refuses it when compiling, not when parsing: libcst's tree is as good as any.
        assert parse(source(text)).code == text
        return
    error = error_of(text)
    assert str(error).startswith(message)
    assert error.position == Position(*place)


def test_the_deepest_brackets_that_python_takes() -> None:
    depth = MAX_BRACKETS - 1
    text = f"x = {'[' * depth}{']' * depth}\n"
    compile(text, "x", "exec")
    assert parse(source(text)).code == text
    with pytest.raises(SyntaxError):
        compile(f"x = {'[' * (MAX_BRACKETS + 1)}{']' * (MAX_BRACKETS + 1)}\n", "x", "exec")


def test_too_many_brackets() -> None:
    error = error_of(f"y = 1\nx = {'(' * 3000}1{')' * 3000}\n")
    assert "more than 200 brackets are nested" in str(error)
    assert error.position == Position(2, 5 + MAX_BRACKETS)


def test_brackets_in_strings_and_comments_do_not_count() -> None:
    text = f"x = '{'(' * 300}'  # {'[' * 300}\ny = '''{'{' * 300}'''\n"
    assert parse(source(text)).code == text


DEEP = {
    "not": "x = " + "not " * 30_000 + "1\n",
    "minus": "x = " + "-" * 30_000 + "1\n",
    "attributes": "x = a" + ".b" * 30_000 + "\n",
    "calls": "x = a" + ".b()" * 30_000 + "\n",
    "sums": "x = " + "1+" * 30_000 + "1\n",
    "lambdas": "x = " + "lambda: " * 30_000 + "1\n",
    "elifs": "if a: pass\n" + "elif b: pass\n" * 30_000,
    "ternaries": "x = " + "1 if a else " * 30_000 + "1\n",
    "powers": "x = " + "**".join(["a"] * 30_000) + "\n",
}


@pytest.mark.parametrize("kind", DEEP)
def test_deep_nesting_is_refused_soon(kind: str) -> None:
    assert "nested too deeply" in str(error_of(DEEP[kind]))


def test_a_chain_that_python_takes_does_not_crash_the_parser() -> None:
    code = (
        "from pathlib import Path\n"
        "from durable_lint.deep import run_deep\n"
        "from durable_lint.program.modules.parse import parse\n"
        "from durable_lint.source import Source\n"
        "text = 'x = ' + ' and '.join(['a'] * 20_000)\n"
        "print(run_deep(lambda: type(parse(Source(Path('/x.py'), text))).__name__))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "Module\n")


def test_a_gap_of_the_parser_is_not_blamed_on_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> None:
        raise libcst.ParserSyntaxError("cannot\nparse", lines=["x"], raw_line=1, raw_column=2)

    monkeypatch.setattr(libcst, "parse_module", refuse)
    error = error_of("x = 1\n")
    assert str(error).startswith(
        "Python accepts this file, but the parser of durable-lint does not"
    )
    assert error.position == Position(1, 3)
    # Where Python refuses it as well, Python's own words are the better ones.
    assert str(error_of("x = = 1\n")).startswith("syntax error: ")

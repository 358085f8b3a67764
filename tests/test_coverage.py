"""What is said of how much was walked: the table, the sentence, and programs that are too large."""

from __future__ import annotations

import pytest

from durable_lint.program.running.interpreter import Interpreter
from tests.conftest import HANDLER, Run, Write

HEAD = "from aws_durable_execution_sdk_python import durable_execution, durable_step\n\n\n"
UNRESOLVED = (
    f"{HEAD}from lib import run\n\n\n@durable_step\ndef work(context):\n    return 1\n\n\n"
    "@durable_execution\ndef handler(event, context):\n    event['a']()\n    run(event['b'])\n"
    "    run(event['c'])\n    return context.step(work(), name='work')\n\n\n"
    "@durable_execution\ndef other(event, context):\n    return context.step(work(), name='x')\n"
)
LIB = "def run(function):\n    return [function(x) for x in (1, 2)]\n\n\ndef unused():\n    pass\n"


def test_a_table_of_what_was_walked(run: Run, write: Write) -> None:
    write("app/handler.py", UNRESOLVED)
    write("app/lib.py", LIB)
    write("app/none.py", f"{HEAD}x = 1\n")
    write("app/plain.py", "x = 1\n")
    outcome = run("check", "--show-coverage")
    assert outcome.code == 0
    assert outcome.out == (
        "entry-points  functions  operations  unresolved  file\n"
        "           2          3           2           1  app/handler.py\n"
        "           0          1           0           1  app/lib.py\n"
        "           0          0           0           0  app/none.py\n"
        "           2          4           2           2  total\n"
    )
    assert outcome.err == ""


def test_the_table_of_a_helper_counts_what_its_callers_walk(run: Run, write: Write) -> None:
    write("handler.py", UNRESOLVED)
    write("lib.py", LIB)
    row = "           0          1           0           1  "
    out = run("check", "--show-coverage", "lib.py").out
    assert out.splitlines()[1:] == [f"{row}lib.py", f"{row}total"]


def test_what_house_decorators_make_is_counted_where_they_stand(run: Run, write: Write) -> None:
    write(
        "house.py",
        f"{HEAD}def workflow(function):\n    @durable_execution\n    def wrapper(event, context):\n"
        "        return function(event, context)\n\n    return wrapper\n",
    )
    body = "(event, context: DurableContext):\n    context.step(lambda _: 1, name='work')\n\n\n"
    write(
        "handler.py",
        "from aws_durable_execution_sdk_python import DurableContext\n"
        "from house import workflow\n\n\n"
        + "".join(f"@workflow\ndef {name}{body}" for name in ("first", "second"))
        + f"def third{body}handlers = [workflow(third)]\n",
    )
    rows = run("check", "--show-coverage").out.splitlines()[1:]
    assert [row.split() for row in rows] == [
        ["3", "6", "3", "0", "handler.py"],
        ["0", "1", "0", "0", "house.py"],
        ["3", "7", "3", "0", "total"],
    ]


def test_the_table_has_no_opinion(run: Run, write: Write) -> None:
    write("handler.py", HANDLER)
    outcome = run("check", "--show-coverage", "--fail-on", "warning", "--fix")
    assert (outcome.code, outcome.err) == (0, "")
    assert "LDF101" not in outcome.out
    assert run("check", "--show-coverage", "missing.py").code == 2
    assert run("check", "--show-coverage", "--fix").out == outcome.out


def test_without_durable_functions_the_table_is_empty(run: Run, write: Write) -> None:
    write("plain.py", "x = 1\n")
    assert run("check", "--show-coverage").out.splitlines()[1:] == [
        "           0          0           0           0  total"
    ]


def test_verbose_says_what_was_walked(run: Run, write: Write) -> None:
    write("handler.py", UNRESOLVED)
    write("lib.py", LIB)
    assert "note: walked 2 entry points, 4 functions, 2 operations; 2 calls could not be" in (
        run("check", "-v").err
    )
    write("handler.py", HANDLER)
    said = "note: walked 1 entry point, 2 functions, 1 operation; every call could be resolved\n"
    assert said in run("check", "-v").err
    assert "walked" not in run("check").err


def test_what_was_mended_is_counted_once(run: Run, write: Write) -> None:
    write("handler.py", HANDLER)
    assert "walked 1 entry point, 3 functions, 2 operations" in run("check", "-v", "--fix").err


def test_gaps_are_shown_when_they_are_chosen(run: Run, write: Write) -> None:
    write("handler.py", UNRESOLVED)
    write("lib.py", LIB)
    for selector in ("LDF903", "coverage-gap"):
        outcome = run("check", "--select", selector)
        assert [line.split(": ")[0] for line in outcome.out.splitlines()] == [
            "handler.py:14:5",
            "lib.py:2:13",
        ]
        assert outcome.code == 0
    for arguments in ((), ("--select", "LDF"), ("--select", "ALL"), ("--select", "LDF9")):
        assert "LDF903" not in run("check", *arguments).out


@pytest.fixture
def too_large(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of a few functions, and an interpreter that stops after one of them."""
    monkeypatch.setattr(Interpreter.__init__, "__defaults__", (3,))
    write(
        "handler.py",
        f"{HEAD}import time\n\n\ndef one():\n    two()\n\n\ndef two():\n    time.time()\n\n\n"
        "@durable_execution\ndef handler(event, context):\n    one()\n"
        "    return context.step(lambda _: 1, name='one')\n",
    )


@pytest.mark.usefixtures("too_large")
def test_a_program_that_is_too_large_is_told_of(run: Run) -> None:
    outcome = run("check")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.splitlines()[0] == (
        "note: handler.py:8: the program is too large to be followed to its end; "
        "this call is the first that was not followed"
    )
    assert 'handler.py:8:5: LDF903 warning: "two" is not followed' in (
        run("check", "--select", "LDF903").out
    )
    assert "note: " not in run("check", "-q").err
    assert "handler.py:8: " in run("check", "--show-coverage").err


def test_entry_points_beyond_the_limit_are_told_of(run: Run, write: Write) -> None:
    many = "".join(
        f"@durable_execution\ndef handler_{number}(event, context):\n"
        f"    return context.step(lambda _: {number}, name='one')\n\n\n"
        for number in range(1_600)
    )
    write("handler.py", HEAD + many)
    outcome = run("check", "-v")
    assert "the program is too large to be followed to its end" in outcome.err
    assert "every call could be resolved" not in outcome.err

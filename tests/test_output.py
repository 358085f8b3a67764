"""The formats: each exactly as a reader or a program gets it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest

from durable_lint.findings import (
    Applicability,
    Edit,
    Finding,
    Fix,
    Hop,
    Position,
    Severity,
    Span,
)
from durable_lint.output import FORMATS, render
from durable_lint.output.summary import summary
from durable_lint.output.view import View, unified_diff
from durable_lint.source import Source

CWD = Path("/project")
TEXT = """\
def handler(event, context):
\tname = "名前", time.time(
    )  # \x1b[31m
    return name
"""
HELPER = "import time\n\ndef now():\n    return time.time()\n"
SOURCES = {
    CWD / "app" / "a.py": Source(CWD / "app" / "a.py", TEXT),
    Path("/lib/b.py"): Source(Path("/lib/b.py"), HELPER),
}


def span(row: int, column: int, end_row: int, end_column: int) -> Span:
    return Span(Position(row, column), Position(end_row, end_column))


START = TEXT.index("time.time(")
END = TEXT.index(")  #") + 1
ERROR = Finding(
    "LDF101",
    "wall-clock",
    'it reads "the clock"',
    CWD / "app" / "a.py",
    span(2, 15, 3, 6),
    Severity.ERROR,
    (
        Hop(CWD / "app" / "a.py", Position(2, 15), "handler", "calls now"),
        Hop(Path("/lib/b.py"), Position(4, 12), "now", "time.time reads the clock"),
    ),
    Fix("wrap it in a step", (Edit(START, END, "step()"),), Applicability.UNSAFE),
)
WARNING = Finding(
    "LDF601", "replayed-log", "it \x1b[2J prints", Path("/lib/b.py"), span(4, 5, 4, 11),
    Severity.WARNING,
)  # fmt: skip


def view(**options: bool) -> View:
    return View(CWD, SOURCES, **options)


def test_concise() -> None:
    assert render("concise", [ERROR, WARNING], view()) == (
        'app/a.py:2:15: LDF101 it reads "the clock"\n'
        "/lib/b.py:4:5: LDF601 warning: it \ufffd[2J prints\n"
    )
    lines = render("concise", [ERROR, WARNING], view(unsafe=True)).splitlines()
    assert lines[0].startswith("app/a.py:2:15: LDF101 [*] ")
    for line in lines:
        assert re.fullmatch(r"(?P<path>[^:]+):(\d+):(\d+): (LDF\d{3}) (.+)", line)


def test_full() -> None:
    assert render("full", [ERROR], view()) == (
        'LDF101 it reads "the clock"\n'
        "  --> app/a.py:2:15\n"
        "   |\n"
        ' 2 |     name = "名前", time.time(\n'
        "   |                    ^^^^^^^^^^\n"
        " 3 |     )  # \ufffd[31m\n"
        "   |     ^\n"
        "   |\n"
        "  route:\n"
        "    app/a.py:2:15: in handler: calls now\n"
        '        name = "名前", time.time(\n'
        "    /lib/b.py:4:12: in now: time.time reads the clock\n"
        "        return time.time()\n"
        "  unsafe fix: wrap it in a step\n"
        "    @@ -1,4 +1,3 @@\n"
        "     def handler(event, context):\n"
        '    -\tname = "名前", time.time(\n'
        "    -    )  # \ufffd[31m\n"
        '    +\tname = "名前", step()  # \ufffd[31m\n'
        "         return name\n"
        "\n"
    )


def test_full_of_a_warning_without_route_or_fix() -> None:
    assert render("full", [WARNING], view()) == (
        "LDF601 warning: it \ufffd[2J prints\n"
        "  --> /lib/b.py:4:5\n"
        "   |\n"
        " 4 |     return time.time()\n"
        "   |     ^^^^^^\n"
        "   |\n"
        "\n"
    )


def test_full_of_a_point_a_long_span_and_a_lost_file() -> None:
    path = CWD / "long.py"
    source = Source(path, "".join(f"row{row}\n" for row in range(1, 21)))
    shown = View(CWD, {path: source})

    def excerpt(where: Span) -> list[str]:
        finding = Finding("LDF900", "unreadable", "x", path, where)
        return render("full", [finding], shown).splitlines()[2:-1]

    assert excerpt(span(20, 5, 20, 5)) == ["    |", " 20 | row20", "    |     ^", "    |"]
    rows = excerpt(span(1, 1, 20, 3))
    assert [line for line in rows if "row" in line] == [
        "  1 | row1", "  2 | row2", "  3 | row3", " 20 | row20",
    ]  # fmt: skip
    assert " ..." in rows
    lost = Finding("LDF900", "unreadable", "x", CWD / "lost.py", span(1, 1, 1, 1))
    assert render("full", [lost], shown) == "LDF900 x\n  --> lost.py:1:1\n\n"


POSITION = {
    "type": "object",
    "properties": {"row": {"type": "integer"}, "column": {"type": "integer"}},
    "required": ["row", "column"],
    "additionalProperties": False,
}


def strict(**properties: object) -> dict[str, object]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


TEXT_TYPE, NUMBER = {"type": "string"}, {"type": "integer"}
SCHEMA = {
    "type": "array",
    "items": strict(
        code=TEXT_TYPE,
        name=TEXT_TYPE,
        severity={"enum": ["error", "warning"]},
        message=TEXT_TYPE,
        filename=TEXT_TYPE,
        location=POSITION,
        end_location=POSITION,
        route={
            "type": "array",
            "items": strict(
                filename=TEXT_TYPE, row=NUMBER, column=NUMBER, function=TEXT_TYPE, message=TEXT_TYPE
            ),
        },
        fix={
            "anyOf": [
                {"type": "null"},
                strict(
                    applicability={"enum": ["safe", "unsafe", "display"]},
                    message=TEXT_TYPE,
                    edits={
                        "type": "array",
                        "items": strict(
                            start=NUMBER,
                            end=NUMBER,
                            location=POSITION,
                            end_location=POSITION,
                            content=TEXT_TYPE,
                        ),
                    },
                ),
            ]
        },
    ),
}


def test_json() -> None:
    found = json.loads(render("json", [ERROR, WARNING], view()))
    jsonschema.validate(found, SCHEMA)
    first, second = found
    assert first["filename"] == "app/a.py"
    assert first["location"] == {"row": 2, "column": 15}
    assert first["end_location"] == {"row": 3, "column": 6}
    assert [hop["function"] for hop in first["route"]] == ["handler", "now"]
    (edit,) = first["fix"]["edits"]
    assert TEXT[edit["start"] : edit["end"]].startswith("time.time(")
    assert edit["location"] == first["location"]
    assert edit["end_location"] == first["end_location"]
    assert second["fix"] is None
    assert second["severity"] == "warning"


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found(name: str) -> None:
    assert render(name, [], view()).strip() in ("", "[]")


def test_colours_add_nothing_but_colours() -> None:
    plain = render("full", [ERROR, WARNING], view())
    coloured = render("full", [ERROR, WARNING], view(colour=True))
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def with_fix(finding: Finding, applicability: Applicability) -> Finding:
    from dataclasses import replace

    return replace(finding, fix=Fix("mend", (), applicability))


def test_summary() -> None:
    safe = with_fix(ERROR, Applicability.SAFE)
    shown = with_fix(ERROR, Applicability.DISPLAY)
    assert summary([], files=1, fixed=0, unsafe=False) == "No findings in 1 file."
    assert summary([], files=2, fixed=3, unsafe=False) == "Fixed 3 findings."
    assert summary([shown], files=1, fixed=0, unsafe=False) == "Found 1 error."
    assert summary([safe, safe, ERROR, WARNING], files=1, fixed=0, unsafe=False) == (
        "Found 3 errors, 1 warning. 2 fixable with --fix, 1 more with --unsafe-fixes."
    )
    assert summary([safe, ERROR], files=1, fixed=1, unsafe=True) == (
        "Fixed 1 finding. 2 errors left. 2 fixable with --fix --unsafe-fixes."
    )
    assert summary([shown], files=1, fixed=2, unsafe=False, dry=True) == (
        "Would fix 2 findings. 1 error left."
    )
    assert summary([ERROR], files=1, fixed=0, unsafe=False) == (
        "Found 1 error. 1 fixable with --fix --unsafe-fixes."
    )


def test_diff_without_a_last_newline() -> None:
    assert unified_diff("a\nb", "a\nc", "x.py") == (
        "--- x.py\n+++ x.py\n@@ -1,2 +1,2 @@\n a\n"
        "-b\n\\ No newline at end of file\n+c\n\\ No newline at end of file\n"
    )

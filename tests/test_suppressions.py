"""Comments that silence findings, and how far each reaches."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durable_lint.source import Source
from durable_lint.suppressions import Kind, Suppressions


def read(text: str) -> Suppressions:
    return Suppressions.of(Source(Path("/x.py"), text))


def silenced(text: str, code: str = "LDF101", name: str = "wall-clock") -> set[int]:
    """Return the rows with code at which the rule is silenced."""
    found = read(text)
    rows = [row for row, line in enumerate(text.splitlines(), 1) if not blank(line)]
    return {row for row in rows if found.match(code, name, row) is not None}


def blank(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


@pytest.mark.parametrize(
    ("comment", "fits"),
    [
        ("# durable-lint: ignore[LDF101]", True),
        ("# durable-lint: ignore[ldf101]", True),
        ("# durable-lint: ignore[LDF102, LDF101] it is pinned", True),
        ("# durable-lint: ignore[wall-clock]", True),
        ("# durable-lint: ignore[LDF1]", True),
        ("# durable-lint: ignore", True),
        ("# durable-lint: ignore because of the tests", True),
        ("#durable-lint:ignore [LDF101]", True),
        ("# type: ignore # durable-lint: ignore[LDF101]", True),
        ("# durable-lint: ignore[LDF102]", False),
        ("# durable-lint: ignore[]", False),
        ("# durable-lint: ignore[LDF101", False),
        ("# durable-lint: ignored", False),
        ("# durable-lint: ignore-me", False),
        ("# see durable-lint: ignore", False),
        ("# noqa", True),
        ("# NOQA", True),
        ("# noqa:LDF101", True),
        ("# noqa: E501, LDF101", True),
        ("# noqa: E501 LDF101", True),
        ("# noqa: ldf1", True),
        ("# noqa : LDF101", True),
        ("# noqa: E501", False),
        ("# noqa: why not", False),
        ("# noqas", False),
        ("# noqa: E501  # durable-lint: ignore[LDF101]", True),
        ("x", False),
    ],
)
def test_what_a_comment_silences(comment: str, fits: bool) -> None:
    assert silenced(f"x = 1  {comment}\n") == ({1} if fits else set())


STATEMENT = """\
before = 0
total = add(
    1,
    2,  # durable-lint: ignore[LDF101]
)
after = 0
"""

ABOVE = """\
before = 0
# durable-lint: ignore[LDF101] the runner pins it
# and here is more to say
total = add(
    1,
)
after = 0
"""

APART = """\
# durable-lint: ignore[LDF101]

total = 1
"""

COMPOUND = """\
def outer():
    with (
        opened() as a,  # durable-lint: ignore[LDF101]
    ):
        inside = 1
    after = 1
"""

DECORATED = """\
@first
@second(
    1,
)
def work(  # durable-lint: ignore[LDF101]
    a,
): ...
after = 0
"""

ABOVE_DECORATORS = """\
# durable-lint: ignore[LDF101]
@first
class A(B):
    x = 1
"""

TEXT = '''\
x = "# durable-lint: ignore[LDF101]"
y = """
# durable-lint: ignore[LDF101]
"""
'''

MULTI_LINE_TEXT = '''\
y = f("""
text
""")  # durable-lint: ignore[LDF101]
z = 1
'''

NOQA_ABOVE = """\
# noqa: LDF101
total = 1
"""

MATRIX = """\
a = b @ c  # durable-lint: ignore[LDF101]
d = 1
"""

LAST = "x = 1  # durable-lint: ignore[LDF101]"

BROKEN = """\
x = 1  # durable-lint: ignore[LDF101]
y = (
"""


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (STATEMENT, {2, 3, 4, 5}),
        (ABOVE, {4, 5, 6}),
        (APART, set()),
        (COMPOUND, {2, 3, 4}),
        (DECORATED, {1, 2, 3, 4, 5, 6, 7}),
        (ABOVE_DECORATORS, {2, 3}),
        (TEXT, set()),
        (MULTI_LINE_TEXT, {1, 2, 3}),
        (NOQA_ABOVE, set()),
        (MATRIX, {1}),
        (LAST, {1}),
        (BROKEN, {1}),
    ],
)
def test_scope(text: str, rows: set[int]) -> None:
    assert silenced(text) == rows


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_newline(newline: str) -> None:
    found = read(STATEMENT.replace("\n", newline))
    assert [row for row in range(1, 7) if found.match("LDF101", "wall-clock", row)] == [2, 3, 4, 5]


def test_whole_file() -> None:
    text = "# durable-lint: file-ignore[LDF101]\nx = 1\n\n\ny = 1\n"
    assert silenced(text) == {2, 5}
    assert silenced(text, "LDF102", "randomness") == set()


def test_what_was_used_is_remembered() -> None:
    found = read("x = 1  # durable-lint: ignore[LDF101, randomness]  # noqa: E501\n")
    ours, noqa = found.comments
    assert [code for code, _ in ours.codes or ()] == ["LDF101", "randomness"]
    assert found.match("LDF101", "wall-clock", 1) is ours
    assert ours.used == {"LDF101"}
    assert noqa.kind is Kind.NOQA
    assert not noqa.used


def test_places_of_comments_and_codes() -> None:
    text = "é = '名'  # durable-lint: ignore[ LDF101 , wall-clock] why\n"
    source = Source(Path("/x.py"), text)
    (comment,) = Suppressions.of(source).comments
    assert source.segment(comment.span) == "# durable-lint: ignore[ LDF101 , wall-clock]"
    assert [source.segment(span) for _, span in comment.codes or ()] == ["LDF101", "wall-clock"]


SIMPLE = st.sampled_from(["x = 1", "call(\n    1,\n)", 'y = """\n\n"""', "pass; z = 2"])


@given(st.lists(SIMPLE, min_size=1, max_size=6), st.data())
def test_a_comment_silences_its_statement_and_no_other(
    statements: list[str], data: st.DataObject
) -> None:
    chosen = data.draw(st.integers(0, len(statements) - 1))
    above = data.draw(st.booleans())
    comment = "# durable-lint: ignore[LDF101]"
    marked = [
        statement
        if index != chosen
        else f"{comment}\n{statement}"
        if above
        else f"{statement}  {comment}"
        for index, statement in enumerate(statements)
    ]
    first = sum(text.count("\n") + 1 for text in marked[:chosen]) + 1 + above
    lines = enumerate(statements[chosen].split("\n"), first)
    assert silenced("\n".join(marked)) == {row for row, line in lines if not blank(line)}


@given(st.text())
def test_no_text_is_too_much(text: str) -> None:
    assert isinstance(read(f"{text}# durable-lint: ignore"), Suppressions)

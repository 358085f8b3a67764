"""Edits put together, and files written in one stroke."""

from __future__ import annotations

import stat
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.apply import apply, wanted, write
from durable_lint.source import Source


def fix(*edits: tuple[int, int, str]) -> Fix:
    return Fix("mend", tuple(Edit(*edit) for edit in edits), Applicability.SAFE)


def test_edits_are_made_at_their_places() -> None:
    applied = apply("abcdef", [fix((4, 5, "E")), fix((0, 1, "A"), (2, 2, "-"))])
    assert applied.text == "Ab-cdEf"
    assert len(applied.fixes) == 2


def test_the_outer_of_two_wins() -> None:
    inner, outer = fix((2, 3, "x")), fix((1, 5, "(bcde)"))
    assert apply("abcdef", [inner, outer]) == apply("abcdef", [outer, inner])
    assert apply("abcdef", [inner, outer]).fixes == (outer,)
    assert apply("abcdef", [inner, outer]).text == "a(bcde)f"


def test_a_common_import_is_added_once() -> None:
    first = fix((0, 0, "import x\n"), (1, 2, "B"))
    second = fix((0, 0, "import x\n"), (4, 5, "E"))
    assert apply("abcdef", [first, second]).text == "import x\naBcdEf"


def test_two_insertions_at_one_place_wait_for_each_other() -> None:
    assert len(apply("ab", [fix((1, 1, "x")), fix((1, 1, "y"))]).fixes) == 1


def test_neighbours_do_not_clash() -> None:
    assert apply("abcd", [fix((0, 2, "x")), fix((2, 4, "y"))]).text == "xy"


def test_nothing_of_a_fix_that_has_to_wait_is_applied() -> None:
    half = fix((0, 1, "A"), (3, 4, "D"))
    assert apply("abcdef", [half, fix((2, 6, "rest"))]).text == "abrest"


def test_newlines_of_the_file() -> None:
    assert apply("a\r\nb", [fix((0, 0, "x\n"))], newline="\r\n").text == "x\r\na\r\nb"


@pytest.mark.parametrize(
    ("applicability", "plain", "unsafe"),
    [
        (Applicability.SAFE, True, True),
        (Applicability.UNSAFE, False, True),
        (Applicability.DISPLAY, False, False),
    ],
)
def test_what_is_applied(applicability: Applicability, plain: bool, unsafe: bool) -> None:
    some = Fix("mend", (Edit(0, 1, ""),), applicability)
    assert wanted(some, unsafe=False) is plain
    assert wanted(some, unsafe=True) is unsafe


TEXT = "0123456789abcdefghijklmnopqrstuv"
EDIT = st.builds(
    lambda start, length, text: Edit(start, min(start + length, len(TEXT)), text),
    st.integers(0, len(TEXT)),
    st.integers(0, 12),
    st.text("XYZ\n", max_size=4),
)


def is_sane(edits: list[Edit]) -> bool:
    """Whether the edits of one fix leave each other alone."""
    ordered = sorted(edits)
    return all(one.end < other.start for one, other in pairwise(ordered))


FIX = st.builds(
    lambda edits: Fix("mend", tuple(edits), Applicability.SAFE),
    st.lists(EDIT, min_size=1, max_size=3).filter(is_sane),
)


@given(st.lists(FIX, max_size=8))
def test_taken_fixes_are_whole_and_do_not_touch_each_other(fixes: list[Fix]) -> None:
    applied = apply(TEXT, fixes)
    edits = sorted({edit for taken in applied.fixes for edit in taken.edits})
    assert all(one.end <= other.start for one, other in pairwise(edits))
    # Every character that no edit covers is still there, in order, between the new texts.
    expected, place = "", 0
    for edit in edits:
        expected += TEXT[place : edit.start] + edit.text
        place = edit.end
    assert applied.text == expected + TEXT[place:]
    assert set(applied.fixes) <= set(fixes)
    assert bool(applied.fixes) == bool(fixes)


@given(st.lists(FIX, max_size=6), st.randoms())
def test_the_order_of_the_fixes_does_not_matter(fixes: list[Fix], random: object) -> None:
    shuffled = list(fixes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert apply(TEXT, fixes).text == apply(TEXT, shuffled).text


def decoded(path: Path) -> Source:
    return Source.decode(path, path.read_bytes())


def test_encoding_mark_and_newlines_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"\xef\xbb\xbf" + "x = 'é'\r\n".encode())
    write(decoded(path), "y = 'é'\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbf" + "y = 'é'\r\n".encode()
    path.write_bytes("# coding: latin-1\nx = 'é'\n".encode("latin-1"))
    write(decoded(path), "# coding: latin-1\ny = 'é'\n")
    assert path.read_bytes() == "# coding: latin-1\ny = 'é'\n".encode("latin-1")


def test_what_the_encoding_lacks_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"# coding: ascii\n")
    with pytest.raises(UnicodeEncodeError):
        write(decoded(path), "# coding: ascii\né\n")
    assert path.read_bytes() == b"# coding: ascii\n"
    assert list(tmp_path.iterdir()) == [path]


def test_permissions_and_links_are_kept(tmp_path: Path) -> None:
    real, link = tmp_path / "real.py", tmp_path / "link.py"
    real.write_text("x\n")
    real.chmod(0o750)
    link.symlink_to(real)
    write(decoded(link), "y\n")
    assert link.is_symlink()
    assert real.read_text() == "y\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o750


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")
    before = decoded(path)
    path.write_text("saved by an editor\n")
    with pytest.raises(OSError, match="changed"):
        write(before, "y\n")
    assert path.read_text() == "saved by an editor\n"


def test_nothing_is_left_behind_when_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.py"
    path.write_text("x\n")

    def fail(self: Path, target: Path) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        write(decoded(path), "y\n")
    assert path.read_text() == "x\n"
    assert list(tmp_path.iterdir()) == [path]

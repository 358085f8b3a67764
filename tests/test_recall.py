"""Calls in replayed code are found, the same calls in step bodies are not; see `recall/`.

`python -m tests.recall` tries every combination, which takes minutes.
"""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

from tests.recall.batches import some_spellings
from tests.recall.effects import EFFECTS
from tests.recall.judge import judge, judge_names
from tests.recall.names import all_rows
from tests.recall.templates import fill, positions, roles


def test_every_role_in_every_spelling(tmp_path: Path) -> None:
    programs = [fill(role, effect) for role in roles() for effect in EFFECTS[:2]]
    wrong = judge(programs, tmp_path)
    assert not wrong, "\n".join(wrong)


def test_every_position_in_every_body(tmp_path: Path) -> None:
    programs = [fill(place, effect) for place, effect in zip(positions(), cycle(EFFECTS))]
    wrong = judge(programs, tmp_path)
    assert not wrong, "\n".join(wrong)


def test_every_row_of_the_names_tables(tmp_path: Path) -> None:
    wrong = judge_names(some_spellings(all_rows()), tmp_path)
    assert not wrong, "\n".join(wrong)

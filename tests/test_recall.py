"""A clock is found in replayed code in every role and position, and never in a step body."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from tests.recall.effects import PLAIN
from tests.recall.judge import judge
from tests.recall.templates import fill, positions, roles


def test_every_role_in_every_spelling(tmp_path: Path) -> None:
    assert judge([fill(template, PLAIN) for template in roles()], tmp_path) == []


def test_positions(tmp_path: Path) -> None:
    assert judge([fill(template, PLAIN) for template in islice(positions(), 300)], tmp_path) == []

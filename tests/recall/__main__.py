"""Tries every combination of the matrix and says what was judged wrongly."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.recall.batches import all_spellings
from tests.recall.effects import EFFECTS
from tests.recall.judge import judge, judge_names
from tests.recall.names import all_rows
from tests.recall.templates import fill, positions, roles


def main() -> int:
    """Judge everything; return 1 where something was missed or imagined."""
    templates = [*roles(), *positions()]
    programs = [fill(template, effect) for template in templates for effect in EFFECTS]
    spelled = list(all_spellings(all_rows()))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        wrong = [*judge(programs, Path(one)), *judge_names(spelled, Path(two))]
    total = len(programs) + len(spelled)
    lines = [*wrong, f"{total} combinations, {len(wrong)} judged wrongly"]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())

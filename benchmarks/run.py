"""How long durable-lint takes, as ratios against what else one could run on the same tree.

`python -m benchmarks.run` prints the median of each ratio over paired runs. Peers that are not
installed are left out.
"""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import trees

ROUNDS = 7

_READ = (
    "import pathlib, sys\nfor path in pathlib.Path(sys.argv[1]).rglob('*.py'): path.read_bytes()\n"
)
_PARSE = (
    "import pathlib, sys, libcst\n"
    "for path in pathlib.Path(sys.argv[1]).rglob('*.py'): libcst.parse_module(path.read_bytes())\n"
)


@dataclass(frozen=True)
class Comparison:
    """Two commands on one tree: ours, and what it is measured against."""

    name: str
    ours: Sequence[str]
    other: Sequence[str]

    def ratio(self) -> tuple[float, float]:
        """Return the median of ours/other, and of ours in seconds, over paired runs."""
        _time(self.ours), _time(self.other)
        pairs = [(_time(self.ours), _time(self.other)) for _ in range(ROUNDS)]
        ratios = [ours / other for ours, other in pairs]
        return statistics.median(ratios), statistics.median(ours for ours, _ in pairs)


def _time(command: Sequence[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def _comparisons(folder: Path) -> list[Comparison]:
    plain = str(trees.plain(folder / "plain", 5_000))
    durable = str(trees.handlers(folder / "durable", 100))
    lint = [sys.executable, "-m", "durable_lint", "check", "--isolated"]
    python = [sys.executable, "-c"]
    found = [
        Comparison(
            "start-up: --version / an empty Python", [*lint[:3], "--version"], [*python, ""]
        ),
        Comparison("5,000 plain modules / reading them", [*lint, plain], [*python, _READ, plain]),
        Comparison(
            "200 durable modules / parsing them", [*lint, durable], [*python, _PARSE, durable]
        ),
    ]
    here = str(Path(sys.executable).parent)
    rival = shutil.which("replayguard", path=here) or shutil.which("replayguard")
    if rival is not None:
        found += [
            Comparison(
                "200 durable modules / replayguard", [*lint, durable], [rival, "check", durable]
            ),
            Comparison(
                "5,000 plain modules / replayguard", [*lint, plain], [rival, "check", plain]
            ),
        ]
    return found


def main() -> None:
    """Print each comparison's ratio and our own seconds."""
    with tempfile.TemporaryDirectory() as folder:
        for comparison in _comparisons(Path(folder)):
            ratio, seconds = comparison.ratio()
            print(f"{comparison.name:<45} {ratio:6.2f}   ({seconds:.2f} s)")


if __name__ == "__main__":
    main()

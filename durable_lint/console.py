"""Standard streams: colours or not, and text that no terminal's encoding can refuse."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TextIO

from durable_lint.output.view import printable, shown
from durable_lint.problems import Problem

_COLOURS = {"error": "31", "note": "36"}


def tolerant_streams() -> None:
    """Let standard streams write what their encoding lacks as escapes; nothing if closed."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 - it stays open to the end
    if sys.stderr is None:
        sys.stderr = sys.stdout
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Tell whether to colour what goes to `stream`, by --color (auto, always, never) and NO_COLOR.

    NO_COLOR and FORCE_COLOR count when they are set and not empty.
    """
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or stream.isatty()


def complain(problem: Problem, colour: str, kind: str = "error") -> None:
    """Print a problem on standard error, as an `error` or a `note`: `error: path:row: message`."""
    place = ""
    if problem.path is not None:
        place = (
            f"{shown(problem.path, Path.cwd())}:{problem.row or ''}{': ' if problem.row else ' '}"
        )
    say(kind, f"{place}{printable(problem.message)}", colour)


def say(kind: str, text: str, colour: str) -> None:
    """Print a line on standard error that begins with its kind (`error` or `note`)."""
    if wants_colour(colour, sys.stderr):
        kind = f"\033[1;{_COLOURS[kind]}m{kind}\033[0m"
    print(f"{kind}: {text}", file=sys.stderr)

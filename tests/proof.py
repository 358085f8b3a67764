"""Runs the examples of the rule pages on the real SDK's local runner and judges the symptom.

`python -m tests.proof rules/LDF101-wall-clock.md ...` shows what each example of a page does.
"""

from __future__ import annotations

import logging
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.local_run import Observation, observe

if TYPE_CHECKING:
    from collections.abc import Mapping

TERMINAL = frozenset({"SUCCEEDED", "FAILED", "CANCELLED", "TIMED_OUT", "STOPPED"})
SYMPTOMS = frozenset({"fails", "repeats", "loses", "diverges", "skips", "never-runs", "none"})

_MAIN = "handler.py"
_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_MARKER = re.compile(r"[ ]*# (?:error|warning): \d+ \[[\w-]+\].*$", re.MULTILINE)


@dataclass(frozen=True)
class Example:
    """One runnable example of a page: its `kind` (bad, fixed, good) and its files."""

    kind: str
    row: int
    files: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """What the proof needs of a rule page: the toml keys and the Python examples."""

    path: Path
    meta: Mapping[str, Any]
    examples: tuple[Example, ...]

    @property
    def proof(self) -> Mapping[str, Any] | None:
        """The page's [proof] table, None where it has none."""
        return self.meta.get("proof")


def read_page(path: Path) -> Page:
    """Return the page at `path` with its examples, markers stripped."""
    text = path.read_text(encoding="utf-8")
    meta: Mapping[str, Any] = {}
    examples: list[Example] = []
    beside: dict[str, str] = {}
    for block in _BLOCK.finditer(text):
        language, info, body = block.groups()
        if language == "toml" and not meta:
            meta = tomllib.loads(body)
        if language != "python" or not info.strip():
            continue
        kind, *options = info.split()
        code = _MARKER.sub("", body)
        if options:
            beside[options[0].removeprefix("file=")] = code
            continue
        row = text.count("\n", 0, block.start()) + 1
        examples.append(Example(kind, row, {**beside, _MAIN: code}))
        beside = {}
    return Page(path, meta, tuple(examples))


def shows(symptom: str, observation: Observation, proof: Mapping[str, Any]) -> bool:
    """Return whether the execution shows the defect that `symptom` names."""
    succeeded = observation.status == "SUCCEEDED"
    match symptom:
        case "fails":
            return observation.status == "FAILED"
        case "repeats":
            return observation.probes > 1
        case "loses":
            return succeeded and observation.result != proof["result"]
        case "diverges":
            error = observation.error or ""
            saved = [item.result for item in observation.operations if item.kind == "STEP"]
            return error.startswith("NonDeterministicExecutionError") or (
                succeeded and bool(saved) and observation.result != saved[0]
            )
        case "skips":
            return succeeded and any(item.status not in TERMINAL for item in observation.operations)
        case "never-runs":
            return succeeded and observation.probes == 0
    raise ValueError(f"unknown symptom {symptom!r}")


def complaint(kind: str, observation: Observation, proof: Mapping[str, Any]) -> str | None:
    """Return why an example of this kind (bad, fixed, good) does not do what its page says.

    None means that it does: bad ones show the symptom, fixed and good ones succeed without it,
    with the page's `result` where it gives one.
    """
    symptom = proof["symptom"]
    shown = shows(symptom, observation, proof)
    if kind == "bad":
        return None if shown else f"the bad example does not show {symptom!r}"
    if shown:
        return f"the {kind} example shows {symptom!r}"
    if observation.status != "SUCCEEDED":
        return f"the {kind} example ends {observation.status}"
    if symptom == "repeats" and kind == "fixed" and observation.probes != 1:
        return f"the probe ran {observation.probes} times in the fixed example, not once"
    if observation.invocations < 2 and symptom in {"repeats", "diverges"}:
        return f"the {kind} example is never replayed: it needs a wait"
    if "result" in proof and observation.result != proof["result"]:
        return f"the {kind} example returns {observation.result!r}, not {proof['result']!r}"
    return None


def main(arguments: list[str]) -> int:
    """Show what the examples of the given pages do; return 1 where one belies its page."""
    logging.disable(logging.CRITICAL)
    wrong = 0
    for name in arguments:
        page = read_page(Path(name))
        proof = page.proof
        if proof is None or proof["symptom"] == "none":
            sys.stdout.write(f"{name}: nothing to run\n")
            continue
        for example in page.examples:
            observation = observe(example.files, proof)
            reason = complaint(example.kind, observation, proof)
            wrong += reason is not None
            judgement = f"{name}:{example.row}: {example.kind}: {reason or 'as declared'}"
            sys.stdout.write("\n    ".join([judgement, *_lines(observation)]) + "\n")
    return 1 if wrong else 0


def _lines(observation: Observation) -> list[str]:
    return [
        (
            f"{observation.status} result={observation.result!r} error={observation.error!r}"
            f" invocations={observation.invocations} probes={observation.probes}"
        ),
        *(
            f"{item.kind} {item.name!r} {item.status} {item.result!r}"
            for item in observation.operations
        ),
    ]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

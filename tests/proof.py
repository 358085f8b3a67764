"""Runs the examples of the rule pages on the real SDK's local runner and judges the symptom.

`python -m tests.proof rules/LDF101-wall-clock.md ...` shows what each example of a page does.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from durable_lint.catalogue import read_page
from tests.local_run import Observation, observe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from durable_lint.catalogue import Rule

TERMINAL = frozenset({"SUCCEEDED", "FAILED", "CANCELLED", "TIMED_OUT", "STOPPED"})
SYMPTOMS = frozenset({"fails", "repeats", "loses", "diverges", "skips", "never-runs", "none"})

_MAIN = "handler.py"


@dataclass(frozen=True)
class Runnable:
    """An example of a page that can be run: its `kind` (bad, fixed, good) and all its files."""

    kind: str
    row: int
    files: Mapping[str, str]


def runnables(rule: Rule) -> Iterator[Runnable]:
    """Yield the Python examples of a rule page, each with the modules beside its handler."""
    beside: dict[str, str] = {}
    group = None
    for example in rule.examples:
        if example.group != group:
            group, beside = example.group, {}
        if example.file is not None:
            beside[example.file] = example.code
        elif example.language == "python":
            yield Runnable(example.kind, example.row, {**beside, _MAIN: example.code})


def is_run(rule: Rule) -> bool:
    """Tell whether a rule is proven by running its examples."""
    return str(rule.proof.get("symptom", "none")) != "none"


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
    with the page's `result` where it gives one. `runs` in the proof is how often the probe of
    `repeats` runs in a fixed example, 1 unless it says otherwise.
    """
    symptom = proof["symptom"]
    shown = shows(symptom, observation, proof)
    if kind == "bad":
        return None if shown else f"the bad example does not show {symptom!r}"
    if shown:
        return f"the {kind} example shows {symptom!r}"
    if observation.status != "SUCCEEDED":
        return f"the {kind} example ends {observation.status}"
    runs = proof.get("runs", 1)
    if symptom == "repeats" and kind == "fixed" and observation.probes != runs:
        return f"the probe ran {observation.probes} times in the fixed example, not {runs}"
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
        rule = read_page(Path(name))
        if not is_run(rule):
            sys.stdout.write(f"{name}: nothing to run\n")
            continue
        for example in runnables(rule):
            observation = observe(example.files, rule.proof)
            reason = complaint(example.kind, observation, rule.proof)
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

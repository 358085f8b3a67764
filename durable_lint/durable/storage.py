"""What the rule pages say, in `[tables.results]`, of the values that calls of libraries give."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from durable_lint.catalogue import Rule
from durable_lint.durable.paths import PathTable


class Result(StrEnum):
    """Whether the SDK's serialiser takes the value at a path."""

    STORED = "stored"
    REFUSED = "refused"
    IN_PROCESS = "in-process"
    """The call acts on the process it runs in, which a step does not do again on replay."""


def results_table(rules: Iterable[Rule]) -> PathTable[Result]:
    """Return what all pages say, by path."""
    return PathTable(
        (pattern, Result(verdict))
        for rule in rules
        for verdict, patterns in rule.tables.get("results", {}).items()
        for pattern in patterns
    )

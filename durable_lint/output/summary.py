"""The sentence after a run: how much was found, mended, and could be mended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from durable_lint.findings import Applicability, Finding, Severity

PUBLISH = (
    "operations were added or renamed: publish a new version for this code, and do not put it "
    "where executions in flight run on $LATEST"
)


def summary(
    findings: Sequence[Finding],
    *,
    files: int,
    fixed: int,
    unsafe: bool,
    dry: bool = False,
    selected: Collection[Path] | None = None,
) -> str:
    """Return the summary of the `findings` that are left, after `fixed` were mended.

    `unsafe` says that unsafe fixes were allowed already, `dry` that nothing was written; `selected`
    are the files that may be mended, None for all.
    """
    done = f"{'Would fix' if dry else 'Fixed'} {count(fixed, 'finding')}. " if fixed else ""
    if not findings:
        return done.rstrip() if fixed else f"No findings in {count(files, 'file')}."
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    counts = [
        count(number, word)
        for number, word in ((errors, "error"), (len(findings) - errors, "warning"))
        if number
    ]
    found = f"{', '.join(counts)} left" if fixed else f"Found {', '.join(counts)}"
    mendable = [each for each in findings if selected is None or each.path in selected]
    return f"{done}{found}.{_offer(mendable, unsafe=unsafe)}"


def _offer(findings: Sequence[Finding], *, unsafe: bool) -> str:
    kinds = [finding.fix.applicability for finding in findings if finding.fix is not None]
    safe = kinds.count(Applicability.SAFE)
    risky = kinds.count(Applicability.UNSAFE)
    if unsafe:
        return f" {safe + risky} fixable with --fix --unsafe-fixes." if safe + risky else ""
    if safe and risky:
        return f" {safe} fixable with --fix, {risky} more with --unsafe-fixes."
    if safe:
        return f" {safe} fixable with --fix."
    return f" {risky} fixable with --fix --unsafe-fixes." if risky else ""


def count(number: int, word: str) -> str:
    """Return a number of things, in the singular or with an s."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"

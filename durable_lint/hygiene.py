"""LDF901: our own comments that silence nothing, or name a rule that does not exist."""

from __future__ import annotations

import re
from collections.abc import Iterator

from durable_lint.catalogue import Catalogue, UnknownRuleError
from durable_lint.findings import Applicability, Edit, Finding, Fix, Span
from durable_lint.source import Source
from durable_lint.suppressions import Kind, Suppression, Suppressions

CODE = "LDF901"
_OURS = re.compile(r"LDF[0-9]*", re.IGNORECASE)


def unused_suppressions(
    source: Source, suppressions: Suppressions, rules: Catalogue, on: frozenset[str]
) -> Iterator[Finding]:
    """Yield a finding for each code, or whole comment, that silenced nothing in this run.

    Only rules that are `on` are judged. Ask when every finding of the file was matched.
    """
    for comment in suppressions.comments:
        if comment.codes is None:
            everything = {code for code in rules.codes if rules.rule(code).default} <= on
            if comment.kind is not Kind.NOQA and everything and not comment.used:
                fix = _fix(source, comment, set())
                yield _finding(source, rules, comment.span, "this comment silences nothing", fix)
            continue
        reasons = {
            written: reason
            for written, _ in comment.codes
            if (reason := _reason(comment, written, rules, on)) is not None
        }
        kept = {written for written, _ in comment.codes} - reasons.keys()
        for written, span in comment.codes:
            if written in reasons:
                fix = _fix(source, comment, kept)
                yield _finding(source, rules, span, reasons[written], fix)


def _reason(comment: Suppression, written: str, rules: Catalogue, on: frozenset[str]) -> str | None:
    """Return why a listed code is not needed, None where it is, or where nobody can tell."""
    if comment.kind is Kind.NOQA and not _OURS.fullmatch(written):
        return None
    if written in comment.used:
        return None
    try:
        meant = rules.expand(written)
    except UnknownRuleError:
        return f'"{written}" is no rule of durable-lint'
    return f'"{written}" silences nothing here' if set(meant) & on else None


def _finding(source: Source, rules: Catalogue, span: Span, message: str, fix: Fix) -> Finding:
    return Finding(CODE, rules.names[CODE], message, source.path, span, fix=fix)


def _fix(source: Source, comment: Suppression, kept: set[str]) -> Fix:
    """Return the fix that leaves the codes in `kept`; without any, the comment goes."""
    codes = comment.codes or ()
    if kept:
        left = ", ".join(written for written, _ in codes if written in kept)
        start, end = source.offset(codes[0][1].start), source.offset(codes[-1][1].end)
        return Fix("remove what is not needed", (Edit(start, end, left),), Applicability.SAFE)
    start = source.offset(comment.span.start)
    line = source.line(comment.span.start.row)
    rest = line[comment.span.end.column - 1 :]
    # Another comment on the line stays; a reason belongs to the comment that it follows.
    following = rest.find("#")
    end = source.offset(comment.span.end) + (following if following >= 0 else len(rest))
    before = line[: comment.span.start.column - 1]
    if following < 0:
        start -= len(before) - len(before.rstrip())
    if not before.strip() and following < 0:
        newline = re.compile(r"\r\n?|\n").match(source.text, end)
        start = source.offset(comment.span.start) - len(before)
        end = newline.end() if newline else end
    return Fix("remove the comment", (Edit(start, end, ""),), Applicability.SAFE)

"""Applying fixes to a text, and writing the text without ever leaving half a file behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.source import Source, UndecodableError


@dataclass(frozen=True, slots=True)
class Applied:
    """The text after one round, and the fixes that are in it; the others wait for the next."""

    text: str
    fixes: tuple[Fix, ...]


def wanted(fix: Fix, *, unsafe: bool) -> bool:
    """Tell whether a fix may be applied: safe ones always, unsafe ones if asked for."""
    return fix.applicability is Applicability.SAFE or (
        unsafe and fix.applicability is Applicability.UNSAFE
    )


def apply(text: str, fixes: Iterable[Fix], *, newline: str = "\n") -> Applied:
    """Apply as many of `fixes` to `text` as do not get into each other's way.

    Of two that overlap the one with the outer edit is taken. An edit that several fixes have in
    common, such as an import that each needs, is made once. Line feeds in an edit become
    `newline`.
    """
    taken: list[Fix] = []
    edits: set[Edit] = set()
    for fix in sorted(fixes, key=_outermost_first):
        if all(edit in edits or not _clashes(edit, edits) for edit in fix.edits):
            taken.append(fix)
            edits.update(fix.edits)
    pieces: list[str] = []
    place = 0
    for edit in sorted(edits):
        pieces += [text[place : edit.start], edit.text.replace("\n", newline)]
        place = edit.end
    pieces.append(text[place:])
    return Applied("".join(pieces), tuple(taken))


def _outermost_first(fix: Fix) -> tuple[int, tuple[Edit, ...]]:
    return (-max((edit.end - edit.start for edit in fix.edits), default=0), fix.edits)


def _clashes(edit: Edit, others: Iterable[Edit]) -> bool:
    return any(
        (edit.start < other.end and other.start < edit.end)
        # Of two insertions at one place, or at the edge of an edit, nobody knows the order.
        or (edit.start == edit.end and other.start <= edit.start <= other.end)
        or (other.start == other.end and edit.start <= other.start <= edit.end)
        for other in others
    )


def write(before: Source, text: str) -> None:
    """Replace the content of the file that `before` was read from by `text`, in one stroke.

    A symbolic link is written through; encoding, byte-order mark and permissions are kept. Raises
    UnicodeEncodeError where the encoding lacks a character, and OSError where writing fails or
    the file is no longer what was read.
    """
    target = before.path.resolve()
    data = before.encode(text)
    try:
        unchanged = Source.decode(target, target.read_bytes()).text == before.text
    except UndecodableError:
        unchanged = False
    if not unchanged:
        raise OSError("it was changed while it was being analysed")
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

"""LDF201, LDF202 and LDF203: a change that is lost with the body that makes it.

A body runs until its result is stored. On replay the result is handed back, and nobody makes the
changes that the body made to what is not its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from durable_lint.durable.shapes import Body
from durable_lint.durable.state.handles import Handle, handles
from durable_lint.durable.state.initialisation import is_initialisation
from durable_lint.durable.state.lifetimes import Change, drives_operations, holds_callable
from durable_lint.findings import Finding, Hop
from durable_lint.fixes.return_the_value import return_the_value
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Access

CODES = ("LDF201", "LDF202", "LDF203")


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding wherever a body takes hold of what it changes and others read."""
    reported: set[tuple[str, cst.CSTNode]] = set()
    for change in inspection.lifetimes.changes():
        if change.owner is None or change.body.parent is None or change.write.how == "advance":
            continue
        reads = inspection.lifetimes.lost_reads(change)
        if not reads or is_initialisation(inspection.walk, inspection.callers, change.write, reads):
            continue
        for handle in handles(change.write, inspection.callers):
            code = _code(change, handle)
            node = handle.node if handle.calls else change.write.pattern or handle.node
            if inspection.enabled(code) and (code, node) not in reported:
                reported.add((code, node))
                yield _finding(inspection, code, change, handle, reads)


def _code(change: Change, handle: Handle) -> str:
    if change.body.replayed:
        return "LDF202"
    return "LDF203" if handle.is_argument(change.write.target) else "LDF201"


def _finding(
    inspection: Inspection, code: str, change: Change, handle: Handle, reads: Sequence[Access]
) -> Finding:
    fix = None
    if code == "LDF201":
        fix = return_the_value(inspection.walk, inspection.lifetimes, change)
    message = _message(inspection, code, change, handle, reads)
    route = _route(inspection, change, handle, reads[0])
    return inspection.finding(code, handle.frame, handle.node, message, route=route, fix=fix)


def _message(
    inspection: Inspection, code: str, change: Change, handle: Handle, reads: Sequence[Access]
) -> str:
    role, name = change.body.role.value, handle.text
    fate = f"on replay the {role} does not run again"
    if code == "LDF202":
        fate = f"once the {role} has finished, replay takes its stored result and does not run it"
    if holds_callable(change.write.value):
        return (
            f'"{name}" collects compensations in a {role}: {fate}, the list stays empty, and a '
            "failure undoes nothing"
        )
    if change.write.builds and drives_operations(inspection.walk, reads):
        return (
            f'"{name}" is filled in a {role} and decides which operations run later, as the list '
            f"of a saga's compensations does: {fate}, and what was noted is never done"
        )
    what = f'"{name}"'
    if code == "LDF203" and handle.calls:
        what = f'the argument {what} of "{inspection.called(handle.calls[0])}"'
    elif code == "LDF203":
        what = f"its argument {what}"
    return f"a {role} changes {what}, which is read elsewhere later: {fate}, and the change is lost"


def _route(inspection: Inspection, change: Change, handle: Handle, read: Access) -> Iterator[Hop]:
    for call in handle.calls:
        yield inspection.hop(call.frame, call.node, f"calls {inspection.called(call)}")
    write = change.write
    yield inspection.hop(write.frame, write.node, "makes the change")
    if isinstance(read.body, Body):
        yield inspection.hop(read.frame, read.node, "does not find it after a replay")

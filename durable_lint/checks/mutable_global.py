"""LDF113: state of a module or class that an execution changes and relies on.

A warm sandbox keeps it, with what earlier replays and other executions have left there; a new one
starts without. Nobody can say which of the two the next replay gets.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.state.handles import Handle, handles
from durable_lint.durable.state.initialisation import is_initialisation
from durable_lint.durable.state.lifetimes import Change
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Access

CODES = ("LDF113",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding wherever code of an execution takes hold of such state to change it."""
    reported: set[cst.CSTNode] = set()
    for change in inspection.lifetimes.changes():
        if change.owner is not None:
            continue
        reads = _reads(inspection, change)
        walk, callers = inspection.walk, inspection.callers
        if not reads or is_initialisation(walk, callers, change.write, reads):
            continue
        for handle in handles(change.write, inspection.callers):
            node = handle.node if handle.calls else change.write.pattern or handle.node
            if node not in reported:
                reported.add(node)
                yield _finding(inspection, change, handle, reads[0])


def _reads(inspection: Inspection, change: Change) -> list[Access]:
    """Return the looks at the state that find what another run left, or miss what this one did."""
    write = change.write
    if change.body.parent is not None:
        return inspection.lifetimes.lost_reads(change)
    if write.builds:
        # What the run has made anew before, it builds on its own.
        return inspection.lifetimes.reads(change) if None in write.before else []
    return [
        access
        for access in inspection.lifetimes.reads(change)
        if access.order < write.order and None in access.seen and access.node is not write.node
    ]


def _finding(inspection: Inspection, change: Change, handle: Handle, read: Access) -> Finding:
    role, name = change.body.role.value, handle.text
    if change.body.parent is None:
        message = (
            f'"{name}" outlives the execution: a warm sandbox still has what earlier replays and '
            "other executions put there, and a new one has not"
        )
    else:
        message = (
            f'a {role} changes "{name}", which outlives the execution and is read outside of the '
            f"{role} later: a sandbox that did not run the {role} itself does not have the change"
        )
    route = [
        inspection.hop(call.frame, call.node, f"calls {inspection.called(call)}")
        for call in handle.calls
    ]
    write = change.write
    route.append(inspection.hop(write.frame, write.node, "changes it"))
    route.append(inspection.hop(read.frame, read.node, "reads it"))
    return inspection.finding("LDF113", handle.frame, handle.node, message, route=route)

"""LDF205: an iterator that a body advances, and that is advanced again outside of the body.

On replay the iterator is made anew and stands at its beginning, but the body that has advanced it
does not run again: whoever asks next gets elements that were dealt with before.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.state.handles import handles
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import POSITION

CODES = ("LDF205",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding wherever a body takes from an iterator that others go on with."""
    reported: set[cst.CSTNode] = set()
    for change in inspection.lifetimes.changes():
        write, role = change.write, change.body.role.value
        if change.owner is None or change.body.parent is None or write.how != "advance":
            continue
        later = [a for a in inspection.lifetimes.lost_reads(change) if a.part == POSITION]
        for handle in handles(write, inspection.callers) if later else ():
            if handle.node in reported:
                continue
            reported.add(handle.node)
            route = [
                inspection.hop(write.frame, write.node, "advances it"),
                inspection.hop(later[0].frame, later[0].node, "goes on with it"),
            ]
            message = (
                f'a {role} advances "{handle.text}", which is used again outside of it: on replay '
                f"the {role} does not run again, and the iterator stands at its beginning"
            )
            yield inspection.finding("LDF205", handle.frame, handle.node, message, route=route)

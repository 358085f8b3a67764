"""One JSON array with everything that is known about each finding."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from durable_lint.findings import Edit, Finding, Fix, Hop, Position
from durable_lint.output.view import View
from durable_lint.source import Source


def render(findings: Sequence[Finding], view: View) -> str:
    """Return the array, indented."""
    return json.dumps([as_dict(finding, view) for finding in findings], indent=2) + "\n"


def as_dict(finding: Finding, view: View) -> dict[str, Any]:
    """Return a finding as plain data."""
    source = view.sources.get(finding.path)
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "filename": view.name(finding.path),
        "location": _place(finding.span.start),
        "end_location": _place(finding.span.end),
        "route": [_hop(hop, view) for hop in finding.route],
        "fix": _fix(finding.fix, source) if finding.fix and source else None,
    }


def _place(position: Position) -> dict[str, int]:
    return {"row": position.row, "column": position.column}


def _hop(hop: Hop, view: View) -> dict[str, Any]:
    return {
        "filename": view.name(hop.path),
        **_place(hop.position),
        "function": hop.function,
        "message": hop.message,
    }


def _fix(fix: Fix, source: Source) -> dict[str, Any]:
    return {
        "applicability": fix.applicability.value,
        "message": fix.message,
        "edits": [_edit(edit, source) for edit in fix.edits],
    }


def _edit(edit: Edit, source: Source) -> dict[str, Any]:
    """`start` and `end` count code points of the decoded file from 0."""
    return {
        "start": edit.start,
        "end": edit.end,
        "location": _place(source.position(edit.start)),
        "end_location": _place(source.position(edit.end)),
        "content": edit.text,
    }

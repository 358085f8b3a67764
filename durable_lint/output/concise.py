"""flake8's line: `path:line:column: CODE message`."""

from __future__ import annotations

from collections.abc import Sequence

from durable_lint.findings import Finding
from durable_lint.output.view import View


def render(findings: Sequence[Finding], view: View) -> str:
    """Return one line for each finding."""
    return "".join(
        f"{view.style(view.name(finding.path), 'bold')}"
        f":{finding.span.start.row}:{finding.span.start.column}: {view.headline(finding)}\n"
        for finding in findings
    )

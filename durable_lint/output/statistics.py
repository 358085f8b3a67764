"""How often each rule was found, most often first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from durable_lint.findings import Finding
from durable_lint.output.view import View


def render(findings: Sequence[Finding], view: View) -> str:
    """Return a line for each rule: count, code, name; `[*]` where --fix mends all of them."""
    lines = []
    for row in _rows(findings, view):
        star = f"[{view.style('*', 'green')}]" if row["fixable"] else "[ ]"
        lines.append(f"{row['count']}\t{view.style(str(row['code']), 'red')}\t{star} {row['name']}")
    return "".join(f"{line}\n" for line in lines)


def render_json(findings: Sequence[Finding], view: View) -> str:
    """Return the same as a JSON array."""
    return json.dumps(_rows(findings, view), indent=2) + "\n"


def _rows(findings: Sequence[Finding], view: View) -> list[dict[str, object]]:
    counts = Counter((finding.code, finding.name) for finding in findings)
    left = {finding.code for finding in findings if not view.fixable(finding)}
    return [
        {"code": code, "name": name, "count": count, "fixable": code not in left}
        for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]

"""How often each rule was found, most often first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from durable_lint.findings import Finding
from durable_lint.output.view import View


def render(findings: Sequence[Finding], view: View, *, as_json: bool) -> str:
    """Return a line for each rule: count, code, name; `[*]` where --fix mends all of them.

    `as_json` gives the same as a JSON array.
    """
    rows = _rows(findings, view)
    if as_json:
        return json.dumps(rows, indent=2) + "\n"
    lines = []
    for row in rows:
        star = f"[{view.style('*', 'green')}]" if row["fixable"] else "[ ]"
        lines.append(f"{row['count']}\t{view.style(str(row['code']), 'red')}\t{star} {row['name']}")
    return "".join(f"{line}\n" for line in lines)


def _rows(findings: Sequence[Finding], view: View) -> list[dict[str, object]]:
    counts = Counter((finding.code, finding.name) for finding in findings)
    left = {finding.code for finding in findings if not view.fixable(finding)}
    return [
        {"code": code, "name": name, "count": count, "fixable": code not in left}
        for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]

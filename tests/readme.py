"""The parts of README.md that are made from the project: `python -m tests.readme` renews them."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

from durable_lint.catalogue import catalogue

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"

# What the demo's handler imports, so that the route has somewhere to lead.
_BILLING = """import requests


def charge(order_id: str, amount: float) -> None:
    requests.post("https://pay.example.com/charges", json={"id": order_id, "amount": amount})
"""


def rule_table() -> str:
    """Return the table of all rules, in Markdown."""
    rows = ["| code | name | finds | on | fix |", "|---|---|---|---|---|"]
    for rule in catalogue().rules:
        on = "preview" if rule.preview else "yes" if rule.default else "no"
        on += " (warning)" if rule.severity == "warning" and rule.default else ""
        link = f"[{rule.code}](rules/{rule.path.name})"
        rows.append(f"| {link} | {rule.name} | {rule.summary} | {on} | {rule.fix or '-'} |")
    return "\n".join(rows)


def demo_output(source: str) -> str:
    """Return what `durable-lint check orders.py` really prints for the demo."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "orders.py").write_text(source, encoding="utf-8")
        Path(folder, "billing.py").write_text(_BILLING, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "durable_lint", "check", "--isolated", "orders.py"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
    return f"{done.stdout}{done.stderr}".strip()


def renewed(text: str) -> str:
    """Return README's `text` with its made parts as they should be now."""
    source = re.search(r"<!-- demo source -->\n```python\n(.*?)```", text, re.DOTALL)
    assert source is not None
    text = _replace(text, r"(<!-- demo output -->\n```text\n).*?(```)", demo_output(source[1]))
    return _replace(text, r"(<!-- rules -->\n).*?(<!-- /rules -->)", rule_table())


def _replace(text: str, pattern: str, content: str) -> str:
    return re.sub(
        pattern, lambda match: f"{match[1]}{content}\n{match[2]}", text, count=1, flags=re.DOTALL
    )


if __name__ == "__main__":
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")

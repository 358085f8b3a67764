"""One module per format; each has `render(findings, view) -> str`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from durable_lint.findings import Finding
from durable_lint.output.view import View

FORMATS = ("concise", "full", "json")


def render(name: str, findings: Sequence[Finding], view: View) -> str:
    """Return the findings in the format called `name` (one of FORMATS)."""
    text: str = import_module(f"durable_lint.output.{name}").render(findings, view)
    return text

"""LDF309: a context that outlives its run, or that other threads use."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.state.escapes import Escape, Escapes
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Cell, Write

CODES = ("LDF309",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding at each expression that lets a context get away."""
    escapes = Escapes(inspection.walk, inspection.callers)
    for escape in escapes.kept():
        yield _finding(inspection, escape, f"{_subject(inspection, escape)} to {_kept(escape)}")
    for escape in escapes.elsewhere():
        called = inspection.written(escape.keeper.frame, escape.keeper.node)
        yield _finding(
            inspection,
            escape,
            f'{_subject(inspection, escape)} to where "{called}" runs it: a suspension ends the '
            "thread there, and the handler goes on",
        )


def _finding(inspection: Inspection, escape: Escape, message: str) -> Finding:
    frame, node, keeper = escape.frame, escape.node, escape.keeper
    kept = isinstance(keeper, Write)
    return inspection.finding(
        "LDF309",
        frame,
        node,
        message,
        route=[
            inspection.hop(frame, node, "brings the context in"),
            inspection.hop(keeper.frame, keeper.node, "keeps it" if kept else "runs it elsewhere"),
        ],
    )


def _subject(inspection: Inspection, escape: Escape) -> str:
    if isinstance(escape.node, cst.Name):
        return f'"{inspection.written(escape.frame, escape.node)}" brings a context'
    return "this brings a context"


def _kept(escape: Escape) -> str:
    write = escape.keeper
    variable = isinstance(write, Write) and isinstance(write.target, Cell)
    where = "a variable" if variable else "an object"
    return f"{where} that outlives the run: the next invocation finds the old one there"

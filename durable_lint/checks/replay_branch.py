"""LDF112: what operations there are depends on whether the execution is being replayed."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.flow import Use, Uses
from durable_lint.durable.reach import Reached, called_name
from durable_lint.durable.sdk import IS_REPLAYING
from durable_lint.findings import Finding, Hop
from durable_lint.inspection import Inspection
from durable_lint.program.frames import Test
from durable_lint.program.shapes import External
from durable_lint.program.syntax import descendants

CODES = ("LDF112",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each answer that matters to operations, and each that is not asked for.

    The answer is that of `is_replaying()`; what only logs by it, or counts, does no harm.
    """
    yield from _uncalled(inspection)
    for call, reached in inspection.reach.sites():
        for item in reached:
            if item.effect.code == "LDF112":
                uses = inspection.flow.uses(item.effect)
                consequence = _consequence(uses)
                if consequence:
                    yield inspection.finding(
                        "LDF112",
                        call.frame,
                        call.node,
                        f'"{item.effect.path}" {item.effect.why}, and {consequence}',
                        route=_route(inspection, item, uses),
                    )


def _consequence(uses: Uses) -> str:
    if uses.decision is not None:
        return "decides which operations run"
    if uses.operation is not None and max(uses.kinds) in (Use.INPUT, Use.NAME):
        word = "name" if max(uses.kinds) is Use.NAME else "input"
        return f"becomes the {word} of a {uses.operation.name}"
    return ""


def _route(inspection: Inspection, item: Reached, uses: Uses) -> Iterator[Hop]:
    for call in item.calls[:-1]:
        yield inspection.hop(call.frame, call.node, f"calls {called_name(call)}")
    asked = item.calls[-1]
    yield inspection.hop(asked.frame, asked.node, f"{item.effect.path} {item.effect.why}")
    if uses.decision is not None:
        made = uses.decision.call
        yield inspection.hop(made.frame, made.node, "depends on it")


def _uncalled(inspection: Inspection) -> Iterator[Finding]:
    reported: set[cst.CSTNode] = set()
    for test in inspection.walk.events:
        if not isinstance(test, Test):
            continue
        for node in _methods_in(test):
            if node not in reported:
                reported.add(node)
                message = '"is_replaying" is tested without being called: a method is always true'
                yield inspection.finding("LDF112", test.frame, node, message)


def _methods_in(test: Test) -> Iterator[cst.CSTNode]:
    """Yield where the tested expression itself reads the method; elsewhere it may be an option."""
    for shape in test.value.shapes:
        if isinstance(shape, External) and shape.path == IS_REPLAYING and shape.site is not None:
            read = shape.site.node
            if shape.site.frame.host is test.frame and any(
                n is read for n in descendants(test.node)
            ):
                yield read

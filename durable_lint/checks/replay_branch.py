"""LDF112: what operations there are depends on whether the execution is being replayed."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.flow.flow import Use, Uses
from durable_lint.durable.flow.reach import Reached
from durable_lint.durable.sdk import IS_REPLAYING
from durable_lint.findings import Finding, Hop
from durable_lint.inspection import Inspection
from durable_lint.program.modules.syntax import descendants
from durable_lint.program.values.frames import Test
from durable_lint.program.values.shapes import External

CODES = ("LDF112",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each answer that matters to operations, and each that is not asked for.

    The answer is that of `is_replaying()`; what only logs by it, or counts, does no harm.
    """
    yield from _uncalled(inspection)
    for call, reached in inspection.reach.sites():
        for item in reached:
            effect, uses = item.effect, inspection.flow.uses(item.effect)
            if effect.code != "LDF112" or not _matters(uses):
                continue
            if not inspection.silenced_at("LDF112", effect.frame, effect.node):
                yield inspection.finding(
                    "LDF112",
                    call.frame,
                    call.node,
                    f'"{effect.path}" {effect.why}, and {uses.for_operations}',
                    route=_route(inspection, item, uses),
                )


def _matters(uses: Uses) -> bool:
    # An object that holds the answer and is given to an operation is a logger, as a rule.
    return bool(uses.for_operations) and uses.worst is not Use.HELD


def _route(inspection: Inspection, item: Reached, uses: Uses) -> Iterator[Hop]:
    yield from inspection.hops(item)
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
            site = shape.site
            here = site.frame.host is test.frame
            if here and any(node is site.node for node in descendants(test.node)):
                yield site.node

"""LDF403: an except clause around operations for what none of them raises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import libcst as cst

from durable_lint.durable.effects import NamesTable
from durable_lint.durable.suspension.clauses import Handler
from durable_lint.durable.suspension.exceptions import (
    ErrorType,
    is_for_calculations,
    is_foreseen,
    may_catch,
    types_in,
)
from durable_lint.durable.suspension.failures import Failures
from durable_lint.durable.suspension.swallowing import Blocks, Try
from durable_lint.durable.walk import Walk, is_replayed
from durable_lint.findings import Finding, Fix
from durable_lint.fixes.catch_operation_error import catch_operation_error
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Frame
from durable_lint.program.values.values import Value

CODES = ("LDF403",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each clause that gets nothing, wherever its `try` is run."""
    for statement, frames in _tries(inspection.walk).items():
        runs = [(frame, Failures.of(frame, statement)) for frame in frames]
        if not all(found.known for _, found in runs):
            continue
        around = next((f for f, found in runs if found.operations and is_replayed(f)), None)
        if around is None:
            continue
        failures = next(found for frame, found in runs if frame is around)
        fix: Fix | None = None
        for handler, types in _dead(inspection.walk, statement, runs):
            if fix is None:
                fix = catch_operation_error(inspection.ground, around, statement, handler, failures)
                yield _finding(inspection, around, types, failures, fix)
            else:
                # The first one can get all that there is.
                yield _finding(inspection, around, types, failures, None)


def _tries(walk: Walk) -> dict[Try, list[Frame]]:
    """Return every `try` in which something happens, with the frames that run it."""
    found: dict[Try, dict[int, Frame]] = defaultdict(dict)
    for event in walk.events:
        for region in event.regions:
            if region.kind == "try" and isinstance(region.node, cst.Try | cst.TryStar):
                found[region.node][id(event.frame)] = event.frame
    return {statement: list(frames.values()) for statement, frames in found.items()}


def _dead(
    walk: Walk, statement: Try, runs: list[tuple[Frame, Failures]]
) -> Iterator[tuple[Handler, cst.BaseExpression]]:
    """Yield the clauses that get nothing in any of the runs, with their types."""
    blocks = [(Blocks(walk.interpreter, frame), failures) for frame, failures in runs]
    for handler in statement.handlers:
        if handler.type is not None and all(
            _is_dead(block.caught(handler), failures, walk.library.names)
            for block, failures in blocks
        ):
            yield handler, handler.type


def _is_dead(caught: Value, failures: Failures, names: NamesTable) -> bool:
    types = list(types_in(caught))
    return bool(types) and all(error and _is_absent(error, failures, names) for error in types)


def _is_absent(error: ErrorType, failures: Failures, names: NamesTable) -> bool:
    if not is_foreseen(error, names.has_library):
        return False
    if failures.calculates and is_for_calculations(error):
        return False
    return not any(may_catch(error, raised) for raised in failures.errors)


def _finding(
    inspection: Inspection,
    frame: Frame,
    node: cst.BaseExpression,
    failures: Failures,
    fix: Fix | None,
) -> Finding:
    call, errors = next((o for o in failures.operations if o[1]), failures.operations[0])
    raised = f"raises {errors[0]}, whatever went wrong in it" if errors else "raises no such thing"
    finding = inspection.finding(
        "LDF403",
        frame,
        node,
        f'"{inspection.written(frame, node)}" is never raised here: '
        f'"{inspection.called(call)}" {raised}',
        route=[inspection.hop(call.frame, call.node, raised.partition(",")[0])],
        fix=fix,
    )
    return replace(finding, span=frame.module.whole_span(node))

"""LDF312: a batch whose failures nobody can have seen, for nobody looks at its result."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.flow.results import Results
from durable_lint.durable.options import made_by, option
from durable_lint.durable.sdk import sdk_name
from durable_lint.durable.shapes import Operation
from durable_lint.findings import Finding
from durable_lint.fixes.throw_if_error import throw_if_error
from durable_lint.inspection import Inspection
from durable_lint.program.values.shapes import External
from durable_lint.program.values.values import NOTHING, Shape

CODES = ("LDF312",)

_BATCHES = ("map", "parallel")


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each batch that is dropped wherever its code runs."""
    results = Results(inspection.walk, inspection.callers)
    batches: dict[cst.CSTNode, list[Operation]] = defaultdict(list)
    for operation in inspection.walk.operations:
        if operation.name in _BATCHES:
            batches[operation.call.node].append(operation)
    for operations in batches.values():
        if not all(_is_ignored(results, operation) for operation in operations):
            continue
        call = operations[0].call
        yield inspection.finding(
            "LDF312",
            call.frame,
            call.node,
            f'nothing looks at the result of "{inspection.called(call)}", so that a failing branch '
            "goes unnoticed",
            fix=throw_if_error(call),
        )


def _is_ignored(results: Results, operation: Operation) -> bool:
    if not _wants_success(operation):
        return False
    fates = [results.fate(shape) for shape in results.objects(operation)]
    return bool(fates) and not any(f.uses or results.may_be_used_unseen(f) for f in fates)


def _wants_success(operation: Operation) -> bool:
    """Tell whether the configuration is certainly silent on failures, or wants none."""
    completion = option(operation, "completion_config")
    return completion == NOTHING or (
        not completion.open and all(_is_strict(shape) for shape in completion.shapes)
    )


def _is_strict(shape: Shape) -> bool:
    call = made_by(shape)
    if call is None or call.arguments.items or not isinstance(shape, External):
        return False
    return sdk_name(shape.path) in ("CompletionConfig()", "CompletionConfig.all_successful()")

"""LDF311: a callback is made, and the execution goes on without ever asking for its answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.flow.results import Fate, Results, is_returned
from durable_lint.durable.flow.routes import is_root
from durable_lint.durable.sdk import Role
from durable_lint.durable.shapes import Body, Operation
from durable_lint.findings import Finding, Severity
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Frame
from durable_lint.program.values.shapes import External

CODES = ("LDF311",)

_ID = "callback_id"
_RESULT = "result"

# What may be done to a method without calling it, or handing it to code that could.
_LOOKS = (
    *(cst.If, cst.While, cst.IfExp, cst.Assert, cst.UnaryOperation, cst.Comparison),
    *(cst.ComparisonTarget, cst.FormattedStringExpression, cst.Subscript, cst.Attribute),
)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each callback of which at most the id is used, wherever its code runs."""
    results = Results(inspection.walk, inspection.callers)
    callbacks: dict[cst.CSTNode, list[Operation]] = defaultdict(list)
    for operation in inspection.walk.operations:
        if operation.name == "create_callback":
            callbacks[operation.call.node].append(operation)
    for operations in callbacks.values():
        objects = [shape for item in operations for shape in results.objects(item)]
        if not objects or any(_may_be_asked(results, shape) for shape in objects):
            continue
        call = operations[0].call
        shown = all(_is_only_shown(results.fate(_part(shape, _ID))) for shape in objects)
        yield inspection.finding(
            "LDF311",
            call.frame,
            call.node,
            f'nothing ever asks for the result of "{inspection.called(call)}": the execution does '
            "not wait for the answer",
            severity=Severity.WARNING if shown else None,
        )


def _part(shape: External, name: str) -> External:
    return External(f"{shape.path}.{name}", shape.site)


def _may_be_asked(results: Results, callback: External) -> bool:
    method = results.fate(_part(callback, _RESULT))
    fate = results.fate(callback)
    return (
        results.may_be_used_unseen(fate)
        or results.may_be_used_unseen(method)
        or not all(_reads_member(use) for _, use in fate.uses)
        or not all(_is_look(frame, use) for frame, use in method.uses)
    )


def _reads_member(use: cst.CSTNode) -> bool:
    return isinstance(use, cst.Attribute) and use.attr.value in (_ID, _RESULT)


def _is_look(frame: Frame, use: cst.CSTNode) -> bool:
    return isinstance(use, _LOOKS) or (_is_handler(frame) and is_returned(frame.module, use))


def _is_only_shown(fate: Fate) -> bool:
    """Tell whether an id goes into the handler's own result, and nowhere else."""
    return bool(fate.uses) and all(
        _is_handler(frame) and is_returned(frame.module, use) for frame, use in fate.uses
    )


def _is_handler(frame: Frame) -> bool:
    return is_root(frame) and isinstance(frame.body, Body) and frame.body.role is Role.HANDLER

"""LDF305: a function cannot take what the SDK passes to it, or has another use for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.flow.given import Given, functions_run, given_to
from durable_lint.durable.sdk import RECEIVED_NAMES, WITH_RETRY, Role
from durable_lint.durable.shapes import Prepared
from durable_lint.findings import Finding, Fix
from durable_lint.fixes.lambdas import add_parameters
from durable_lint.inspection import Inspection
from durable_lint.program.running.signatures import Passed, listed, misfit, positional_parameters
from durable_lint.program.values.frames import Frame
from durable_lint.program.values.shapes import Function, Instance
from durable_lint.program.values.values import Shape

CODES = ("LDF305",)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a function is given to the SDK, what by, and how messages call it there."""

    frame: Frame
    node: cst.CSTNode
    caller: str
    subject: str


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each function that the SDK cannot call, or calls to its harm."""
    interpreter = inspection.walk.interpreter
    for entry, body, _ in inspection.walk.entries:
        for function, passed in functions_run(interpreter, entry.function, body.role):
            node = function.node
            name = node.name if isinstance(node, cst.FunctionDef) else node
            place = _Place(function.frame, name, "durable_execution", f'"{function.name}"')
            yield from _judged(inspection, place, function, passed, body.role)
    for operation in inspection.walk.operations:
        for given in given_to(operation):
            for shape in given.value.shapes:
                for function, passed in functions_run(interpreter, shape, given.role):
                    place = _place(inspection, given, shape, function)
                    yield from _judged(inspection, place, function, passed, given.role)


def _place(inspection: Inspection, given: Given, shape: Shape, function: Function) -> _Place:
    name = given.operation.name
    caller = name if name == WITH_RETRY.name else f"context.{name}"
    if isinstance(function.node, cst.Lambda):
        return _Place(function.frame, function.node, caller, "this lambda")
    if isinstance(shape, Prepared):
        return _Place(shape.site.frame, shape.site.node, caller, f'"{function.name}"')
    subject = shape.cls.name if isinstance(shape, Instance) else function.name
    if isinstance(given.node, cst.Name | cst.Attribute) and given.exact:
        subject = inspection.written(given.frame, given.node)
    return _Place(given.frame, given.node, caller, f'"{subject}"')


def _judged(
    inspection: Inspection, place: _Place, function: Function, passed: Passed | None, role: Role
) -> Iterator[Finding]:
    if passed is None:
        return
    why = misfit(function.node, passed)
    trouble = f"but it {why}" if why is not None else _taken_place(function, passed)
    if trouble is None:
        return
    received = listed(RECEIVED_NAMES[role])
    more = " and the arguments given here" if passed.after else ""
    yield inspection.finding(
        "LDF305",
        place.frame,
        place.node,
        f"{place.caller} calls {place.subject} with {received}{more}, {trouble}",
        route=[inspection.hop(place.frame, place.node, f"is called with {received}{more}")],
        fix=_fix(function, passed, role),
    )


def _taken_place(function: Function, passed: Passed) -> str | None:
    """Tell which parameter gets the SDK's argument, though its default is to capture a variable."""
    params = positional_parameters(function.node)
    for param in params[passed.before : passed.before + passed.received]:
        if isinstance(param.default, cst.Name):
            owner = function.frame.owner_of(param.default.value)
            if owner is not None and owner.outer is not None:
                return f'which takes the place of the value that "{param.name.value}" is to capture'
    return None


def _fix(function: Function, passed: Passed, role: Role) -> Fix | None:
    """Add the parameters that a lambda lacks; one for `map` with one may be meant for the item."""
    node = function.node
    if not isinstance(node, cst.Lambda) or passed.before or passed.after or passed.keywords:
        return None
    if role is Role.ITEM and len(positional_parameters(node)) == 1:
        return None
    return add_parameters(function.frame.module, node, role)

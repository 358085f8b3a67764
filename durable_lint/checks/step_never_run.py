"""LDF304: a durable step is called as if that ran it, or passed as if it were the step itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import libcst as cst

from durable_lint.durable.flow.fates import Fates
from durable_lint.durable.flow.given import Given, given_to
from durable_lint.durable.sdk import FACTORIES, Role
from durable_lint.durable.shapes import Body, Factory
from durable_lint.findings import Finding
from durable_lint.fixes.run_prepared import call_factory, run_prepared
from durable_lint.inspection import Inspection
from durable_lint.program.running.definitions import functions_in
from durable_lint.program.values.shapes import Partial
from durable_lint.program.values.values import Shape

CODES = ("LDF304",)

_DECORATORS = {role: name for name, role in FACTORIES.items()}
_RUN_BY = {
    Role.STEP: "step",
    Role.CHILD: "run_in_child_context",
    Role.BRANCH: "parallel",
    Role.SUBMITTER: "wait_for_callback",
}


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each body that nobody runs, and for each that nobody prepares."""
    yield from _never_run(inspection)
    by_node: dict[cst.CSTNode, list[Given]] = defaultdict(list)
    for operation in inspection.walk.operations:
        for given in given_to(operation):
            by_node[given.node].append(given)
    for found in by_node.values():
        yield from _not_called(inspection, found)


def _never_run(inspection: Inspection) -> Iterator[Finding]:
    for call, prepared in Fates(inspection.walk).left():
        body = call.frame.body
        inside_step = isinstance(body, Body) and body.step is not None
        yield inspection.finding(
            "LDF304",
            call.frame,
            call.node,
            f'"{inspection.called(call)}" runs nothing: decorated by '
            f"{_DECORATORS[prepared.role]}, it returns a function for "
            f"context.{_RUN_BY[prepared.role]}, which nobody gives to it",
            route=[inspection.hop(call.frame, call.node, "prepares a body that is never run")],
            fix=None if inside_step else run_prepared(inspection.ground, call, prepared),
        )


def _not_called(inspection: Inspection, found: Sequence[Given]) -> Iterator[Finding]:
    """Yield a finding where one of the things given at the same place is a factory itself."""
    shapes = [(given, shape) for given in found for shape in given.value.shapes]
    factories = [(given, f) for given, shape in shapes if (f := _factory(shape)) is not None]
    # Code that is also given what can be run must stay as it is.
    always = len(factories) == len(shapes)
    for given, factory in factories[:1]:
        names = [function.name for function in functions_in(factory.function)]
        name = names[0] if names else inspection.written(given.frame, given.node)
        yield inspection.finding(
            "LDF304",
            given.frame,
            given.node,
            f'"{name}" is passed to {given.operation.name} without being called: decorated by '
            f"{_DECORATORS[factory.role]}, it is what makes the function, and the function "
            "itself is never run",
            route=[inspection.hop(given.frame, given.node, f"passes {name} itself")],
            fix=call_factory(given, factory) if always else None,
        )


def _factory(shape: Shape) -> Factory | None:
    """Return the factory that calling `shape` would call, if it is one."""
    if isinstance(shape, Partial):
        inner = shape.function.only()
        return _factory(inner) if inner is not None else None
    return shape if isinstance(shape, Factory) else None

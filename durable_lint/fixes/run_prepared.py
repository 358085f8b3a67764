"""`validate(order)` becomes `context.step(validate(order))`, and a passed `charge` `charge()`."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.reach import Reach
from durable_lint.durable.sdk import RECEIVES, Role
from durable_lint.durable.shapes import Factory, Prepared
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.program.frames import Call
from durable_lint.program.module import Module
from durable_lint.program.signatures import Passed, is_plain, misfit
from durable_lint.program.values import Function

_RUN_BY = {Role.STEP: "step", Role.CHILD: "run_in_child_context"}


def run_prepared(reach: Reach, call: Call, prepared: Prepared) -> Fix | None:
    """Return the fix that lets the body's own context run what `call` prepares."""
    context = reach.context(call.frame)
    operation = _RUN_BY.get(prepared.role)
    if context is None or operation is None or not isinstance(call.node, cst.Call):
        return None
    module = call.frame.module
    span = module.span(call.node)
    start, end = module.source.offset(span.start), module.source.offset(span.end)
    edits = (Edit(start, start, f"{context}.{operation}("), Edit(end, end, ")"))
    return Fix(f"run it with {context}.{operation}()", edits, Applicability.SAFE, True)


def call_factory(
    module: Module, node: cst.CSTNode, factory: Factory, role: Role
) -> Fix | None:
    """Return the fix that calls what was passed; None where it needs arguments.

    `role` is that of the place where it was passed.
    """
    function = factory.function.only()
    if RECEIVES[factory.role] != RECEIVES[role] or not isinstance(node, cst.Name | cst.Attribute):
        return None
    if not isinstance(function, Function) or not is_plain(function):
        return None
    if misfit(function.node, Passed(len(RECEIVES[role]))) is not None:
        return None
    end = module.source.offset(module.span(node).end)
    return Fix("call it, which prepares it", (Edit(end, end, "()"),), Applicability.SAFE)

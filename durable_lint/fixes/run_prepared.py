"""`validate(order)` becomes `context.step(validate(order))`, and a passed `charge` `charge()`."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.flow.given import Given
from durable_lint.durable.sdk import RECEIVES, Role
from durable_lint.durable.shapes import Factory, Prepared
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.ground import Ground
from durable_lint.program.running.signatures import Passed, is_plain, misfit
from durable_lint.program.values.frames import Call
from durable_lint.program.values.shapes import Function

_RUN_BY = {Role.STEP: "step", Role.CHILD: "run_in_child_context"}


def run_prepared(ground: Ground, call: Call, prepared: Prepared) -> Fix | None:
    """Return the fix that lets the body's own context run what `call` prepares.

    None where it cannot be had there, or where an operation would be disturbed.
    """
    frame, node = call.frame, call.node
    context = ground.context(frame, node)
    operation = _RUN_BY.get(prepared.role)
    if context is None or operation is None:
        return None
    if not ground.around.allow_operation(frame, node, may_fail=True, suspends=True):
        return None
    module = frame.module
    span = module.span(node)
    start, end = module.source.offset(span.start), module.source.offset(span.end)
    edits = (Edit(start, start, f"{context}.{operation}("), Edit(end, end, ")"))
    return Fix(f"run it with {context}.{operation}()", edits, Applicability.SAFE, True)


def call_factory(given: Given, factory: Factory) -> Fix | None:
    """Return the fix that calls the factory which was given; None where it needs arguments."""
    function = factory.function.only()
    if RECEIVES[factory.role] != RECEIVES[given.role] or not given.exact:
        return None
    if not isinstance(given.node, cst.Name | cst.Attribute):
        return None
    if not isinstance(function, Function) or not is_plain(function):
        return None
    if misfit(function.node, Passed(len(RECEIVES[factory.role]))) is not None:
        return None
    module = given.frame.module
    end = module.source.offset(module.span(given.node).end)
    return Fix("call it, which prepares it", (Edit(end, end, "()"),), Applicability.SAFE)

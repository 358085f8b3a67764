"""`time.sleep(5)` becomes `context.wait(Duration.from_seconds(5))`."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.reach import Reach
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.imports import sdk_reference
from durable_lint.program.frames import Call
from durable_lint.program.values import Constant


def sleep_to_wait(reach: Reach, call: Call) -> Fix | None:
    """Return the fix for a sleep that is a statement; None where no wait says the same.

    The SDK waits whole seconds and at least one. A time that is not written out may be less, so
    that fix is unsafe.
    """
    context = reach.context(call.frame)
    module = call.frame.module
    argument = call.arguments.get(0, "secs") or call.arguments.get(0, "seconds")
    if context is None or argument is None or argument.node is None:
        return None
    if not isinstance(module.parents[call.node], cst.Expr) or len(call.arguments.items) != 1:
        return None
    if not any(getattr(s, "path", "").endswith("time.sleep") for s in call.callee.shapes):
        return None
    known = argument.value.only()
    applicability = Applicability.UNSAFE
    if isinstance(known, Constant):
        if not isinstance(known.content, int | float) or known.content < 1:
            return None
        if known.content == int(known.content):
            applicability = Applicability.SAFE
    reference = sdk_reference(call.frame, "Duration", "config")
    if reference is None:
        return None
    duration, imports = reference
    span = module.span(call.node)
    seconds = module.text(argument.node)
    edit = Edit(
        module.source.offset(span.start),
        module.source.offset(span.end),
        f"{context}.wait({duration}.from_seconds({seconds}))",
    )
    return Fix(f"wait with {context}.wait()", (*imports, edit), applicability, True)

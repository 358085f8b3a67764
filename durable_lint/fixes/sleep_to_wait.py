"""`time.sleep(5)` becomes `context.wait(Duration.from_seconds(5))`."""

from __future__ import annotations

import math

import libcst as cst

from durable_lint.findings import Applicability, Fix
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.imports import sdk_reference
from durable_lint.fixes.places import replacement, text_of
from durable_lint.program.values.arguments import Argument
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import Constant, External

# Functions that sleep for as many seconds as their only argument says, and return None.
_SLEEPS = frozenset(("time.sleep", "gevent.sleep", "eventlet.sleep", "eventlet.greenthread.sleep"))


def sleep_to_wait(ground: Ground, call: Call) -> Fix | None:
    """Return the fix for a sleep; None where no wait says the same.

    The SDK waits whole seconds and at least one. A fraction is rounded up, and a time that is not
    written out may be less than the SDK takes, so these fixes are unsafe.
    """
    node = call.node
    callee = call.callee.only()
    if not isinstance(node, cst.Call) or not isinstance(callee, External):
        return None
    if callee.path not in _SLEEPS or [item.keyword for item in call.arguments.items] != [None]:
        return None
    seconds = _seconds(call, call.arguments.items[0]) if call.arguments.plain else None
    return _wait(ground, call.frame, node, *seconds) if seconds is not None else None


def _wait(
    ground: Ground, frame: Frame, node: cst.Call, seconds: str, applicability: Applicability
) -> Fix | None:
    context = ground.context(frame, node)
    if context is None or isinstance(frame.module.parents[node], cst.Await):
        return None
    if not ground.around.allow_operation(frame, node, may_fail=False, suspends=True):
        return None
    reference = sdk_reference(ground, frame, node, "Duration", "config")
    if reference is None:
        return None
    name, imports = reference
    if ground.around.have_with(frame, node):
        applicability = Applicability.UNSAFE
    edits = (
        *imports,
        replacement(frame.module, node.func, f"{context}.wait"),
        replacement(frame.module, node.args[0].value, f"{name}.from_seconds({seconds})"),
    )
    return Fix(f"wait with {context}.wait()", edits, applicability, True)


def _seconds(call: Call, argument: Argument) -> tuple[str, Applicability] | None:
    """Return what to write for the argument, and how sure that is."""
    if argument.node is None:
        return None
    text = text_of(call.frame.module, argument.node)
    known = argument.value.only()
    if not isinstance(known, Constant):
        return text, Applicability.UNSAFE
    seconds = known.content
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds <= 0:
        return None
    whole = math.ceil(seconds)
    if whole == seconds:
        return text if isinstance(seconds, int) else str(whole), Applicability.SAFE
    written = isinstance(argument.node, cst.Float)
    return (str(whole), Applicability.UNSAFE) if written else None

"""A callback gets a timeout: `config=CallbackConfig(timeout=Duration.from_hours(24))`."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.sdk import sdk_name
from durable_lint.durable.shapes import Operation
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.arguments import add_argument
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.imports import sdk_reference
from durable_lint.fixes.places import replacement
from durable_lint.program.values.frames import Frame
from durable_lint.program.values.shapes import External

HOURS = 24

# The configurations that have a timeout, by the operation that takes them.
CONFIGS = {"create_callback": "CallbackConfig", "wait_for_callback": "WaitForCallbackConfig"}


def callback_timeout(ground: Ground, operation: Operation) -> Fix | None:
    """Return the fix where the configuration is missing or is made in the operation's own call."""
    call = operation.call
    frame, module = call.frame, call.frame.module
    duration = sdk_reference(ground, frame, call.node, "Duration", "config")
    if duration is None or not isinstance(call.node, cst.Call):
        return None
    timeout = f"timeout={duration[0]}.from_hours({HOURS})"
    given = operation.arguments.get("config")
    if given is not None and isinstance(given.node, cst.Call):
        if not _makes_configuration(frame, given.node):
            return None
        edit, imports = add_argument(module, given.node, timeout), duration[1]
    else:
        config = sdk_reference(ground, frame, call.node, CONFIGS[operation.name], "config")
        if config is None:
            return None
        text = f"{config[0]}({timeout})"
        imports = (*config[1], *duration[1])
        if given is None:
            edit = add_argument(module, call.node, f"config={text}")
        elif isinstance(given.node, cst.Name) and given.node.value == "None":
            edit = replacement(module, given.node, text)
        else:
            return None
    return _fix(edit, imports)


def _makes_configuration(frame: Frame, node: cst.Call) -> bool:
    call = frame.call_at(node)
    callee = call.callee.only() if call is not None else None
    return isinstance(callee, External) and sdk_name(callee.path) in CONFIGS.values()


def _fix(edit: Edit | None, imports: tuple[Edit, ...]) -> Fix | None:
    if edit is None:
        return None
    message = f"give it a timeout of {HOURS} hours"
    return Fix(message, (edit, *imports), Applicability.UNSAFE)

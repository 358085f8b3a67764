"""A clause that gets nothing names the error that its operations raise: `except StepError`."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.sdk import ANY_OPERATION_ERROR
from durable_lint.durable.suspension.clauses import Handler
from durable_lint.durable.suspension.exceptions import may_catch, sdk_error, types_in
from durable_lint.durable.suspension.failures import Failures
from durable_lint.durable.suspension.swallowing import Blocks, Try
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.imports import sdk_reference
from durable_lint.program.modules.syntax import descendants
from durable_lint.program.values.frames import Frame


def catch_operation_error(
    ground: Ground, frame: Frame, statement: Try, handler: Handler, failures: Failures
) -> Fix | None:
    """Return the fix; None where another clause has the error, or this one asks too much of it."""
    raised = list(dict.fromkeys(errors[0] for _, errors in failures.operations if errors))
    if handler.type is None or not raised or _reads_attributes(handler):
        return None
    name = raised[0] if len(raised) == 1 else ANY_OPERATION_ERROR
    if _is_caught_elsewhere(ground, frame, statement, handler, name):
        return None
    reference = sdk_reference(ground, frame, handler.type, name, "exceptions")
    if reference is None:
        return None
    module = frame.module
    span = module.whole_span(handler.type)
    start, end = module.source.offset(span.start), module.source.offset(span.end)
    if "#" in module.source.text[start:end]:
        # Comments on the types that are named would be lost with them.
        return None
    # `except(ValueError)` needs no space, a name does.
    space = "" if module.source.text[start - 1].isspace() else " "
    edits = (Edit(start, end, space + reference[0]), *reference[1])
    return Fix(f"catch {name}", edits, Applicability.UNSAFE)


def _reads_attributes(handler: Handler) -> bool:
    """Whether a clause reads what only the original exception has."""
    if handler.name is None or not isinstance(handler.name.name, cst.Name):
        return False
    name = handler.name.name.value
    return any(
        isinstance(node, cst.Attribute)
        and isinstance(node.value, cst.Name)
        and node.value.value == name
        for node in descendants(handler.body)
    )


def _is_caught_elsewhere(
    ground: Ground, frame: Frame, statement: Try, handler: Handler, name: str
) -> bool:
    """Whether the new clause would take from another one, or never be reached behind it."""
    blocks = Blocks(ground.walk.interpreter, frame)
    wanted = sdk_error(name)
    before = True
    for other in statement.handlers:
        if other is handler:
            before = False
            continue
        for error in types_in(blocks.caught(other)):
            if error is None or (error.kind == "sdk" and may_catch(error, wanted)):
                return True
            if before and error.kind == "builtin" and error.name in ("Exception", "BaseException"):
                return True
    return False

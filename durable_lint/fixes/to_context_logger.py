"""`print(x)` and `logger.info(x)` become `context.logger.info(x)`."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.reach import Reach
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.program.frames import Call
from durable_lint.program.values import External

# The methods of the SDK's LoggerInterface (`types.py`) and their older spelling.
_METHODS = {
    "debug": "debug",
    "info": "info",
    "warning": "warning",
    "warn": "warning",
    "error": "error",
    "exception": "exception",
}


def to_context_logger(reach: Reach, call: Call) -> Fix | None:
    """Return the fix for a print or a log call that the context's logger can make as it is."""
    context = reach.context(call.frame)
    node = call.node
    module = call.frame.module
    if context is None or not isinstance(node, cst.Call) or not call.arguments.plain:
        return None
    shape = call.callee.only()
    if not isinstance(shape, External) or not node.args:
        return None
    keywords = set(call.arguments.keywords())
    source, func = module.source, module.span(node.func)
    start, end = source.offset(func.start), source.offset(func.end)
    edits = []
    if shape.path == "print":
        if keywords or not isinstance(module.parents[node], cst.Expr):
            return None
        method = "info"
        if len(node.args) > 1:
            first = source.offset(module.span(node.args[0].value).start)
            template = " ".join(["%s"] * len(node.args))
            edits.append(Edit(first, first, f'"{template}", '))
    else:
        method = _METHODS.get(shape.path.rpartition(".")[2], "")
        if not method or keywords - {"extra"}:
            return None
    edits.insert(0, Edit(start, end, f"{context}.logger.{method}"))
    return Fix(f"log with {context}.logger", tuple(edits), Applicability.SAFE)

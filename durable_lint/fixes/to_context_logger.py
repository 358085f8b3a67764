"""`print(x)` and `logger.info(x)` become `context.logger.info(x)`."""

from __future__ import annotations

import libcst as cst

from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.places import quote_at, replacement
from durable_lint.program.values.frames import Call
from durable_lint.program.values.shapes import External

# The methods of the SDK's LoggerInterface (`types.py`) and their older spelling.
_METHODS = {
    "debug": "debug",
    "info": "info",
    "warning": "warning",
    "warn": "warning",
    "error": "error",
    "exception": "exception",
}
_KEYWORDS = frozenset(("msg", "extra"))

# Loggers whose methods take what the SDK's do. Those that add to each line are unsafe to leave out.
_LOGGERS = {
    "logging": Applicability.SAFE,
    "logging.root": Applicability.SAFE,
    "logging.Logger()": Applicability.SAFE,
    "logging.getLogger()": Applicability.SAFE,
    "logging.getLogger().getChild()": Applicability.SAFE,
    "logging.LoggerAdapter()": Applicability.UNSAFE,
    "aws_lambda_powertools.Logger()": Applicability.UNSAFE,
    "aws_lambda_powertools.logging.Logger()": Applicability.UNSAFE,
}


def to_context_logger(ground: Ground, call: Call) -> Fix | None:
    """Return the fix for a print or a log call that the context's logger can make as it is."""
    node, callee = call.node, call.callee.only()
    if not isinstance(node, cst.Call) or not isinstance(callee, External) or not node.args:
        return None
    context = ground.context(call.frame, node)
    if context is None:
        return None
    if callee.path == "print":
        return _from_print(call, node, f"{context}.logger")
    logger, _, method = callee.path.rpartition(".")
    applicability = _LOGGERS.get(logger)
    spread = any(item.star == "**" for item in call.arguments.items)
    if applicability is None or method not in _METHODS or spread:
        return None
    if call.arguments.keywords().keys() - _KEYWORDS:
        return None
    edit = replacement(call.frame.module, node.func, f"{context}.logger.{_METHODS[method]}")
    return Fix(f"log with {context}.logger", (edit,), applicability)


def _from_print(call: Call, node: cst.Call, logger: str) -> Fix | None:
    module = call.frame.module
    if call.arguments.keywords() or not call.arguments.plain:
        return None
    edits = [replacement(module, node.func, f"{logger}.info")]
    if len(node.args) > 1:
        quote = quote_at(module, node)
        if quote is None:
            return None
        template = " ".join(["%s"] * len(node.args))
        start = module.source.offset(module.span(node.args[0]).start)
        edits.append(Edit(start, start, f"{quote}{template}{quote}, "))
    return Fix(f"log with {logger}", tuple(edits), Applicability.SAFE)

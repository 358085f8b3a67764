"""`except BaseException` and a bare `except` become `except Exception`."""

from __future__ import annotations

import libcst as cst

from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.places import replacement
from durable_lint.program.modules.syntax import dotted_name
from durable_lint.program.values.frames import Frame

_WIDE = ("BaseException", "builtins.BaseException")


def narrow_to_exception(frame: Frame, node: cst.CSTNode, statement: cst.CSTNode) -> Fix | None:
    """Return the fix for a clause, or a `suppress`, that swallows what is no `Exception`.

    `statement` is what the clause is part of. None where another clause has `Exception` already.
    """
    if frame.owner_of("Exception") is not None:
        return None
    match node:
        case cst.ExceptHandler(type=None):
            edits = [_after_except(frame, node)]
        case cst.ExceptHandler() | cst.ExceptStarHandler():
            edits = _narrowed(frame, node.type)
        case cst.Call():
            edits = [edit for arg in node.args for edit in _narrowed(frame, arg.value)]
        case _:
            return None
    if not edits or _has_exception(statement):
        return None
    return Fix("catch Exception only", tuple(edits), Applicability.SAFE)


def _after_except(frame: Frame, handler: cst.ExceptHandler) -> Edit:
    module = frame.module
    place = module.source.offset(module.span(handler).start) + len("except")
    return Edit(place, place, " Exception")


def _narrowed(frame: Frame, types: cst.BaseExpression | None) -> list[Edit]:
    if isinstance(types, cst.Tuple):
        return [e for element in types.elements for e in _narrowed(frame, element.value)]
    wide = types is not None and dotted_name(types) in _WIDE
    return [replacement(frame.module, types, "Exception")] if wide and types is not None else []


def _has_exception(statement: cst.CSTNode) -> bool:
    return isinstance(statement, cst.Try | cst.TryStar) and any(
        dotted_name(handler.type) == "Exception" for handler in statement.handlers
    )

"""`fn.current_version`: let CDK code name a function's version instead of the function."""

from __future__ import annotations

import libcst as cst

from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.program.modules.module import Module

_PRIMARIES = (cst.Name, cst.Attribute, cst.Call, cst.Subscript)


def current_version(module: Module, function: cst.CSTNode) -> Fix | None:
    """Return the fix that makes the expression `function` name its version.

    None where an attribute cannot simply be put behind the expression.
    """
    if not isinstance(function, _PRIMARIES):
        return None
    end = module.source.offset(module.span(function).end)
    edits = (Edit(end, end, ".current_version"),)
    return Fix("use the function's `current_version`", edits, Applicability.SAFE)

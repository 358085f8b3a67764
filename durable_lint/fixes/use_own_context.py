"""`context.step(...)` in a child body becomes `child.step(...)`."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.reach import Reach
from durable_lint.durable.walk import Walk
from durable_lint.findings import Applicability, Fix
from durable_lint.fixes.arguments import replace_node
from durable_lint.program.frames import Frame
from durable_lint.program.module import Module
from durable_lint.program.syntax import COMPREHENSIONS, bound_names, descendants


def use_own_context(walk: Walk, reach: Reach, frame: Frame, node: cst.CSTNode) -> Fix | None:
    """Return the fix that names the context of the frame's own body in the place of `node`.

    None where that has no name, a name that says it is not meant to be used, or a name that means
    something else at `node`, and where the code also runs for another body.
    """
    own = reach.context(frame)
    module = frame.module
    if own is None or own.startswith("_") or not isinstance(node, cst.Name | cst.Attribute):
        return None
    root = own.split(".")[0]
    if root not in frame.env and any(
        other.node is frame.node and other.body != frame.body for other in walk.frames
    ):
        return None
    if _is_shadowed(module, node, root):
        return None
    edit = replace_node(module, node, own)
    return Fix(f"use {own}, the body's own context", (edit,), Applicability.SAFE, True)


def _is_shadowed(module: Module, node: cst.CSTNode, name: str) -> bool:
    """Tell whether a comprehension around `node` uses the name for something else."""
    current = node
    while not isinstance(current, cst.FunctionDef | cst.Lambda | cst.Module):
        current = module.parents[current]
        if isinstance(current, COMPREHENSIONS) and any(
            bound.value == name
            for clause in descendants(current)
            if isinstance(clause, cst.CompFor)
            for bound in bound_names(clause.target)
        ):
            return True
    return False

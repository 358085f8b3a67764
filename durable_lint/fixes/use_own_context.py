"""`context.step(...)` in a child body becomes `child.step(...)`."""

from __future__ import annotations

import libcst as cst

from durable_lint.findings import Applicability, Fix
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.places import replacement
from durable_lint.program.values.frames import Frame


def use_own_context(ground: Ground, frame: Frame, node: cst.CSTNode) -> Fix | None:
    """Return the fix that names the context of the frame's own body in the place of `node`.

    None where that has no name there, or one that says that it is not meant to be used.
    """
    own = ground.context(frame, node)
    if own is None or own.startswith("_"):
        return None
    edit = replacement(frame.module, node, own)
    return Fix(f"use {own}, the body's own context", (edit,), Applicability.SAFE, True)

"""`context.wait(5)` becomes `context.wait(Duration.from_seconds(5))`."""

from __future__ import annotations

import libcst as cst

from durable_lint.findings import Applicability, Fix
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.imports import sdk_reference
from durable_lint.fixes.places import replacement, text_of
from durable_lint.program.values.frames import Frame


def to_duration(ground: Ground, frame: Frame, node: cst.CSTNode) -> Fix | None:
    """Return the fix that makes a duration of the number of seconds at `node`.

    None where `Duration` means something else there.
    """
    reference = sdk_reference(ground, frame, node, "Duration", "config")
    if reference is None:
        return None
    name, imports = reference
    seconds = text_of(frame.module, node)
    edit = replacement(frame.module, node, f"{name}.from_seconds({seconds})")
    return Fix(f"make it {name}.from_seconds({seconds})", (*imports, edit), Applicability.SAFE)

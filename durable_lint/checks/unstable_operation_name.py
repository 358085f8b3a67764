"""LDF116: an operation's name that is another one on the next replay."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.shapes import Effect
from durable_lint.durable.walk import is_replayed
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection

CODES = ("LDF116",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each name argument that depends on something that differs."""
    for operation in inspection.walk.operations:
        frame = operation.call.frame
        name = operation.arguments.get("name")
        if name is None or not is_replayed(frame):
            continue
        effects = [o for o in name.value.origins if isinstance(o, Effect)]
        if not effects:
            continue
        effect = min(effects, key=lambda found: found.path)
        where: cst.CSTNode = name.node or operation.call.node
        yield inspection.finding(
            "LDF116",
            frame,
            where,
            f'the name of this {operation.name} depends on "{effect.path}", which {effect.why}: '
            "the replayed operation has another name than the stored one",
            route=[
                inspection.hop(effect.frame, effect.node, f"{effect.path} {effect.why}"),
                inspection.hop(frame, where, f"names the {operation.name}"),
            ],
        )

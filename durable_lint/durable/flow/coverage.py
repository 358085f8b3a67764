"""How much of the code was walked, in numbers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst

from durable_lint.durable.flow.gaps import gaps
from durable_lint.durable.walk import Walk
from durable_lint.program.values.frames import Call, Frame


@dataclass(frozen=True)
class Covered:
    """What of a file was walked, by its places in the code, each counted once.

    `functions` are those that run for an entry point or an operation; `gaps` the calls in replayed
    code that were not followed.
    """

    entry_points: set[cst.CSTNode] = field(default_factory=set)
    functions: set[cst.CSTNode] = field(default_factory=set)
    operations: set[cst.CSTNode] = field(default_factory=set)
    gaps: set[cst.CSTNode] = field(default_factory=set)

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """The numbers of entry points, functions, operations and gaps."""
        return (
            len(self.entry_points),
            len(self.functions),
            len(self.operations),
            len(self.gaps),
        )


class Coverage:
    """What several walks have covered, by file."""

    def __init__(self) -> None:
        self.files: dict[Path, Covered] = defaultdict(Covered)

    def add(self, walk: Walk) -> None:
        """Count what one walk has covered, and its own file even if that is nothing."""
        files = self.files
        _ = files[walk.module.path]
        for entry, _body, _frames in walk.entries:
            frame, node = _made_at(entry.call)
            files[frame.module.path].entry_points.add(node)
        for frame in walk.frames:
            if frame.function is not None:
                files[frame.module.path].functions.add(frame.node)
        for operation in walk.operations:
            call = operation.call
            files[call.frame.module.path].operations.add(call.node)
        for gap in gaps(walk):
            files[gap.frame.module.path].gaps.add(gap.node)


def _made_at(call: Call) -> tuple[Frame, cst.CSTNode]:
    """Return the code of a module that makes an entry point, by way of house decorators perhaps."""
    frame, node = call.frame, call.node
    while frame.caller is not None and frame.call is not None:
        node, frame = frame.call, frame.caller
    return frame, node

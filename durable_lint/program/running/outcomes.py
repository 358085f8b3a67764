"""Values that tell how a block was left: by its end, by an exception, and how far it got."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.values.frames import Env, Frame, Write
from durable_lint.program.values.values import Value

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class Outcome:
    """An origin: the value depends on how the block of a `try` or `with` at `node` was left."""

    node: cst.CSTNode


def tell_outcome(interpreter: Interpreter, frame: Frame, node: cst.Try | cst.TryStar) -> Env:
    """Let all that a `try` binds or changes carry its outcome; return the names as they were."""
    parts = [node.body, *node.handlers, *([node.orelse] if node.orelse is not None else [])]
    names = frozenset[str]().union(*(interpreter.scope(part).bound for part in parts))
    changed = _changed_objects(frame, node)
    told: Env = {
        name: bound
        for name, bound in frame.env.items()
        if isinstance(bound, Value) and (name in names or changed.intersection(bound.shapes))
    }
    for name, bound in told.items():
        if isinstance(bound, Value):
            frame.env[name] = bound.mixed_with(frozenset((Outcome(node),)))
    return told


def forget_outcome(frame: Frame, node: cst.Try | cst.TryStar, told: Env) -> None:
    """Undo `tell_outcome` for the names that were not bound anew since."""
    for name, bound in told.items():
        now = frame.env.get(name)
        if isinstance(now, Value) and isinstance(bound, Value) and now.shapes == bound.shapes:
            if Outcome(node) in now.origins:
                frame.env[name] = bound


def _changed_objects(frame: Frame, node: cst.Try | cst.TryStar) -> set[object]:
    return {
        event.target
        for event in frame.host.events.values()
        if isinstance(event, Write)
        and any(region.node is node or region.node in node.handlers for region in event.regions)
    }

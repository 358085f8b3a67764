"""Values that tell how a block was left: by its end, by an exception, and how far it got."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from durable_lint.program.frames import Env, Frame, Write
from durable_lint.program.values import Value


@dataclass(frozen=True, slots=True)
class Outcome:
    """An origin: the value depends on how the block of a `try` or `with` at `node` was left."""

    node: cst.CSTNode


def tell_outcome(frame: Frame, node: cst.Try | cst.TryStar, before: Env) -> Env:
    """Let all that a `try` has bound or changed carry its outcome; return the names as they were.

    `before` has the names at the start of the statement.
    """
    told: Env = {}
    changed = _changed_objects(frame, node)
    origins = frozenset((Outcome(node),))
    for name, bound in frame.env.items():
        if isinstance(bound, Value):
            earlier = before.get(name)
            rebound = bound is not earlier and (earlier is None or isinstance(earlier, Value))
            if rebound or changed.intersection(bound.shapes):
                told[name] = bound
    for name, bound in told.items():
        if isinstance(bound, Value):
            frame.env[name] = bound.mixed_with(origins)
    return told


def forget_outcome(frame: Frame, node: cst.Try | cst.TryStar, told: Env) -> None:
    """Undo `tell_outcome` for the names that were not bound anew since."""
    origin = Outcome(node)
    for name, bound in told.items():
        now = frame.env.get(name)
        if isinstance(now, Value) and isinstance(bound, Value) and now.shapes == bound.shapes:
            if origin in now.origins:
                frame.env[name] = bound


def _changed_objects(frame: Frame, node: cst.Try | cst.TryStar) -> set[object]:
    return {
        event.target
        for event in frame.host.events.values()
        if isinstance(event, Write)
        and any(region.node is node or region.node in node.handlers for region in event.regions)
    }

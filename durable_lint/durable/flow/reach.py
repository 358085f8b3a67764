"""Effects and the routes to them: from the outermost call that has a context at hand, inwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import libcst as cst

from durable_lint.durable.caches import MADE_UP, is_cached, is_kept
from durable_lint.durable.flow.routes import Callers, is_root
from durable_lint.durable.shapes import Effect, Operation
from durable_lint.durable.walk import Walk, is_replayed
from durable_lint.program.modules.syntax import FunctionNode, descendants
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import (
    Bound,
    Class,
    External,
    Function,
    Instance,
)
from durable_lint.program.values.values import Shape

MAX_ROUTES = 200


@dataclass(frozen=True, slots=True)
class Reached:
    """An effect and the calls that lead to it, outermost first; the last is the effect's own."""

    effect: Effect
    calls: tuple[Call, ...]


def called_name(call: Call) -> str:
    """Return how messages call what a call opens: a class, a function, or a library's path."""
    names = [name for shape in call.callee.shapes if (name := _own_name(shape)) is not None]
    func = call.node.func if isinstance(call.node, cst.Call) else None
    if isinstance(func, cst.Name | cst.Attribute):
        # What a decorator or a factory made has a name that says nothing.
        names.append(func.value if isinstance(func, cst.Name) else func.attr.value)
    names += [callee.name for callee in call.callees]
    names += [shape.path for shape in call.callee.shapes if isinstance(shape, External)]
    return names[0] if names else "call"


def _own_name(shape: Shape) -> str | None:
    """Return the name of code of the project; one that syntax calls goes by its class, too."""
    match shape:
        case Class():
            return shape.name
        case Instance():
            return f"{shape.cls.name}.__call__"
        case Bound():
            return _own_name(shape.function)
        case Function() if _is_nameless(shape):
            return None
        case Function(owner=Class() as owner) if shape.name.startswith("__"):
            return f"{owner.name}.{shape.name}"
        case Function():
            return shape.name
        case _:
            return None


def _is_nameless(function: Function) -> bool:
    """Tell whether a function has no name that tells readers anything: what decorators make."""
    return isinstance(function.node, cst.Lambda) or isinstance(function.frame.node, FunctionNode)


class Reach:
    """The effects that each call of replayed code leads to.

    Those of `moved` calls, and of what stands in their arguments, are left out: such a call is
    going to run elsewhere.
    """

    def __init__(self, walk: Walk, callers: Callers, moved: Iterable[Call] = ()) -> None:
        self._walk = walk
        self._callers = callers
        self._moved = {(call.frame, node) for call in moved for node in descendants(call.node)}
        self._contexts: dict[int, str | None] = {}
        self._hidden: dict[int, tuple[Reached, ...]] = {}

    def context(self, frame: Frame) -> str | None:
        """Return how code of `frame` names the context of its body; None where it cannot."""
        if id(frame) not in self._contexts:
            self._contexts[id(frame)] = self._walk.context_name(frame)
        return self._contexts[id(frame)]

    def sites(self) -> Iterator[tuple[Call, tuple[Reached, ...]]]:
        """Yield each call of replayed code at which effects are mended, with these effects."""
        for frame in self._walk.replayed:
            if self.context(frame) is None and not is_root(frame):
                continue
            found: dict[int, list[Reached]] = defaultdict(list)
            calls = [event for event in frame.all_events() if isinstance(event, Call)]
            made = {id(call.node): call for call in calls if not call.applied}
            for call in calls:
                outer = made.get(id(call.node), call) if call.applied else call
                before = () if outer is call else (outer,)
                found[id(outer)] += [
                    Reached(inner.effect, (*before, *inner.calls))
                    for inner in self._from_call(call)
                ]
            for call in calls:
                if found[id(call)]:
                    yield call, tuple(found[id(call)])

    def stays(self, call: Call) -> bool:
        """Tell whether a call is not moved, nor code that only moved calls lead to."""
        return (call.frame, call.node) not in self._moved and call.frame not in self._moved_frames

    @cached_property
    def _moved_frames(self) -> set[Frame]:
        found: set[Frame] = set()
        frames = [f for f in self._walk.replayed if self._moved and self._callers.of(f)]
        while more := {f for f in frames if f not in found and self._only_moved(f, found)}:
            found |= more
        return found

    def _only_moved(self, frame: Frame, moved_frames: set[Frame]) -> bool:
        return all(
            (call.frame, call.node) in self._moved or call.frame in (*moved_frames, frame)
            for call in self._callers.of(frame)
        )

    def _from_call(self, call: Call) -> tuple[Reached, ...]:
        if (call.frame, call.node) in self._moved:
            return ()
        if isinstance(call.meaning, Operation):
            return ()
        interpreter = self._walk.interpreter
        found: dict[Effect, Reached] = {}
        if isinstance(call.meaning, Effect):
            found[call.meaning] = Reached(call.meaning, (call,))
        for callee in call.callees:
            if not is_replayed(callee) or callee.body != call.frame.body:
                continue
            if self.context(callee) is not None:
                continue
            kept = is_cached(interpreter, callee)
            for inner in self._inside(callee):
                if kept and inner.effect.code not in MADE_UP:
                    continue
                found.setdefault(inner.effect, Reached(inner.effect, (call, *inner.calls)))
        made = [
            item for item in found.values() if not is_kept(interpreter, call.frame, item.effect)
        ]
        return tuple(made)[:MAX_ROUTES]

    def _inside(self, frame: Frame) -> tuple[Reached, ...]:
        key = id(frame)
        if key not in self._hidden:
            self._hidden[key] = ()
            found: dict[Effect, Reached] = {}
            for event in frame.all_events():
                if isinstance(event, Call):
                    for inner in self._from_call(event):
                        found.setdefault(inner.effect, inner)
            self._hidden[key] = tuple(found.values())[:MAX_ROUTES]
        return self._hidden[key]

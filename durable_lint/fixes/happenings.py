"""What happens at a place of the code, as the walk saw it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import libcst as cst

from durable_lint.program.modules.syntax import descendants
from durable_lint.program.values.frames import Call, Event, Frame
from durable_lint.program.values.shapes import External
from durable_lint.program.values.values import Value


class Happenings:
    """The events of a walk, by the nodes they happen at."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._by_node: dict[int, list[Event]] = defaultdict(list)
        for event in events:
            self._by_node[id(event.node)].append(event)

    def within(self, frame: Frame, node: cst.CSTNode) -> list[Event]:
        """Return what happens in `node` when `frame` runs it, not in what it calls."""
        found = [e for n in descendants(node) for e in self._by_node.get(id(n), ())]
        return [event for event in found if event.frame is frame.host]


def led_to(calls: Iterable[Call]) -> dict[int, Frame]:
    """Return the activations that `calls` lead to for the same body, by their ids."""
    found: dict[int, Frame] = {}
    waiting = list(calls)
    while waiting:
        call = waiting.pop()
        for callee in call.callees:
            if callee.body == call.frame.body and id(callee) not in found:
                found[id(callee)] = callee
                waiting.extend(e for e in callee.all_events() if isinstance(e, Call))
    return found


def result_at(frame: Frame, node: cst.CSTNode) -> Value | None:
    """Return the value of a call at `node`, None where `frame` makes no call there."""
    call = frame.host.call_at(node)
    return call.result if call is not None else None


def value_at(call: Call) -> Value | None:
    """Return what the code at a call's node evaluates to.

    None where not that code makes the call but what is around it: a loop that asks an object for
    its elements, a `with` that enters it.
    """
    frame, node = call.frame, call.node
    evaluated = frame.call_at(node)
    if evaluated is None and isinstance(node, cst.Subscript):
        evaluated = frame.call_at(node, "__getitem__")
    known = evaluated is call or isinstance(node, cst.Call)
    return evaluated.result if known and evaluated is not None else None


def calls_one_of(frame: Frame, node: cst.CSTNode, paths: frozenset[str]) -> bool:
    """Tell whether the call at `node` certainly calls one of a library's functions."""
    call = frame.host.call_at(node)
    callee = call.callee.only() if call is not None else None
    return isinstance(callee, External) and callee.path in paths

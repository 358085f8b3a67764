"""Which calls lead to which frames, and by which calls something is reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

import libcst as cst

from durable_lint.durable.shapes import Body
from durable_lint.durable.walk import Walk
from durable_lint.program.values.frames import Call, Frame


class Callers:
    """The calls that lead to each frame of a walk, from code of the same body."""

    def __init__(self, walk: Walk) -> None:
        self._calls: dict[int, list[Call]] = defaultdict(list)
        for call in walk.calls:
            for callee in call.callees:
                if callee.body == call.frame.body:
                    self._calls[id(callee)].append(call)

    def of(self, frame: Frame) -> Sequence[Call]:
        """Return the calls that lead to `frame`; none where the SDK itself calls it."""
        return self._calls[id(frame)]

    def leading_to(self, frame: Frame) -> Sequence[Call]:
        """Return the calls that lead to `frame`, operations that run it as a body among them."""
        if is_root(frame) and isinstance(frame.body, Body):
            call = frame.body.frame.host.call_at(frame.body.node)
            return [call] if call is not None and frame.body.parent is not None else []
        return self.of(frame)


def is_root(frame: Frame) -> bool:
    """Tell whether the frame is what the SDK itself calls for its body."""
    caller = frame.caller
    return isinstance(frame.body, Body) and caller is not None and caller.body != frame.body


def runs_parameter(call: Call) -> bool:
    """Tell whether a call runs what somebody has given to the code that it stands in."""
    func = call.node.func if isinstance(call.node, cst.Call) else None
    owner = call.frame.owner_of(func.value) if isinstance(func, cst.Name) else None
    return owner is not None and isinstance(func, cst.Name) and func.value in owner.given


def route_from(
    call: Call, wanted: Callable[[Call], bool], seen: set[int] | None = None
) -> tuple[Call, ...]:
    """Return the calls that lead from `call` to one that is `wanted`, in the same body.

    Both ends are included; it is empty where there is no such call. `seen` are frames that are not
    to be searched again.
    """
    if wanted(call):
        return (call,)
    searched = set[int]() if seen is None else seen
    for callee in call.callees:
        if callee.body != call.frame.body or id(callee) in searched:
            continue
        searched.add(id(callee))
        for event in callee.all_events():
            if isinstance(event, Call):
                rest = route_from(event, wanted, searched)
                if rest:
                    return (call, *rest)
    return ()

"""What becomes of the callables that durable steps and their kin return when they are called."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.shapes import BranchObject, Factory, Prepared
from durable_lint.durable.walk import Walk
from durable_lint.program.values.contents import held_by
from durable_lint.program.values.frames import Call, Frame, Return, Write
from durable_lint.program.values.shapes import Bound, Class, Function
from durable_lint.program.values.values import Shape, Value


class Fates:
    """Tells which prepared bodies nobody can run: they are neither run nor handed on.

    Handed on is what is stored in an object, and what is passed to code that is not followed.
    Operations are such code, so what they run is handed on to them.
    """

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._frames = walk.interpreter.frames
        self._run = {(frame.node, frame.outer) for frame in self._frames}
        self._handed_on: set[Prepared] = set()
        self._seen: set[Shape] = set()
        for value in self._leaving():
            self._hand_on(value)

    def left(self) -> Iterator[tuple[Call, Prepared]]:
        """Yield each call that prepares a body which nobody can run, with this body."""
        if self._walk.interpreter.exhausted:
            return
        by_node: dict[int, list[tuple[Call, Prepared]]] = {}
        for call in self._walk.calls:
            for prepared in _prepared_by(call):
                by_node.setdefault(id(call.node), []).append((call, prepared))
        for found in by_node.values():
            if not any(prepared in self._handed_on for _, prepared in found):
                yield found[0]

    def _leaving(self) -> Iterator[Value]:
        """Yield every value that goes where the analysis does not follow it."""
        followed = self._followed_frames()
        for frame in self._frames:
            for event in frame.all_events():
                match event:
                    case Call():
                        yield event.callee
                        if not _is_followed(event):
                            yield event.arguments.all_values()
                    case Write():
                        yield event.value
                    case Return() if frame not in followed:
                        yield event.value
                    case _:
                        pass

    def _followed_frames(self) -> set[Frame]:
        """Return the frames whose result goes on to known code, or to the SDK."""
        by_sdk = [frames for _, _, frames in self._walk.entries]
        by_sdk += [frames for op in self._walk.operations for _, frames in op.bodies]
        calls = [e for frame in self._frames for e in frame.all_events() if isinstance(e, Call)]
        called = {callee for call in calls if not call.applied for callee in call.callees}
        applied = {callee for call in calls if call.applied for callee in call.callees}
        return (called - applied).union(*by_sdk)

    def _hand_on(self, value: Value) -> None:
        stack = [value]
        while stack:
            for shape in stack.pop().shapes:
                if shape in self._seen:
                    continue
                self._seen.add(shape)
                stack.extend(self._held_by(shape))
                if isinstance(shape, Prepared):
                    self._handed_on.add(shape)

    def _held_by(self, shape: Shape) -> list[Value]:
        match shape:
            case BranchObject():
                return [shape.function]
            case Prepared():
                return [item.value for item in shape.arguments.items]
            case Function():
                return [*shape.defaults.values(), *self._captured(shape)]
            case Bound():
                return [shape.receiver, Value((shape.function,))]
            case Class():
                return [v for v in shape.members.env.values() if isinstance(v, Value)]
            case _:
                return held_by(shape)

    def _captured(self, function: Function) -> Iterator[Value]:
        """Yield what a function that was not run may find in the variables around it."""
        if (function.node, function.frame) in self._run:
            return
        for name in self._walk.interpreter.free_names(function.node):
            owner = function.frame.owner_of(name)
            held = owner.env.get(name) if owner is not None else None
            if isinstance(held, Value):
                yield held


def _prepared_by(call: Call) -> list[Prepared]:
    """Return what a call of nothing but durable steps and their kin prepares."""
    only_factories = all(isinstance(shape, Factory) for shape in call.callee.shapes)
    if call.callee.open or not only_factories or call.applied:
        return []
    return [shape for shape in call.result.shapes if isinstance(shape, Prepared)]


def _is_followed(call: Call) -> bool:
    """Tell whether a call runs nothing but functions of the project, with all its arguments."""
    opened = all(isinstance(shape, Function | Bound) for shape in call.callee.shapes)
    return opened and not call.callee.open and bool(call.callees)

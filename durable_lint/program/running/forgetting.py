"""Objects that the code has let go of: what was done to them, nobody finds any more.

Where two ways through the code meet, a name may stand for one object on the one and for another on
the other. What the one way has done to the object that its names have left is not to be looked for
in that of the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from durable_lint.program.running.looks import lies_in, reachable
from durable_lint.program.values.frames import Env, Frame, Moment, State
from durable_lint.program.values.values import Shape, Value

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter


def remembered(
    interpreter: Interpreter, frame: Frame, moment: Moment, moments: Sequence[Moment]
) -> State:
    """Return the state of one of some moments, without the objects that its names have left."""
    if not moment.state:
        return moment.state
    elsewhere = [shape for other in moments for shape in _left(moment.env, other.env)]
    left = {shape for shape in reachable(elsewhere) if shape in moment.state}
    if not left:
        return moment.state
    around = _environments(interpreter, frame)
    held = reachable(shape for env in (moment.env, *around) for shape in _objects(env))
    gone = {shape for shape in left if not lies_in(shape, held)}
    return {target: parts for target, parts in moment.state.items() if target not in gone}


def _left(env: Env, other: Env) -> Iterator[Shape]:
    """Yield what the names stand for elsewhere that stand for something else here."""
    for name, bound in other.items():
        if isinstance(bound, Value) and env.get(name) is not bound:
            yield from bound.shapes


def _environments(interpreter: Interpreter, frame: Frame) -> Iterator[Env]:
    """Yield the names of all code that is being run besides a frame's own."""
    seen = {id(frame)}
    for active in (frame, *interpreter.active):
        current: Frame | None = active
        while current is not None:
            if id(current) not in seen:
                seen.add(id(current))
                yield current.env
            current = current.outer


def _objects(env: Env) -> Iterator[Shape]:
    for bound in env.values():
        if isinstance(bound, Value):
            yield from bound.shapes

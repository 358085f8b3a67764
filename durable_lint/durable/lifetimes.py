"""Which body owns a variable or object, and which changes to it are lost with another body.

What a body changes outside of itself is gone on replay, when the stored result is handed back and
the body does not run. It matters where somebody looks at it afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from durable_lint.durable.shapes import Body
from durable_lint.durable.walk import Walk
from durable_lint.program.frames import Access, Cell, Write
from durable_lint.program.values import Container, External, Instance, Opaque, Shape, Value


@dataclass(frozen=True, slots=True)
class LostWrite:
    """A change that code of `body` makes to what belongs to an outer body.

    `crossed` is the body that the owner started, directly; `lost_in` the outermost crossed body
    whose stored result is handed back, a step where there is one. `reads` are later looks at it
    from outside of `crossed`.
    """

    write: Write
    body: Body
    crossed: Body
    lost_in: Body
    reads: tuple[Access, ...]


class Lifetimes:
    """The owners of everything that one walk saw changed."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._holders: dict[Shape, set[Shape]] = defaultdict(set)
        for shape in list(walk.interpreter.reads):
            if isinstance(shape, Container | Instance):
                self._note_held(shape)

    def lost_writes(self) -> Iterator[LostWrite]:
        """Yield each change to something that an outer body owns, with the reads after it."""
        for event in self._walk.events:
            if isinstance(event, Write) and isinstance(event.frame.body, Body):
                body = event.frame.body
                owner = owner_of(event.target)
                if isinstance(owner, Body) and body != owner and body.inside(owner):
                    chain = _crossed(body, owner)
                    crossed = chain[-1]
                    steps = [inner for inner in chain if not inner.replayed]
                    reads = self.reads_after(event, crossed)
                    yield LostWrite(
                        event, body, crossed, steps[-1] if steps else crossed, tuple(reads)
                    )

    def reads_after(self, write: Write, outside: Body) -> Iterator[Access]:
        """Yield the later reads of what `write` changes by code that does not run for `outside`."""
        for target in self.holders(write.target):
            for access in self._walk.interpreter.reads.get(target, ()):
                runs_for = access.body
                elsewhere = not isinstance(runs_for, Body) or not runs_for.inside(outside)
                if access.order > write.order and elsewhere:
                    yield access

    def holders(self, target: Cell | Shape) -> set[Cell | Shape]:
        """Return `target` and every object through which it can be read."""
        found: set[Cell | Shape] = {target}
        if isinstance(target, Cell):
            return found
        stack: list[Shape] = [target]
        while stack:
            shape = stack.pop()
            outer = set(self._holders.get(shape, ()))
            if isinstance(shape, Opaque) and shape.parent is not None:
                outer.add(shape.parent)
            for holder in outer - found:
                found.add(holder)
                stack.append(holder)
        return found

    def _note_held(self, holder: Container | Instance) -> None:
        held: list[Value] = list(
            holder.attributes.values()
            if isinstance(holder, Instance)
            else [*holder.items.values(), *holder.rest]
        )
        for value in held:
            for shape in value.shapes:
                known = shape in self._holders and holder in self._holders[shape]
                self._holders[shape].add(holder)
                if not known and isinstance(shape, Container | Instance):
                    self._note_held(shape)


def owner_of(target: Cell | Shape) -> object:
    """Return the body that a variable or object was made for; None for a module's own."""
    match target:
        case Cell():
            return target.frame.body
        case Container() | Instance() | Opaque():
            return target.site.owner
        case External() if target.site is not None:
            return target.site.owner
        case _:
            return None


def _crossed(body: Body, owner: Body) -> list[Body]:
    """Return the bodies between the two, innermost first, the owner left out."""
    chain: list[Body] = []
    current: Body | None = body
    while current is not None and current != owner:
        chain.append(current)
        current = current.parent
    return chain

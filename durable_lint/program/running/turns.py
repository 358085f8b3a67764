"""Who takes the elements of what has no order, and where one round after the other leaves them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.modules.syntax import descendants
from durable_lint.program.values.contents import deep_values
from durable_lint.program.values.order import UNORDERED, Order, Rounds
from durable_lint.program.values.shapes import Container, External, Function, Site
from durable_lint.program.values.values import Shape, Value

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter
    from durable_lint.program.values.frames import Frame


class Turns:
    """The rounds that are being run, innermost last, and all that each order was gone through in.

    Who goes through a list takes the elements in the order that it was filled in.
    """

    def __init__(self) -> None:
        self.running: list[Rounds] = []
        self._taken: dict[tuple[cst.CSTNode, Frame], set[Rounds]] = {}

    def each(self, element: Value, orders: frozenset[Order], rounds: Rounds) -> Value:
        """Return an element of what comes in `orders`, as it is in one of the `rounds`."""
        if not orders:
            return element
        for order in orders:
            self._taken.setdefault((order.node, order.frame), set()).add(rounds)
        origins = frozenset(replace(order, rounds=rounds) for order in orders)
        pairs = [_pair(shape, origins, rounds) for shape in element.shapes]
        shapes = tuple(pair or shape for pair, shape in zip(pairs, element.shapes, strict=True))
        mixed = element.origins if pairs and all(pairs) else element.origins | origins
        return Value(shapes, mixed, element.open)

    def innermost(self, frame: Frame, container: Container) -> Rounds | None:
        """Return the rounds of `frame` that all take from one container, None where none do."""
        for rounds in reversed(self.running):
            if rounds.frame is frame.host and not _is_made_in(container.site, rounds):
                return rounds
        return None

    def told(self, order: Order, rounds: Collection[Rounds]) -> Iterator[Rounds]:
        """Yield those of some rounds that take one thing after the other in an order."""
        taken = self._taken.get((order.node, order.frame), ())
        return (one for one in taken if one in rounds)

    def collect(self, interpreter: Interpreter, container: Container, *values: Value) -> None:
        """Note that a container is given `values` now: the rounds being run decide when that is."""
        if container.kind in UNORDERED or not self._taken or not self.running:
            return
        for value in values:
            for order in _told(interpreter, value):
                told = self.told(order, self.running) if order.rounds is not None else ()
                if any(not _is_made_in(container.site, rounds) for rounds in told):
                    container.orders.add(replace(order, rounds=None))


def _pair(shape: Shape, origins: frozenset[Order], rounds: Rounds) -> Container | None:
    """Return a tuple of known parts with these origins in its parts, but for a counter."""
    if not isinstance(shape, Container) or shape.kind != "tuple" or not shape.items:
        return None
    pair = Container("tuple", Site(rounds.node, rounds.frame))
    for key, part in shape.items.items():
        counter = part.only()
        counts = isinstance(counter, External) and counter.site is shape.site
        pair.put(part if counts else part.mixed_with(origins), key)
    for part in shape.rest:
        pair.put(part.mixed_with(origins))
    return pair


def _told(interpreter: Interpreter, value: Value) -> Iterator[Order]:
    for held in deep_values(value):
        origins = held.origins.union(*(_captured(interpreter, shape) for shape in held.shapes))
        yield from (origin for origin in origins if isinstance(origin, Order))


def _captured(interpreter: Interpreter, shape: Shape) -> frozenset[object]:
    """Return the origins of what a function takes with it."""
    if not isinstance(shape, Function):
        return frozenset()
    kept = [value.origins for value in shape.defaults.values()]
    for name in interpreter.free_names(shape.node):
        owner = shape.frame.owner_of(name)
        held = owner.env.get(name) if owner is not None else None
        if isinstance(held, Value):
            kept.append(held.origins)
    return frozenset[object]().union(*kept)


def _is_made_in(site: Site, rounds: Rounds) -> bool:
    """Tell whether each of the rounds makes an object of its own at `site`."""
    frame = site.maker.host
    node: cst.CSTNode | None = site.born_at
    while frame is not rounds.frame and frame.caller is not None:
        frame, node = frame.caller.host, frame.call
    if frame is not rounds.frame or rounds.block is None or node is rounds.block:
        return False
    return any(inner is node for inner in descendants(rounds.block))


def yielded(container: Container, value: Value, frames: list[Frame]) -> None:
    """Note the orders that a generator, run by `frames`, yields `value` in."""
    for held in deep_values(value):
        for origin in held.origins:
            if isinstance(origin, Order) and origin.rounds and origin.rounds.frame in frames:
                container.orders.add(replace(origin, rounds=None))

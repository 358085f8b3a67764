"""The operations that an order reaches which nothing fixes: in a name, an input or a branch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from durable_lint.durable.flow.inputs import Input, inputs
from durable_lint.durable.flow.routes import Callers
from durable_lint.durable.shapes import Body, Operation
from durable_lint.durable.walk import Walk, is_replayed
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.order import Order, Rounds, orders_in, orders_of, origins_in

# What these operations are given, they go through one by one.
_BATCHES = {"map": "inputs", "parallel": "functions"}


@dataclass(frozen=True, slots=True)
class Ordered:
    """An operation that an order reaches, be it in its name or in another input."""

    order: Order
    operation: Operation
    in_name: bool


class Ordering:
    """The orders of one walk that operations depend on."""

    def __init__(self, walk: Walk, callers: Callers) -> None:
        self._walk = walk
        self._callers = callers
        self._around: dict[int, frozenset[Rounds]] = {}

    def reached(self) -> Iterator[Ordered]:
        """Yield each operation of replayed code that an order reaches, once for each order."""
        for item in inputs(self._walk):
            operation = item.operation
            if operation is None or not is_replayed(operation.call.frame):
                continue
            for order in _orders(item, operation):
                if self._tells(order, operation.call):
                    yield Ordered(order, operation, item.is_name)

    def _tells(self, order: Order, call: Call) -> bool:
        body = order.frame.body
        if isinstance(body, Body) and not is_replayed(order.frame):
            return False
        if order.rounds is None:
            return True
        told = self._walk.interpreter.turns.told(order, self._rounds_of(call))
        return next(told, None) is not None

    def _rounds_of(self, call: Call) -> frozenset[Rounds]:
        """Return the rounds that a call is made in, by whomever its code is called."""
        return _own_rounds(call) | self._rounds_around(call.frame)

    def _rounds_around(self, frame: Frame) -> frozenset[Rounds]:
        if id(frame) not in self._around:
            found: set[Rounds] = set()
            seen = {id(frame)}
            waiting = [frame]
            while waiting:
                for call in self._callers.leading_to(waiting.pop()):
                    found |= _own_rounds(call) | {Rounds(call.node, call.frame)}
                    if id(call.frame) not in seen:
                        seen.add(id(call.frame))
                        waiting.append(call.frame)
            self._around[id(frame)] = frozenset(found)
        return self._around[id(frame)]


def _own_rounds(call: Call) -> frozenset[Rounds]:
    return frozenset(Rounds(r.node, call.frame) for r in call.regions if r.kind == "loop")


def _orders(item: Input, operation: Operation) -> frozenset[Order]:
    """Return the orders that an input depends on.

    What a body finds in a list around it, it may sort or count: only its elements tell.
    """
    if item.argument is None:
        return origins_in(item.value)
    found = orders_in(item.value)
    if item.name == _BATCHES.get(operation.name):
        frame = operation.call.frame
        found |= orders_of(item.value, item.argument.node or operation.call.node, frame)
    return found

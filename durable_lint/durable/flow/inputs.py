"""What operations are given: arguments, and what bodies take from the code around them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from durable_lint.durable.shapes import Body, Operation, Prepared
from durable_lint.durable.walk import Walk, is_replayed
from durable_lint.program.values.arguments import Argument
from durable_lint.program.values.frames import Cell
from durable_lint.program.values.shapes import Function
from durable_lint.program.values.values import Value


@dataclass(frozen=True, slots=True)
class Input:
    """A value that an operation is given, None where a house wrapper is.

    `argument` brings it, under `name` where it is the operation's own; None where a body takes it
    from the code around it.
    """

    operation: Operation | None
    value: Value
    name: str = ""
    argument: Argument | None = None

    @property
    def is_name(self) -> bool:
        """Whether it is what the operation is called."""
        return self.name == "name"


def inputs(walk: Walk) -> Iterator[Input]:
    """Yield all that the operations of replayed code, and all bodies, are given."""
    for operation in walk.operations:
        if not is_replayed(operation.call.frame):
            continue
        for name, argument in operation.arguments.items():
            yield Input(operation, argument.value, name, argument)
        for body, _ in operation.bodies:
            match body.subject:
                case Prepared(arguments=given):
                    for argument in given.items:
                        yield Input(operation, argument.value, "", argument)
                case Function(defaults=defaults):
                    for value in defaults.values():
                        yield Input(operation, value)
                case _:
                    pass
    yield from _captured(walk)


def _captured(walk: Walk) -> Iterator[Input]:
    by_body = {body: op for op in walk.operations for body, _ in op.bodies}
    for what, accesses in walk.interpreter.reads.items():
        if not isinstance(what, Cell):
            continue
        for access in accesses:
            body = access.body
            if isinstance(body, Body) and what.frame.body != body:
                yield Input(by_body.get(body), access.value)

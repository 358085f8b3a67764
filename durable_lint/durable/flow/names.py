"""What is given a name that replay compares with the stored one: operations, and their branches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from durable_lint.durable.shapes import BranchObject, Operation
from durable_lint.durable.walk import Walk, is_replayed
from durable_lint.program.values.arguments import Argument
from durable_lint.program.values.frames import Call


@dataclass(frozen=True, slots=True)
class Named:
    """A call in replayed code that gives a `name` to `what`."""

    what: str
    call: Call
    name: Argument


def named(walk: Walk) -> Iterator[Named]:
    """Yield every operation and branch that replayed code gives a name."""
    for operation in walk.operations:
        name = operation.arguments.get("name")
        if name is not None and is_replayed(operation.call.frame):
            yield Named(operation.name, operation.call, name)
    for call in walk.calls:
        name = branch_name(call)
        if name is not None and is_replayed(call.frame):
            yield Named("parallel branch", call, name)


def branch_name(call: Call) -> Argument | None:
    """Return what a call of `ParallelBranch` names the branch, None for other calls."""
    if isinstance(call.meaning, Operation):
        return None
    makes_branch = any(
        isinstance(shape, BranchObject) and shape.site.node is call.node
        for shape in call.result.shapes
    )
    return call.arguments.get(1, "name") if makes_branch else None

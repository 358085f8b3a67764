"""Calls in the place of an operation's function, whose result is certainly no function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.flow.given import Given, given_to, is_callable
from durable_lint.durable.flow.uncallable import yields_no_function
from durable_lint.durable.walk import Walk
from durable_lint.program.values.frames import Call


@dataclass(frozen=True, slots=True, eq=False)
class Misplaced:
    """A call that is made before the operation, which gets its result instead of a function.

    It is not `always` so where other activations of its code find a function there.
    """

    given: Given
    call: Call
    always: bool


def misplaced_calls(walk: Walk) -> Iterator[Misplaced]:
    """Yield every call in the place of an operation's function that yields no function."""
    by_node: dict[cst.CSTNode, list[tuple[Given, Call, bool]]] = defaultdict(list)
    for operation in walk.operations:
        # It may be there, in another place.
        found = any(is_callable(item.value) for item in operation.call.arguments.positional())
        for given in given_to(operation):
            if (call := given.call) is not None:
                results = walk.vocabulary.results
                wrong = not found and yields_no_function(walk.interpreter, call, results)
                by_node[given.node].append((given, call, wrong))
    for calls in by_node.values():
        always = all(wrong for _, _, wrong in calls)
        yield from (Misplaced(given, call, always) for given, call, wrong in calls if wrong)

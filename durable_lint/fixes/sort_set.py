"""`return seen` becomes `return sorted(seen)`, where `seen` is a set."""

from __future__ import annotations

import libcst as cst

from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.program.frames import Return
from durable_lint.program.python_types import type_of
from durable_lint.program.shapes import Container
from durable_lint.program.values import Value

_SETS = ("set", "frozenset")
_ORDERED = (str, int, float, bytes)


def sort_set(event: Return) -> Fix | None:
    """Return the fix for a function that returns nothing but a set; None for any other.

    It is unsafe where the elements are not known to be of one type that has an order.
    """
    returned, frame, node = event.value.only(), event.frame, event.node
    is_set = isinstance(returned, Container) and returned.kind in _SETS
    if not is_set or frame.owner_of("sorted") is not None:
        return None
    assert isinstance(returned, Container)
    assert isinstance(node, cst.BaseExpression)
    module = frame.module
    start = module.source.offset(module.span(node.lpar[0] if node.lpar else node).start)
    end = module.source.offset(module.span(node.rpar[-1] if node.rpar else node).end)
    edits = (Edit(start, start, "sorted("), Edit(end, end, ")"))
    safety = Applicability.SAFE if _have_an_order(returned.content()) else Applicability.UNSAFE
    return Fix("return a sorted list", edits, safety)


def _have_an_order(elements: Value) -> bool:
    kinds = {type_of(shape) for shape in elements.shapes}
    return not elements.open and len(kinds) == 1 and kinds <= set(_ORDERED)

"""`return seen` becomes `return sorted(seen)`, where `seen` is a set."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.walk import Walk
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.program.frames import Return
from durable_lint.program.python_types import type_of
from durable_lint.program.shapes import Container
from durable_lint.program.values import Value

_SETS = ("set", "frozenset")
_COMPARABLE = ({str}, {bytes}, {int, float, bool})


def sort_set(walk: Walk, event: Return) -> Fix | None:
    """Return the fix for a body that returns nothing but a set; None for any other.

    It is unsafe where the elements are not known to be of one type that has an order.
    """
    returned, frame, node = event.value.only(), event.frame, event.node
    if not isinstance(returned, Container) or returned.kind not in _SETS:
        return None
    if frame.owner_of("sorted") is not None or not _runs_as_body_only(walk, frame.node):
        return None
    comparable = _have_an_order(returned.content())
    if comparable is False:
        return None
    assert isinstance(node, cst.BaseExpression)
    module = frame.module
    start = module.source.offset(module.span(node.lpar[0] if node.lpar else node).start)
    end = module.source.offset(module.span(node.rpar[-1] if node.rpar else node).end)
    gap = " " if module.source.text[start - 1].isalpha() else ""
    edits = [Edit(start, start, f"{gap}sorted" if node.lpar else f"{gap}sorted(")]
    if not node.lpar:
        edits.append(Edit(end, end, ")"))
    safety = Applicability.SAFE if comparable else Applicability.UNSAFE
    return Fix("return a sorted list", tuple(edits), safety)


def _runs_as_body_only(walk: Walk, function: cst.CSTNode) -> bool:
    """Whether nobody but the SDK calls a function: others may want the set."""
    run = {id(f) for operation in walk.operations for _, frames in operation.bodies for f in frames}
    return all(id(f) in run for f in walk.interpreter.frames if f.node is function)


def _have_an_order(elements: Value) -> bool | None:
    """Whether all elements can be compared with each other; None where that is not known."""
    kinds = {type_of(shape) for shape in elements.shapes}
    if None in kinds or elements.open or not kinds:
        return None
    if any(kinds <= alike for alike in _COMPARABLE):
        return True
    return False if len(kinds) > 1 else None

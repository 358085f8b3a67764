"""What has no order is sorted: `for name in sorted(names)`, `return sorted(seen)`."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import libcst as cst

from durable_lint.durable.walk import Walk, is_replayed
from durable_lint.findings import Applicability, Fix
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.happenings import calls_one_of
from durable_lint.fixes.places import is_target, replacement, text_of
from durable_lint.program.running.attributes import own_member
from durable_lint.program.values.frames import Frame, Return
from durable_lint.program.values.order import UNORDERED, Order
from durable_lint.program.values.python_types import type_of
from durable_lint.program.values.shapes import (
    Class,
    Constant,
    Container,
    External,
    Function,
    Instance,
)
from durable_lint.program.values.values import Shape, Value

# Types whose values can all be compared with each other.
_COMPARABLE: tuple[frozenset[type | None], ...] = (
    *(frozenset((kind,)) for kind in (str, bytes, UUID, date, timedelta, Path)),
    frozenset((int, float, bool, Decimal)),
)
_LISTED = frozenset(("os.listdir()", "glob.glob()", "glob.iglob()"))
_LISTED_PATHS = (".iterdir()", ".glob()", ".rglob()")
_LIST = frozenset(("list",))


def sort_taken(ground: Ground, order: Order) -> Fix | None:
    """Return the fix that sorts what gives its elements, one by one, in `order`.

    None where nothing can be written around it, and where a step mends it: one that lists a folder
    stores the order as well.
    """
    node, frame, module = order.node, order.frame, order.frame.module
    parent = module.parents[node]
    if isinstance(parent, cst.Attribute | cst.FormattedStringExpression | cst.Subscript):
        return None
    source = order.source
    if isinstance(source, External) and source.site and is_replayed(source.site.maker):
        return None
    call = module.parents[parent] if isinstance(parent, cst.Arg) and not parent.star else None
    if isinstance(call, cst.Call) and len(call.args) == 1 and calls_one_of(frame, call, _LIST):
        return _sorted(ground, frame, node, source, instead=call.func)
    return _sorted(ground, frame, node, source)


def sort_returned(ground: Ground, event: Return) -> Fix | None:
    """Return the fix for a body that returns nothing but a set; None for any other.

    None as well where others call the function, who may want the set.
    """
    returned, frame = event.value.only(), event.frame
    if not isinstance(returned, Container) or returned.kind not in UNORDERED:
        return None
    if not _runs_as_body_only(ground.walk, frame.node):
        return None
    return _sorted(ground, frame, event.node, returned)


def _sorted(
    ground: Ground,
    frame: Frame,
    node: cst.CSTNode,
    source: Shape,
    instead: cst.BaseExpression | None = None,
) -> Fix | None:
    """Return the fix that sorts `source`, which is at `node`, `instead` of what another name does.

    It is unsafe where nobody knows whether the elements have an order.
    """
    module = frame.module
    comparable = _have_an_order(ground, source)
    if comparable is False or is_target(module, node):
        return None
    if not isinstance(node, cst.BaseExpression) or not ground.is_builtin(frame, node, "sorted"):
        return None
    if instead is not None:
        edit = replacement(module, instead, "sorted")
    else:
        edit = replacement(module, node, f"sorted({text_of(module, node)})")
    return Fix("sort it", (edit,), Applicability.SAFE if comparable else Applicability.UNSAFE)


def _runs_as_body_only(walk: Walk, function: cst.CSTNode) -> bool:
    """Whether nobody but the SDK calls a function."""
    run = {id(f) for operation in walk.operations for _, frames in operation.bodies for f in frames}
    return all(id(f) in run for f in walk.interpreter.frames if f.node is function)


def _have_an_order(ground: Ground, source: Shape) -> bool | None:
    """Whether all elements can be compared with each other; None where that is not known."""
    match source:
        case Container():
            return _are_comparable(ground, source.content())
        case External(path=path):
            return path in _LISTED or path.endswith(_LISTED_PATHS)
        case _:
            return False


def _are_comparable(ground: Ground, elements: Value) -> bool | None:
    verdicts = set(_verdicts(ground, elements))
    if False in verdicts:
        return False
    return None if None in verdicts or elements.open else True


def _verdicts(ground: Ground, elements: Value) -> Iterator[bool | None]:
    """Yield what each element says, and what all of them say together."""
    classes: set[object] = set()
    for shape in elements.shapes:
        match shape:
            case Instance():
                yield own_member(ground.walk.interpreter, shape, "__lt__") is not None
                classes.add(shape.cls)
            case Container(kind="tuple"):
                yield _are_comparable(ground, shape.content())
                classes.add(tuple)
            case Constant(content=None) | Constant(enumeration=Class()):
                yield False
            case Container() | Class() | Function():
                yield False
            case _:
                kind = type_of(shape)
                group = next((kinds for kinds in _COMPARABLE if kind in kinds), None)
                yield None if group is None else True
                classes.add(kind if group is None else group)
    known = classes - {None}
    yield len(known) == 1 if known else None

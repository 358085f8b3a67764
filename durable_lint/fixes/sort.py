"""`for name in names` becomes `for name in sorted(names)`, and `list(names)` `sorted(names)`."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.walk import is_replayed
from durable_lint.findings import Applicability, Fix
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.places import is_target, replacement, text_of
from durable_lint.program.attributes import own_member
from durable_lint.program.order import Order
from durable_lint.program.shapes import Class, Constant, Container, External, Function, Instance
from durable_lint.program.values import Shape

_LIST = External("list")
# Their elements cannot be compared, or have an order of their own inside.
_UNSORTABLE = frozenset(("os.scandir()", "os.walk()", "os.fwalk()"))


def sort(ground: Ground, order: Order) -> Fix | None:
    """Return the fix that sorts what gives its elements in `order`.

    None where they are known not to be comparable, where nothing can be written around it, and
    where a step mends it: one that lists a folder stores the order as well.
    """
    node, frame, module = order.node, order.frame, order.frame.module
    if not isinstance(node, cst.BaseExpression) or not ground.is_global(frame, node, "sorted"):
        return None
    parent = module.parents[node]
    if isinstance(parent, cst.Attribute | cst.FormattedStringExpression | cst.Subscript):
        return None
    if is_target(module, node) or not _can_be_sorted(ground, order.source):
        return None
    replaced: cst.CSTNode = node
    call = module.parents[parent] if isinstance(parent, cst.Arg) else None
    if isinstance(call, cst.Call) and len(call.args) == 1:
        made = frame.call_at(call)
        if made is not None and made.callee.only() == _LIST:
            replaced = call
    edit = replacement(module, replaced, f"sorted({text_of(module, node)})")
    return Fix("sort it", (edit,), Applicability.SAFE)


def _can_be_sorted(ground: Ground, source: Shape) -> bool:
    match source:
        case Container():
            shapes = source.content().shapes
            kinds = {s.kind for s in shapes if isinstance(s, Constant)}
            alike = len(kinds) < 2 or kinds <= {"int", "float", "bool"}
            return alike and all(_is_comparable(ground, shape) for shape in shapes)
        case External(site=site):
            listed = site is not None and is_replayed(site.maker)
            return source.path not in _UNSORTABLE and not listed
        case _:
            return False


def _is_comparable(ground: Ground, shape: Shape) -> bool:
    match shape:
        case Constant():
            return shape.content is not None and not isinstance(shape.content, complex)
        case Container(kind="tuple"):
            held = shape.content().shapes
            return all(_is_comparable(ground, inner) for inner in held)
        case Instance():
            return own_member(ground.walk.interpreter, shape, "__lt__") is not None
        case Container() | Class() | Function():
            return False
        case _:
            return True

"""Which variables of a block are calculated from an expression."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.program.modules.syntax import bound_names, descendants


def names_from(block: cst.CSTNode, source: cst.CSTNode) -> frozenset[str]:
    """Return the names that statements of `block` bind to something made of `source`."""
    found: set[str] = set()
    assignments = list(_assignments(block))
    grown = True
    while grown:
        grown = False
        for targets, value in assignments:
            if depends_on(value, source, found):
                bound = {name.value for target in targets for name in bound_names(target)}
                grown = grown or not bound <= found
                found |= bound
    return frozenset(found)


def depends_on(
    expression: cst.CSTNode, source: cst.CSTNode, names: set[str] | frozenset[str]
) -> bool:
    """Tell whether an expression has `source` in it, or one of `names`."""
    return any(
        node is source or (isinstance(node, cst.Name) and node.value in names)
        for node in descendants(expression)
    )


def _assignments(block: cst.CSTNode) -> Iterator[tuple[list[cst.CSTNode], cst.CSTNode]]:
    for node in descendants(block):
        match node:
            case cst.Assign():
                yield [item.target for item in node.targets], node.value
            case cst.AnnAssign(value=cst.BaseExpression() as value):
                yield [node.target], value
            case cst.AugAssign() | cst.NamedExpr():
                yield [node.target], node.value
            case cst.For() | cst.CompFor():
                yield [node.target], node.iter
            case _:
                pass

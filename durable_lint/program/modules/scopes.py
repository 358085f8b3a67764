"""Which names a function, class or module binds itself, found in one walk of its own code."""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from durable_lint.program.modules.syntax import (
    COMPREHENSIONS,
    bound_names,
    children,
    descendants,
    parameters,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The names of one block: `bound` are its own, the others belong to an outer block.

    A function that `yields` is a generator.
    """

    bound: frozenset[str]
    global_names: frozenset[str]
    nonlocal_names: frozenset[str]
    yields: bool = False


_BINDERS = frozenset(
    {
        cst.FunctionDef,
        cst.ClassDef,
        cst.Lambda,
        *COMPREHENSIONS,
        cst.NamedExpr,
        cst.AssignTarget,
        cst.AnnAssign,
        cst.AugAssign,
        cst.For,
        cst.CompFor,
        cst.Del,
        cst.AsName,
        cst.MatchCase,
        cst.ImportAlias,
        cst.Global,
        cst.Nonlocal,
        cst.Yield,
    }
)


def imported_name(alias: cst.ImportAlias) -> str:
    """Return the name that an import binds: the alias, or the first part of a dotted module."""
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        return alias.asname.name.value
    node: cst.CSTNode = alias.name
    while isinstance(node, cst.Attribute):
        node = node.value
    return node.value if isinstance(node, cst.Name) else ""


def scope_of(block: cst.CSTNode) -> Scope:
    """Return the scope of a module, class, function, lambda or comprehension."""
    bound: set[str] = set()
    global_names: set[str] = set()
    nonlocal_names: set[str] = set()

    stack: list[cst.CSTNode]
    if isinstance(block, cst.FunctionDef | cst.Lambda):
        bound.update(param.name.value for param in parameters(block))
        stack = [block.body]
    elif isinstance(block, COMPREHENSIONS):
        stack = [block.for_in]
    else:
        stack = [block.body] if isinstance(block, cst.ClassDef) else list(children(block))

    yields = False
    comprehension = isinstance(block, COMPREHENSIONS)
    while stack:
        node = stack.pop()
        if type(node) not in _BINDERS:
            stack.extend(children(node))
            continue
        match node:
            case cst.FunctionDef() | cst.ClassDef():
                bound.add(node.name.value)
                stack.extend(node.decorators)
                continue
            case cst.Lambda():
                continue
            case cst.ListComp() | cst.SetComp() | cst.GeneratorExp() | cst.DictComp():
                bound.update(_walrus_names(node))
                continue
            case cst.NamedExpr():
                if not comprehension:
                    bound.update(name.value for name in bound_names(node.target))
            case cst.AssignTarget() | cst.AnnAssign() | cst.AugAssign() | cst.For() | cst.CompFor():
                bound.update(name.value for name in bound_names(node.target))
            case cst.Del():
                bound.update(name.value for name in bound_names(node.target))
            case cst.AsName():
                bound.update(name.value for name in bound_names(node.name))
            case cst.MatchCase():
                bound.update(name.value for name in bound_names(node.pattern))
            case cst.ImportAlias():
                bound.add(imported_name(node))
                continue
            case cst.Global():
                global_names.update(item.name.value for item in node.names)
            case cst.Nonlocal():
                nonlocal_names.update(item.name.value for item in node.names)
            case cst.Yield():
                yields = True
            case _:
                pass
        stack.extend(children(node))

    bound -= global_names | nonlocal_names
    return Scope(frozenset(bound), frozenset(global_names), frozenset(nonlocal_names), yields)


def _walrus_names(node: cst.CSTNode) -> set[str]:
    """Names that a walrus inside a comprehension binds in the block around it."""
    found: set[str] = set()
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, cst.Lambda):
            continue
        if isinstance(current, cst.NamedExpr):
            found.update(name.value for name in bound_names(current.target))
        stack.extend(children(current))
    return found


def free_names(block: cst.CSTNode, scope: Scope) -> frozenset[str]:
    """Return the names that code of a block, or of blocks inside it, takes from blocks around it.

    `scope` is that of the block. A name that only an inner block binds may be among them.
    """
    used = {node.value for node in descendants(block) if type(node) is cst.Name}
    return frozenset(used - scope.bound)

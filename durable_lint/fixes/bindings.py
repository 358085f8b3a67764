"""What a statement of a function binds, and which of that the rest of the function wants."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.fixes.naming import references
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.scopes import imported_name
from durable_lint.program.modules.syntax import (
    FunctionNode,
    bound_names,
    descendants,
    own_nodes,
    parameters,
)


def binders(node: cst.CSTNode) -> Iterator[tuple[str, cst.CSTNode]]:
    """Yield each name that the code of `node` binds, with the node after which it is bound."""
    for inner in own_nodes(node):
        yield from ((name, inner) for name in _bound_by(inner))


def _bound_by(node: cst.CSTNode) -> list[str]:
    return [name.value for name in _stores(node)]


def _stores(node: cst.CSTNode) -> Iterator[cst.Name]:
    """Yield the names that `node` itself binds."""
    match node:
        case cst.Assign():
            for item in node.targets:
                yield from bound_names(item.target)
        case cst.AnnAssign() if node.value is None:
            pass
        case cst.AnnAssign() | cst.AugAssign() | cst.NamedExpr() | cst.Del() | cst.For():
            yield from bound_names(node.target)
        case cst.AsName():
            yield from bound_names(node.name)
        case cst.MatchCase():
            yield from bound_names(node.pattern)
        case cst.ImportAlias() if node.asname is None:
            yield cst.Name(imported_name(node))
        case cst.FunctionDef() | cst.ClassDef() | cst.Param():
            yield node.name
        case _:
            pass


class FunctionNames:
    """The names of one function: where they are bound, and where they are read."""

    def __init__(self, module: Module, function: FunctionNode) -> None:
        self._module = module
        self._function = function
        nodes = list(descendants(function))
        self._declared = {
            item.name.value
            for node in nodes
            if isinstance(node, cst.Global | cst.Nonlocal)
            for item in node.names
        }
        self._binders = list(binders(function))
        self._parameters = {param.name.value for param in parameters(function)}
        self._loads: dict[str, list[cst.Name]] = {}
        for load in _loads(function):
            self._loads.setdefault(load.value, []).append(load)

    def handed_on(self, statement: cst.With) -> tuple[str, ...] | None:
        """Return the names that `statement` binds and the rest of the function reads.

        None where the statement would not bind the same in a function of its own: it reads what it
        binds only later, or binds it only under a condition.
        """
        inside = list(binders(statement))
        bound = dict.fromkeys(name for name, _ in inside)
        own = {id(node) for node in descendants(statement)}
        outside = {name for name, node in self._binders if id(node) not in own}
        outside |= self._parameters
        certain = {name for node in _certainly_run(statement) for name in _bound_by(node)}
        if self._declared & bound.keys() or (outside & bound.keys()) - certain:
            return None
        if any(_is_read_first(self._module, statement, name, inside) for name in bound):
            return None
        names = tuple(name for name in bound if self._is_wanted(name, own))
        return names if certain.issuperset(names) else None

    def _is_wanted(self, name: str, own: set[int]) -> bool:
        """Whether `name` is read outside of some nodes, as what they bound it to."""
        return any(
            id(load) not in own and not _is_bound_around(self._module, self._function, load)
            for load in self._loads.get(name, ())
        )


def _is_bound_around(module: Module, function: FunctionNode, load: cst.Name) -> bool:
    """Whether a statement or function around `load` gives its name another value first."""
    child: cst.CSTNode = load
    while (parent := module.parents[child]) is not function:
        names: list[str] = []
        match parent:
            case cst.With() if child is parent.body:
                bound = (item.asname for item in parent.items if item.asname is not None)
                names = [name for item in bound for name in _bound_by(item)]
            case cst.For() if child is parent.body:
                names = _bound_by(parent)
            case cst.FunctionDef() | cst.Lambda() if child is parent.body:
                names = [param.name.value for param in parameters(parent)]
            case _:
                pass
        if load.value in names:
            return True
        child = parent
    return False


def _certainly_run(statement: cst.With) -> Iterator[cst.CSTNode]:
    """Yield what is run whenever the statement is run to its end, nested `with` included."""
    for item in statement.items:
        if item.asname is not None:
            yield item.asname
    for part in statement.body.body:
        if isinstance(part, cst.SimpleStatementLine):
            yield from part.body
        elif isinstance(part, cst.With):
            yield from _certainly_run(part)
        else:
            yield part


def _is_read_first(
    module: Module,
    statement: cst.With,
    name: str,
    inside: list[tuple[str, cst.CSTNode]],
) -> bool:
    bindings = []
    for bound, node in inside:
        if bound == name:
            # A loop's variable is there for its body, the name of a function for the function.
            early = isinstance(node, cst.For | cst.FunctionDef | cst.ClassDef | cst.MatchCase)
            span = module.span(node)
            bindings.append(span.start if early else span.end)
    reads = [module.span(load).start for load in _loads(statement) if load.value == name]
    return any(read < min(bindings) for read in reads)


def _loads(node: cst.CSTNode) -> Iterator[cst.Name]:
    """Yield the names that are read in `node`, nested functions included."""
    stored = {
        id(name)
        for inner in descendants(node)
        if not isinstance(inner, cst.AugAssign | cst.Del)
        for name in (
            bound_names(inner.target) if isinstance(inner, cst.CompFor) else _stores(inner)
        )
    }
    return (name for name in references(node) if id(name) not in stored)

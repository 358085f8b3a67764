"""Small questions about libcst nodes that need neither scopes nor values."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import libcst as cst

FunctionNode = cst.FunctionDef | cst.Lambda
ComprehensionNode = cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp
COMPREHENSIONS = (cst.ListComp, cst.SetComp, cst.GeneratorExp, cst.DictComp)

_LAYOUT = (
    "whitespace",
    "lpar",
    "rpar",
    "lines",
    "comma",
    "semicolon",
    "header",
    "footer",
    "indent",
)


@cache
def _fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    return tuple(
        name
        for name in kind.__dataclass_fields__
        if name != "__slots__" and not any(word in name for word in _LAYOUT)
    )


def _is_node(kind: type) -> bool:
    # libcst's nodes are abstract base classes, for which `isinstance` is slow.
    known = _NODE_KINDS.get(kind)
    if known is None:
        known = _NODE_KINDS[kind] = issubclass(kind, cst.CSTNode)
    return known


_NODE_KINDS: dict[type, bool] = {}


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the direct child nodes of `node` in source order, layout left out."""
    for name in _fields(type(node)):
        value = getattr(node, name)
        kind = type(value)
        if kind is tuple or kind is list:
            yield from (item for item in value if _is_node(type(item)))
        elif _is_node(kind):
            yield value


def descendants(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield `node` and every node below it, parents first, layout left out."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(list(children(current))))


def own_nodes(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the nodes that run when `node` runs: nested function bodies are left out.

    `node` itself is yielded, and its body even where it is a function.
    """
    stack = list(reversed(list(children(node))))
    yield node
    while stack:
        current = stack.pop()
        yield current
        if not isinstance(current, cst.FunctionDef | cst.Lambda):
            stack.extend(reversed(list(children(current))))


def dotted_name(node: cst.CSTNode | None) -> str | None:
    """Return `a.b.c` for a chain of plain attribute accesses, None for anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    return ".".join([node.value, *reversed(parts)])


def parameters(node: FunctionNode) -> Iterator[cst.Param]:
    """Yield every parameter of a function in the order of its signature."""
    params = node.params
    yield from params.posonly_params
    yield from params.params
    if isinstance(params.star_arg, cst.Param):
        yield params.star_arg
    yield from params.kwonly_params
    if params.star_kwarg is not None:
        yield params.star_kwarg


def bound_names(target: cst.CSTNode) -> Iterator[cst.Name]:
    """Yield the names that an assignment target, or a match pattern, binds."""
    if isinstance(target, cst.Name):
        yield target
    elif isinstance(target, cst.Tuple | cst.List):
        for element in target.elements:
            yield from bound_names(element.value)
    elif isinstance(target, cst.StarredElement):
        yield from bound_names(target.value)
    elif isinstance(target, cst.MatchPattern):
        for child in descendants(target):
            if isinstance(child, cst.MatchAs | cst.MatchStar) and child.name is not None:
                yield child.name
            elif isinstance(child, cst.MatchMapping) and child.rest is not None:
                yield child.rest


def is_generator(node: FunctionNode) -> bool:
    """Tell whether calling this function makes a generator."""
    return any(isinstance(child, cst.Yield) for child in own_nodes(node.body))


def runs_as_script(statement: cst.CSTNode) -> bool:
    """Tell whether a statement is `if __name__ == "__main__"`: it does nothing on import."""
    if not isinstance(statement, cst.If) or not isinstance(statement.test, cst.Comparison):
        return False
    sides = [statement.test.left, *(target.comparator for target in statement.test.comparisons)]
    names = {side.value for side in sides if isinstance(side, cst.Name)}
    texts = {side.raw_value for side in sides if isinstance(side, cst.SimpleString)}
    return "__name__" in names and "__main__" in texts


def function_name(node: cst.CSTNode) -> str:
    """Return how messages call a function, class or module body."""
    if isinstance(node, cst.FunctionDef | cst.ClassDef):
        return node.name.value
    return "<lambda>" if isinstance(node, cst.Lambda) else "<module>"

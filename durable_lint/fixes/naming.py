"""Names that fixes make up: for operations, for functions and for parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from durable_lint.program.modules.module import Module
from durable_lint.program.modules.syntax import children

_PARAMETERS = ("_", "_step", "step_context", "durable_step_context")


def operation_name(module: Module, node: cst.BaseExpression, origin: cst.CSTNode) -> str:
    """Return a name for a step that yields `node`: its target's, its key's or `origin`'s.

    `origin` is the expression in `node` that the step is for, as a rule a call.
    """
    called = origin.func if isinstance(origin, cst.Call) else origin
    key = _item_key(node) if isinstance(node, cst.Subscript) else None
    return kebab(_destination(module, node) or key or callee_name(called))


def _destination(module: Module, node: cst.BaseExpression) -> str | None:
    """Return the name of what the value of `node` is given to, None where that has no name."""
    parent = module.parents[node]
    match parent:
        case cst.Assign():
            return _target_name(parent.targets[0].target)
        case cst.AnnAssign() | cst.AugAssign() | cst.NamedExpr():
            return _target_name(parent.target)
        case cst.Arg(keyword=cst.Name(value=name)) | cst.Param(name=cst.Name(value=name)):
            return name
        case cst.DictElement():
            return _constant_name(parent.key)
        case cst.Element():
            return _unpacked_name(module, parent)
        case _:
            return None


def _target_name(target: cst.CSTNode) -> str | None:
    match target:
        case cst.Name():
            return target.value
        case cst.Attribute():
            return target.attr.value
        case cst.Subscript():
            return _item_key(target)
        case _:
            return None


def _item_key(node: cst.Subscript) -> str | None:
    match node.slice:
        case [cst.SubscriptElement(slice=cst.Index(value=key))]:
            return _constant_name(key)
        case _:
            return None


def _constant_name(key: cst.CSTNode) -> str | None:
    text = key.evaluated_value if isinstance(key, cst.SimpleString) else None
    return text if isinstance(text, str) and re.fullmatch(r"[A-Za-z][\w-]*", text) else None


def _unpacked_name(module: Module, element: cst.Element) -> str | None:
    """Return the target of one value in `first, second = a(), b()`."""
    values = module.parents[element]
    assign = module.parents[values]
    if not isinstance(values, cst.Tuple | cst.List) or not isinstance(assign, cst.Assign):
        return None
    targets = assign.targets[0].target
    if not isinstance(targets, cst.Tuple | cst.List):
        return None
    starred = any(isinstance(e, cst.StarredElement) for e in (*values.elements, *targets.elements))
    if starred or len(values.elements) != len(targets.elements):
        return None
    return _target_name(targets.elements[list(values.elements).index(element)].value)


def callee_name(node: cst.CSTNode) -> str:
    """Return the last name in a dotted expression, or a constant key's, `step` for anything else.

    That of `handlers["paid"](event)` is `paid`, that of `handlers[event](1)` is `handlers`.
    """
    match node:
        case cst.Attribute():
            return node.attr.value
        case cst.Name():
            return node.value
        case cst.Call():
            return callee_name(node.func)
        case cst.Subscript():
            return _item_key(node) or callee_name(node.value)
        case _:
            return "step"


def kebab(name: str) -> str:
    """Return `started_at` or `StartedAt` as `started-at`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip("_-")).lower()
    return re.sub(r"[_-]+", "-", words) or "step"


def identifier(name: str) -> str:
    """Return `started-at` or `StartedAt` as `started_at`."""
    return kebab(name).replace("-", "_")


def references(node: cst.CSTNode) -> Iterator[cst.Name]:
    """Yield the names in `node` that stand for variables: no attributes, no keywords."""
    stack = [node]
    while stack:
        current = stack.pop()
        match current:
            case cst.Name():
                yield current
            case cst.Attribute():
                stack.append(current.value)
            case cst.Arg():
                stack.append(current.value)
            case _:
                stack.extend(children(current))


def free_parameter(node: cst.CSTNode) -> str | None:
    """Return a name for a parameter that takes no name away from `node`; None if all are used."""
    used = {name.value for name in references(node)}
    return next((name for name in _PARAMETERS if name not in used), None)

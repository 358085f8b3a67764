"""`lambda branch: run(branch, x)` becomes `lambda branch, x=x: run(branch, x)`."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.state.closures import LateUse
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.bindings import binders
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.syntax import FunctionNode, bound_names, descendants


def bind_default(use: LateUse) -> Fix | None:
    """Return the fix that keeps a variable's value in a default argument of the late function.

    None where the function assigns the variable, or may be made before the variable has a value.
    """
    node, name = use.function.node, use.variable.name
    module = use.function.frame.module
    declared = (n for n in descendants(node) if isinstance(n, cst.Nonlocal | cst.Global))
    if any(item.name.value == name for statement in declared for item in statement.names):
        return None
    if not _is_bound_before(module, use.variable.frame.node, node, name):
        return None
    edit = _add_parameter(module, node, f"{name}={name}")
    message = f'bind "{name}" when the function is made'
    return Fix(message, (edit,), Applicability.SAFE)


def _is_bound_before(module: Module, owner: cst.CSTNode, node: cst.CSTNode, name: str) -> bool:
    start = module.span(node).start
    clauses = [n for n in descendants(owner) if isinstance(n, cst.CompFor)]
    if any(name == target.value for clause in clauses for target in bound_names(clause.target)):
        return True
    return any(bound == name and module.span(at).start < start for bound, at in binders(owner))


def _add_parameter(module: Module, node: FunctionNode, text: str) -> Edit:
    params, source = node.params, module.source
    if params.star_kwarg is not None:
        place = source.offset(module.span(params.star_kwarg).start)
        return Edit(place, place, f"{text}, ")
    star = params.star_arg if isinstance(params.star_arg, cst.Param) else None
    ordered = (
        *params.posonly_params,
        *params.params,
        *([star] if star else []),
        *params.kwonly_params,
    )
    if not ordered:
        if isinstance(node, cst.Lambda):
            place = source.offset(module.span(node).start) + len("lambda")
            return Edit(place, place, f" {text}")
        before = node.type_parameters or node.name
        place = source.text.index("(", source.offset(module.span(before).end)) + 1
        return Edit(place, place, text)
    last: cst.CSTNode = ordered[-1]
    if isinstance(params.posonly_ind, cst.ParamSlash) and last in params.posonly_params:
        last = params.posonly_ind
    place = _end(module, last)
    return Edit(place, place, f", {text}")


def _end(module: Module, node: cst.CSTNode) -> int:
    """Return the offset behind a parameter, its comma left out."""
    if isinstance(node, cst.Param):
        inner = node.default or (node.annotation and node.annotation.annotation) or node.name
        closing = inner.rpar[-1] if inner.rpar else inner
        return module.source.offset(module.span(closing).end)
    return module.source.offset(module.span(node).start) + 1

"""Lambdas around calls, and parameters that a lambda lacks."""

from __future__ import annotations

from itertools import takewhile

import libcst as cst

from durable_lint.durable.sdk import RECEIVES, Role
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.naming import references
from durable_lint.fixes.places import parents_of
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.syntax import bound_names, descendants
from durable_lint.program.running.signatures import positional_parameters
from durable_lint.program.values.frames import Call


def pass_function(ground: Ground, call: Call, role: Role) -> Fix | None:
    """Return the fix that puts `lambda _:` before a call, so that the SDK makes it.

    None where the call cannot move, or a comprehension would have changed the variables that it
    reads by the time it is made.
    """
    frame, node = call.frame, call.node
    module = frame.module
    name = _placeholder(node, role)
    if name is None or ground.is_bound_to_frame(frame, node):
        return None
    if _loop_variables(module, node).intersection(inner.value for inner in references(node)):
        return None
    star = "*" if len(RECEIVES[role]) > 1 else ""
    start = module.source.offset(module.span(node).start)
    edit = Edit(start, start, f"lambda {star}{name}: ")
    # A clause that got the error of the call does not get that of the operation.
    same = ground.around.take_step_errors(frame, node)
    safety = Applicability.SAFE if same else Applicability.UNSAFE
    return Fix("pass a function that makes the call", (edit,), safety)


def add_parameters(module: Module, node: cst.Lambda, role: Role) -> Fix | None:
    """Return the fix that gives a lambda parameters for all that the SDK passes to it.

    They stand before parameters with a default, which are there to capture a variable.
    """
    wanted = len(RECEIVES[role])
    taken = [p for p in positional_parameters(node) if p.default is None]
    name = _placeholder(node, role)
    lacking = wanted - len(taken)
    if name is None or lacking < 1 or node.params.posonly_params:
        return None
    if lacking > 1:
        if not isinstance(node.params.star_arg, cst.MaybeSentinel):
            return None
        name = f"*{name}"
    source = module.source
    if taken:
        place = source.offset(module.span(taken[-1].name).end)
        edit = Edit(place, place, f", {name}")
    elif any(isinstance(part, cst.Param) for part in descendants(node.params)):
        place = source.offset(module.span(node.params).start)
        edit = Edit(place, place, f"{name}, ")
    else:
        place = source.offset(module.span(node).start) + len("lambda")
        edit = Edit(place, place, f" {name}")
    return Fix("take what the SDK passes", (edit,), Applicability.SAFE)


def _placeholder(node: cst.CSTNode, role: Role) -> str | None:
    """Return a name for what is received and not used, one that means nothing else in `node`."""
    used = {name.value for name in references(node)}
    candidates = ("_", RECEIVES[role][-1], "received")
    return next((name for name in candidates if name not in used), None)


def _loop_variables(module: Module, node: cst.CSTNode) -> set[str]:
    """Return the variables of the comprehensions that `node` stands in, in its own function."""
    around = takewhile(
        lambda part: not isinstance(part, cst.FunctionDef | cst.Lambda), parents_of(module, node)
    )
    inside = [n for part in around if isinstance(part, cst.BaseComp) for n in descendants(part)]
    return {
        name.value
        for clause in inside
        if isinstance(clause, cst.CompFor)
        for name in bound_names(clause.target)
    }

"""A name for an operation: `context.step(charge)` gets `name="charge"`."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.shapes import Operation
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.arguments import add_argument
from durable_lint.fixes.naming import operation_name
from durable_lint.fixes.places import replacement


def name_operation(operation: Operation) -> Fix | None:
    """Return the fix that names an operation by its target, its body or its kind."""
    node, module = operation.call.node, operation.call.frame.module
    if not isinstance(node, cst.Call):
        return None
    text = f'"{operation_name(module, node, _subject(operation, node))}"'
    given = operation.arguments.get("name")
    edit: Edit | None
    if given is None:
        edit = add_argument(module, node, f"name={text}")
    elif isinstance(given.node, cst.Name | cst.SimpleString):
        edit = replacement(module, given.node, text)
    else:
        edit = None
    return Fix("name it", (edit,), Applicability.UNSAFE, True) if edit is not None else None


def _subject(operation: Operation, node: cst.Call) -> cst.CSTNode:
    """Return what the operation is about: the function it runs, or what its lambda calls."""
    body = operation.arguments.get("func") or operation.arguments.get("submitter")
    body = body or operation.arguments.get("check")
    match body.node if body is not None else None:
        case cst.Name() | cst.Attribute() as function:
            return function
        case cst.Lambda(body=cst.Call() as called):
            return called
        case _:
            return node

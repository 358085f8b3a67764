"""LDF302: a child, map or parallel body makes an operation on a context that is not its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.flow.routes import is_root
from durable_lint.durable.options import may_share_numbering
from durable_lint.durable.sdk import Role
from durable_lint.durable.shapes import Body, Context, Operation
from durable_lint.findings import Finding
from durable_lint.fixes.use_own_context import use_own_context
from durable_lint.inspection import Inspection
from durable_lint.program.modules.syntax import dotted_name
from durable_lint.program.values.contents import deep_shapes
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.values import Value

CODES = ("LDF302",)

_WITH_CONTEXT = frozenset((Role.CHILD, Role.BRANCH, Role.ITEM, Role.RETRY))


@dataclass(frozen=True, slots=True)
class _Source:
    """An expression that brings in a context: it is one, or holds one."""

    frame: Frame
    node: cst.CSTNode
    is_context: bool


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding at each expression that hands a body's code another body's context."""
    started_by = {b: op for op in inspection.walk.operations for b, _ in op.bodies}
    for operation in inspection.walk.operations:
        body = operation.call.frame.body
        if not isinstance(body, Body) or body.step is not None or body.role not in _WITH_CONTEXT:
            continue
        if operation.context.body in _may_use(body, started_by):
            continue
        for source in _sources(inspection, operation):
            frame, node = source.frame, source.node
            fix = use_own_context(inspection.ground, frame, node)
            yield inspection.finding(
                "LDF302",
                frame,
                node,
                _message(inspection, operation, source),
                route=[
                    inspection.hop(frame, node, f"is not the context of this {body.role.value}"),
                    inspection.hop(
                        operation.call.frame,
                        operation.call.node,
                        f"makes {operation.with_article} on it",
                    ),
                ],
                fix=fix if source.is_context else None,
            )


def _may_use(body: Body, started_by: dict[Body, Operation]) -> set[Body]:
    """Return the bodies whose contexts are fit for the operations of `body`."""
    found = {body}
    current: Body | None = body
    while current is not None and current.parent is not None:
        operation = started_by.get(current)
        if operation is None or not may_share_numbering(operation):
            break
        found |= {current.parent, operation.context.body}
        current = current.parent
    return found


def _sources(inspection: Inspection, operation: Operation) -> Iterator[_Source]:
    """Yield the expressions by which the wrong context comes into the code of the body."""
    stack = [_receiver(operation)]
    seen = set[int]()
    while stack:
        source = stack.pop()
        frame = source.frame
        calls = inspection.callers.of(frame)
        handed = _handed_over(frame, source.node)
        if is_root(frame) or not calls or handed is None:
            yield source
            continue
        for call in calls:
            if id(call) not in seen and call.frame is not operation.call.frame:
                seen.add(id(call))
                stack.append(_handing(call, operation.context, handed))


def _receiver(operation: Operation) -> _Source:
    """Return the expression in an operation's call that stands for the context."""
    call = operation.call
    if operation.name == "with_retry":
        argument = call.arguments.get(0, "context")
        if argument is not None and argument.node is not None:
            return _Source(call.frame, argument.node, True)
    func = call.node.func if isinstance(call.node, cst.Call) else call.node
    if isinstance(func, cst.Attribute) and func.attr.value == operation.name:
        return _Source(call.frame, func.value, True)
    return _Source(call.frame, func, False)


def _handed_over(frame: Frame, node: cst.CSTNode) -> Value | None:
    """Return what the caller gave for the parameter that an expression begins with, if it does."""
    root = (dotted_name(node) or "").split(".")[0]
    if frame.function is None or frame.owner_of(root) is not frame:
        return None
    given = frame.given.get(root)
    return given if isinstance(given, Value) else None


def _handing(call: Call, context: Context, handed: Value) -> _Source:
    """Return the argument that hands the context over, or else what is called."""
    for argument in call.arguments.items:
        is_it = not set(handed.shapes).isdisjoint(argument.value.shapes) or argument.star
        if argument.node is not None and is_it and context in deep_shapes(argument.value):
            return _Source(call.frame, argument.node, context in argument.value.shapes)
    func = call.node.func if isinstance(call.node, cst.Call) else call.node
    return _Source(call.frame, func.value if isinstance(func, cst.Attribute) else func, False)


def _message(inspection: Inspection, operation: Operation, source: _Source) -> str:
    body = source.frame.body
    assert isinstance(body, Body)
    role = body.role.value
    owner = operation.context.body.role.value
    own = inspection.reach.context(source.frame)
    name = f'its own context, "{own}"' if own is not None else "the context that it receives"
    written = " ".join(source.frame.module.text(source.node).split())
    if not source.is_context:
        return f'"{written}" makes operations on the context of the {owner}, not on {name}'
    return f'"{written}" is the context of the {owner}: this {role} makes its operations on {name}'

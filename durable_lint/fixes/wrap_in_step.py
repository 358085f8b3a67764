"""`time.time()` becomes `context.step(lambda _: time.time(), name="started-at")`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from durable_lint.durable.reach import Reach
from durable_lint.durable.walk import Walk
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.storable import storable
from durable_lint.program.frames import Call, Frame
from durable_lint.program.module import Module
from durable_lint.program.syntax import descendants
from durable_lint.program.values import Value

_CONVERSIONS = frozenset(("str", "int", "float", "bool", "len", "list", "tuple", "round", "bytes"))
_UNMOVABLE = (cst.Await, cst.Yield, cst.NamedExpr)
_FRAME_BOUND = frozenset(("locals", "super", "vars", "dir", "eval", "exec"))
_PARAMETERS = ("_", "_step", "step_context", "durable_step_context")


def wrap_in_step(
    walk: Walk, reach: Reach, call: Call, applicability: Applicability
) -> Fix | None:
    """Return the fix that makes the expression around `call` a step; None where none is right."""
    context = reach.context(call.frame)
    if context is None or not isinstance(call.node, cst.Call):
        return None
    if _shared_between_bodies(walk, call.frame, context):
        return None
    module = call.frame.module
    chosen: tuple[cst.BaseExpression, bool] | None = None
    for node, value in _enclosing(module, call):
        verdict = storable(value)
        if verdict is not False:
            chosen = (node, verdict is None)
    if chosen is None:
        return _as_local_function(module, call, context)
    node, doubtful = chosen
    parameter = _free_parameter(node)
    if parameter is None or _unmovable(node):
        return None
    if doubtful and applicability is Applicability.SAFE:
        applicability = Applicability.UNSAFE
    name = operation_name(module, node)
    span = module.span(node)
    start, end = module.source.offset(span.start), module.source.offset(span.end)
    text = f'{context}.step(lambda {parameter}: {module.text(node)}, name="{name}")'
    return Fix(f"wrap it in {context}.step()", (Edit(start, end, text),), applicability, True)


def _shared_between_bodies(walk: Walk, frame: Frame, context: str) -> bool:
    """Whether a closure that runs in several bodies would make steps on the context of one."""
    if context.split(".")[0] in frame.env:
        return False
    return any(other.node is frame.node and other.body != frame.body for other in walk.frames)


def _enclosing(module: Module, call: Call) -> Iterator[tuple[cst.BaseExpression, Value]]:
    """Yield the call and the chains and conversions around it, inner first, with their values."""
    node: cst.BaseExpression = call.node
    value = call.result
    yield node, value
    while True:
        parent = module.parents[node]
        if isinstance(parent, cst.Attribute) and parent.value is node:
            outer = module.parents[parent]
            if isinstance(outer, cst.Call) and outer.func is parent:
                node = outer
            else:
                node = parent
        elif isinstance(parent, cst.Subscript) and parent.value is node:
            node = parent
        elif isinstance(parent, cst.Arg) and _is_conversion(module.parents[parent]):
            node = module.parents[parent]
        else:
            return
        yield node, _value_of(call.frame, node, value)


def _is_conversion(node: cst.CSTNode) -> bool:
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Name)
        and node.func.value in _CONVERSIONS
        and len(node.args) == 1
    )


def _value_of(frame: Frame, node: cst.BaseExpression, inner: Value) -> Value:
    for event in frame.all_events():
        if event.node is node and isinstance(event, Call):
            return event.result
    return Value(inner.shapes, inner.origins, True)


def _unmovable(node: cst.CSTNode) -> bool:
    return any(
        isinstance(inner, _UNMOVABLE)
        or (isinstance(inner, cst.Name) and inner.value in _FRAME_BOUND)
        for inner in descendants(node)
    )


def _free_parameter(node: cst.CSTNode) -> str | None:
    used = {inner.value for inner in descendants(node) if isinstance(inner, cst.Name)}
    return next((name for name in _PARAMETERS if name not in used), None)


def _as_local_function(module: Module, call: Call, context: str) -> Fix | None:
    """Move a statement whose value nobody wants into a function of its own, and run it as a step."""
    statement = module.parents[call.node]
    if not isinstance(statement, cst.Expr) or _unmovable(call.node):
        return None
    line = module.parents[statement]
    if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
        return None
    source = module.source
    span = module.span(call.node)
    indent = source.line(span.start.row)[: span.start.column - 1]
    if indent.strip():
        return None
    name = _identifier(callee_name(call.node.func))
    taken = {n.value for n in descendants(module.tree) if isinstance(n, cst.Name)}
    while name in taken:
        name = f"{name}_step" if not name.endswith("_step") else f"{name}_"
    unit = module.tree.default_indent
    body = "\n".join(
        f"{unit}{text}" if text.strip() and index else text
        for index, text in enumerate(re.split(r"\r\n?|\n", module.text(call.node)))
    )
    if any(
        isinstance(inner, cst.SimpleString) and inner.value.endswith(('"""', "'''"))
        for inner in descendants(call.node)
    ):
        return None
    start, end = source.offset(span.start), source.offset(span.end)
    label = kebab(callee_name(call.node.func))
    text = (
        f"def {name}(_):\n{indent}{unit}{body}\n\n"
        f'{indent}{context}.step({name}, name="{label}")'
    )
    message = f"run it in {context}.step()"
    return Fix(message, (Edit(start, end, text),), Applicability.UNSAFE, True)


def operation_name(module: Module, node: cst.BaseExpression) -> str:
    """Return a name for the step: from the target it is assigned to, its keyword, or the callee."""
    parent = module.parents[node]
    match parent:
        case cst.Assign() if isinstance(parent.targets[0].target, cst.Name | cst.Attribute):
            return kebab(callee_name(parent.targets[0].target))
        case cst.AnnAssign() if isinstance(parent.target, cst.Name | cst.Attribute):
            return kebab(callee_name(parent.target))
        case cst.Arg(keyword=cst.Name()):
            return kebab(parent.keyword.value) if parent.keyword is not None else "step"
        case _:
            pass
    current: cst.CSTNode = node
    while isinstance(current, cst.Call | cst.Attribute | cst.Subscript):
        if isinstance(current, cst.Call) and _is_conversion(current):
            current = current.args[0].value
        elif isinstance(current, cst.Call):
            inner = current.func
            if isinstance(inner, cst.Attribute) and isinstance(inner.value, cst.Call):
                current = inner.value
            else:
                return kebab(callee_name(inner))
        else:
            current = current.value
    return kebab(callee_name(current))


def callee_name(node: cst.CSTNode) -> str:
    """Return the last name of a dotted expression."""
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else "step"


def kebab(name: str) -> str:
    """Return `started_at` or `StartedAt` as `started-at`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip("_")).lower()
    return re.sub(r"_+", "-", words) or "step"


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name).strip("_").lower() or "effect"

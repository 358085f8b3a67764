"""`context.step(lambda _: done.append(x))` becomes `done.append(context.step(lambda _: x))`.

The step returns what it wrote, and the code that makes the step writes it, on every invocation.
"""

from __future__ import annotations

from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.checkpoints.storage import storable
from durable_lint.durable.sdk import Role
from durable_lint.durable.shapes import Operation
from durable_lint.durable.state.lifetimes import Change, Lifetimes
from durable_lint.durable.walk import Walk
from durable_lint.findings import Applicability, Edit, Fix, Position
from durable_lint.fixes.naming import references
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.scopes import scope_of
from durable_lint.program.modules.syntax import FunctionNode, descendants, own_nodes
from durable_lint.program.values.frames import Cell, Frame
from durable_lint.program.values.values import Value

_NEVER_STORED = (cst.Lambda, cst.Set, cst.SetComp, cst.GeneratorExp)


@dataclass(frozen=True, slots=True)
class _Writing:
    """The expression or statement that writes `value` to `target`.

    `before` and `after` are what it puts around the value, and `target` what it takes from outside.
    """

    node: cst.CSTNode
    target: cst.BaseExpression
    value: cst.BaseExpression
    before: str
    after: str = ""


def return_the_value(walk: Walk, lifetimes: Lifetimes, change: Change) -> Fix | None:
    """Return the fix that makes a step return what it writes; None where that is not plain."""
    frame = change.write.frame
    operation = lifetimes.operation(change.body)
    if operation is None or change.body.role is not Role.STEP or frame.function is None:
        return None
    node, module = frame.function.node, frame.module
    writing = _writing(module, node)
    if writing is None or not _stands_alone(operation, node):
        return None
    if lifetimes.changed_in(change.body) != {change.write.node} or not any(
        inner is change.write.node for inner in descendants(writing.node)
    ):
        return None
    if not _means_the_same_outside(operation, change, node, writing.target):
        return None
    if _is_never_stored(walk, change, writing.value) or _drops_comment(module, writing):
        return None
    edits = [*_around_call(operation, writing), *_inside(module, node, writing)]
    return Fix("let the step return it, and write it outside", tuple(edits), Applicability.UNSAFE)


def _writing(module: Module, function: FunctionNode) -> _Writing | None:
    """Return what a function does last, if that is to write something and it returns nothing."""
    if isinstance(function, cst.Lambda):
        return _by_method(module, function.body, function.body)
    if any(isinstance(n, cst.Return | cst.Yield) for n in own_nodes(function.body)):
        return None
    last = function.body.body[-1]
    if not isinstance(last, cst.SimpleStatementLine) or len(last.body) != 1:
        return None
    statement = last.body[0]
    match statement:
        case cst.Assign(targets=[cst.AssignTarget(target=target)]):
            return _Writing(statement, target, statement.value, f"{module.text(target)} = ")
        case cst.AugAssign():
            operator = module.tree.code_for_node(statement.operator).strip()
            before = f"{module.text(statement.target)} {operator} "
            return _Writing(statement, statement.target, statement.value, before)
        case cst.Expr():
            return _by_method(module, statement, statement.value)
        case _:
            return None


def _by_method(module: Module, node: cst.CSTNode, called: cst.BaseExpression) -> _Writing | None:
    match called:
        case cst.Call(func=cst.Attribute(value=target), args=[argument]):
            if argument.keyword is not None or argument.star:
                return None
            before = f"{module.text(called.func)}("
            return _Writing(node, target, argument.value, before, ")")
        case _:
            return None


def _stands_alone(operation: Operation, function: FunctionNode) -> bool:
    """Whether the step's result is unused, and nothing else uses the function that it runs."""
    call, module = operation.call, operation.call.frame.module
    given = operation.arguments.get("func")
    if not isinstance(module.parents.get(call.node), cst.Expr) or given is None:
        return False
    if isinstance(function, cst.Lambda):
        return given.node is function
    around = call.frame.node
    named = [name for name in references(around) if name.value == function.name.value]
    return (
        isinstance(given.node, cst.Name)
        and not function.decorators
        and function in own_nodes(around)
        and len(named) == 2
        and given.node in named
    )


def _means_the_same_outside(
    operation: Operation, change: Change, function: FunctionNode, target: cst.BaseExpression
) -> bool:
    """Whether the code around the function can write to `target` as the function does."""
    plain = (cst.Name, cst.Attribute, cst.Subscript, cst.BaseNumber, cst.SimpleString)
    inside = (n for n in descendants(target) if isinstance(n, cst.BaseExpression))
    own = scope_of(function).bound
    names = {name.value for name in references(target)}
    if not all(isinstance(n, plain) for n in inside) or names & own:
        return False
    holder: Frame = operation.call.frame.host
    written = change.write.target
    return not isinstance(written, Cell) or written.frame.host is holder


def _is_never_stored(walk: Walk, change: Change, node: cst.BaseExpression) -> bool:
    if isinstance(node, _NEVER_STORED):
        return True
    frame = change.write.frame
    values: list[object] = [change.write.value]
    if isinstance(node, cst.Call) and (call := frame.call_at(node)) is not None:
        values.append(call.result)
    elif isinstance(node, cst.Name):
        values.append(frame.env.get(node.value))
    results = walk.vocabulary.results
    return any(isinstance(value, Value) and storable(value, results) is False for value in values)


def _drops_comment(module: Module, writing: _Writing) -> bool:
    """Whether a comment may stand in what is left of the writing without its value."""
    start, end = _range(module, writing.node)
    value_start, value_end = _range(module, writing.value)
    text = module.source.text
    return "#" in text[start:value_start] + text[value_end:end]


def _around_call(operation: Operation, writing: _Writing) -> list[Edit]:
    module = operation.call.frame.module
    start, end = _range(module, operation.call.node)
    edits = [Edit(start, start, writing.before)]
    return [*edits, Edit(end, end, writing.after)] if writing.after else edits


def _inside(module: Module, function: FunctionNode, writing: _Writing) -> list[Edit]:
    """Return the edits that let the function return the value."""
    start, end = _range(module, writing.node)
    value_start, value_end = _range(module, writing.value)
    if isinstance(function, cst.Lambda):
        edits = [Edit(start, value_start, ""), Edit(value_end, end, "")]
    else:
        stands_alone = _parses(f"return {module.source.text[value_start:value_end]}")
        left, right = ("", "") if stands_alone else ("(", ")")
        edits = [Edit(start, value_start, f"return {left}"), Edit(value_end, end, right)]
        edits += [*_no_result(module, function), *_declarations(module, function)]
    return [edit for edit in edits if edit.start != edit.end or edit.text]


def _parses(statement: str) -> bool:
    """Tell whether a statement needs no parentheses to be read beyond its first line."""
    try:
        cst.parse_statement(statement)
    except cst.ParserSyntaxError:
        return False
    return True


def _no_result(module: Module, function: cst.FunctionDef) -> list[Edit]:
    """Return the edit that takes `-> None` away."""
    if function.returns is None or module.text(function.returns.annotation) != "None":
        return []
    _, end = _range(module, function.returns.annotation)
    return [Edit(module.source.text.rindex(")", 0, end) + 1, end, "")]


def _declarations(module: Module, function: cst.FunctionDef) -> list[Edit]:
    """Return the edits that take `nonlocal` statements away: the function assigns nothing now."""
    edits = []
    for line in function.body.body:
        if isinstance(line, cst.SimpleStatementLine) and isinstance(line.body[0], cst.Nonlocal):
            row = module.span(line.body[0]).start.row
            first = module.source.offset(Position(row, 1))
            edits.append(Edit(first, module.source.offset(Position(row + 1, 1)), ""))
    return edits


def _range(module: Module, node: cst.CSTNode) -> tuple[int, int]:
    """Return the offsets of an expression or statement, with the parentheses around it."""
    start, end = module.span(node).start, module.span(node).end
    if isinstance(node, cst.BaseExpression) and node.lpar:
        start, end = module.span(node.lpar[0]).start, module.span(node.rpar[-1]).end
    return module.source.offset(start), module.source.offset(end)

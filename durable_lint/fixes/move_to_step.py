"""A statement that cannot be an expression is moved into a function, which is run as a step.

`with open(path) as file: data = file.read()` becomes a function `read_data` that returns the data,
and `data = context.step(read_data, name="read-data")`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.checkpoints.storage import storable
from durable_lint.findings import Applicability, Edit, Fix, Position
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.naming import callee_name, free_parameter, identifier, kebab, references
from durable_lint.fixes.places import has_string_across_lines, parents_of, plain_newlines
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.syntax import bound_names, descendants, own_nodes
from durable_lint.program.values.frames import Call, Frame, Return
from durable_lint.program.values.values import Value


@dataclass(frozen=True, slots=True)
class _Move:
    """A statement to be moved: what of it is wanted afterwards, and what its function is called."""

    node: cst.With | cst.Expr
    names: tuple[str, ...]
    returns: bool
    function: str
    label: str


def move_to_step(
    ground: Ground, call: Call, outermost: cst.BaseExpression, context: str
) -> Fix | None:
    """Return the fix that moves the statement of `call`; None where that cannot be done.

    The statement is a call whose value nobody wants, `outermost`, or a `with` that opens what the
    call is asked of.
    """
    frame, module = call.frame, call.frame.module
    statement = _statement(module, call, outermost)
    if statement is None:
        return None
    move = _move(ground, frame, statement)
    if move is None or has_string_across_lines(module, statement):
        return None
    if ground.moving(frame, statement, context, may_fail=True) is None:
        return None
    edit = _edit(module, move, context)
    if edit is None:
        return None
    message = f"move it into a function and run that in {context}.step()"
    return Fix(message, (edit,), Applicability.UNSAFE, True)


def uses_entered(call: Call) -> bool:
    """Tell whether a call is asked of what a `with` around it has entered."""
    return _entered_around(call) is not None


def _statement(
    module: Module, call: Call, outermost: cst.BaseExpression
) -> cst.With | cst.Expr | None:
    opened = next(
        (node for node in parents_of(module, outermost) if isinstance(node, cst.WithItem)), None
    )
    if opened is not None:
        around = module.parents[opened]
        return around if isinstance(around, cst.With) else None
    entered = _entered_around(call)
    if entered is not None:
        return entered
    statement = module.parents[outermost]
    return statement if isinstance(statement, cst.Expr) else None


def _entered_around(call: Call) -> cst.With | None:
    """Return the innermost `with` around a call that binds a name which the call uses."""
    used = {name.value for name in references(call.node)}
    for node in parents_of(call.frame.module, call.node):
        if node is call.frame.node:
            return None
        if isinstance(node, cst.With):
            for item in node.items:
                target = item.asname.name if item.asname is not None else None
                if target is not None and used & {n.value for n in bound_names(target)}:
                    return node
    return None


def _move(ground: Ground, frame: Frame, statement: cst.With | cst.Expr) -> _Move | None:
    module, function = frame.module, frame.node
    if not isinstance(function, cst.FunctionDef) or _leaves(statement):
        return None
    if isinstance(statement, cst.Expr):
        value = statement.value
        called = value.func if isinstance(value, cst.Call) else value
        return _named(ground, module, statement, callee_name(called))
    names: tuple[str, ...] | None = ()
    returned = _returned(statement)
    if returned is None and any(isinstance(n, cst.Return) for n in own_nodes(statement)):
        return None
    if returned is None:
        names = ground.names_of(module, function).handed_on(statement)
    if names is None or not _can_be_stored(ground, frame, names, returned):
        return None
    wanted = f"read_{'_and_'.join(names)}" if names else _last_callee(statement)
    return _named(ground, module, statement, wanted, names, returns=returned is not None)


def _named(
    ground: Ground,
    module: Module,
    statement: cst.With | cst.Expr,
    wanted: str,
    names: tuple[str, ...] = (),
    *,
    returns: bool = False,
) -> _Move:
    function = ground.fresh_name(module, statement, identifier(wanted))
    return _Move(statement, names, returns, function, kebab(wanted))


def _leaves(statement: cst.CSTNode) -> bool:
    """Whether a `break` or `continue` leads out of the statement."""
    inner = {
        id(jump)
        for loop in own_nodes(statement)
        if isinstance(loop, cst.For | cst.While)
        for jump in own_nodes(loop)
    }
    return any(
        isinstance(node, cst.Break | cst.Continue) and id(node) not in inner
        for node in own_nodes(statement)
    )


def _returned(statement: cst.With) -> cst.Return | None:
    """Return the statement's only `return` where it is its last statement."""
    returns = [node for node in own_nodes(statement) if isinstance(node, cst.Return)]
    last: cst.CSTNode = statement
    while isinstance(last, cst.With | cst.SimpleStatementLine):
        body = last.body.body if isinstance(last, cst.With) else last.body
        last = body[-1]
    return last if isinstance(last, cst.Return) and len(returns) == 1 else None


def _can_be_stored(
    ground: Ground, frame: Frame, names: tuple[str, ...], returned: cst.Return | None
) -> bool:
    values = [frame.env.get(name) for name in names]
    if returned is not None:
        values += [
            event.value
            for event in frame.all_events()
            if isinstance(event, Return) and event.node in (returned, returned.value)
        ]
    results = ground.walk.vocabulary.results
    return not any(
        isinstance(value, Value) and storable(value, results) is False for value in values
    )


def _last_callee(statement: cst.With) -> str:
    """Return the name of the call that comes last in the statement's body, for its function."""
    calls = [node for node in _in_order(statement.body) if isinstance(node, cst.Call)]
    calls += [item.item for item in statement.items if isinstance(item.item, cst.Call)]
    return callee_name(calls[0].func) if calls else "work"


def _in_order(body: cst.BaseSuite) -> Iterator[cst.CSTNode]:
    for part in reversed(body.body):
        yield from descendants(part)


def _edit(module: Module, move: _Move, context: str) -> Edit | None:
    source, span = module.source, module.span(move.node)
    line = source.line(span.start.row)
    indent = line[: span.start.column - 1]
    parameter = free_parameter(move.node)
    if indent.strip() or parameter is None or not _is_alone(module, move.node):
        return None
    unit = _unit(module, move.node)
    end = _end(module, move.node)
    lines = plain_newlines(source.text[source.offset(span.start) : end]).split("\n")
    moved = [f"{unit}{text}" if text.strip() else text for text in lines]
    moved[0] = f"{indent}{moved[0]}"
    result = ", ".join(move.names)
    if move.names:
        moved.append(f"{indent}{unit}return {result}")
    step = f'{context}.step({move.function}, name="{move.label}")'
    if move.returns:
        step = f"return {step}"
    elif move.names:
        step = f"{result} = {step}"
    text = "\n".join([f"def {move.function}({parameter}):", *moved, "", f"{indent}{step}"])
    return Edit(source.offset(span.start), end, text)


def _is_alone(module: Module, node: cst.With | cst.Expr) -> bool:
    """Whether the statement has its lines to itself."""
    line = module.parents[node]
    if isinstance(node, cst.Expr):
        return isinstance(line, cst.SimpleStatementLine) and len(line.body) == 1
    return True


def _unit(module: Module, node: cst.With | cst.Expr) -> str:
    body = node.body if isinstance(node, cst.With) else None
    own = body.indent if isinstance(body, cst.IndentedBlock) else None
    return own or module.tree.default_indent


def _end(module: Module, node: cst.With | cst.Expr) -> int:
    """Return the offset at which the statement ends, a comment behind it included for a `with`."""
    end = module.span(node).end
    if isinstance(node, cst.Expr):
        return module.source.offset(end)
    return module.source.offset(Position(end.row, len(module.source.line(end.row)) + 1))

"""What each kind of simple statement does to the frame it runs in.

Every rule returns whether control may go on to the next statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.modules.imports import imports_of
from durable_lint.program.running import control, protocols
from durable_lint.program.running.changes import Change, advance, note_change
from durable_lint.program.running.declared import refined
from durable_lint.program.running.definitions import define_class, define_function
from durable_lint.program.running.expressions import peek
from durable_lint.program.running.looks import item_part, look_over
from durable_lint.program.running.targets import bind_target, change_target, item_index
from durable_lint.program.values.frames import Frame, Return
from durable_lint.program.values.operators import operate
from durable_lint.program.values.order import fill
from durable_lint.program.values.shapes import (
    Container,
    External,
    Site,
    constant,
)
from durable_lint.program.values.values import (
    NOTHING,
    UNKNOWN,
    Shape,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

Rule = Callable[["Interpreter", Frame, Any], bool]


def execute_body(interpreter: Interpreter, frame: Frame, body: Sequence[cst.CSTNode]) -> bool:
    """Run statements in order; return whether control may reach their end."""
    return all(_execute(interpreter, frame, statement) for statement in body)


def _execute(interpreter: Interpreter, frame: Frame, node: cst.CSTNode) -> bool:
    rule = _RULES.get(type(node))
    return rule(interpreter, frame, node) if rule is not None else True


def _block(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.SimpleStatementLine | cst.IndentedBlock | cst.SimpleStatementSuite,
) -> bool:
    return execute_body(interpreter, frame, node.body)


# What never returns, and the exception by which it leaves; `six.reraise` goes on with an old one.
_ENDING: Mapping[str, Value] = {
    **{
        path: value_of(External("SystemExit"))
        for path in ("sys.exit", "exit", "quit", "os._exit", "os.abort")
    },
    "six.reraise": NOTHING,
}


def _expression(interpreter: Interpreter, frame: Frame, node: cst.Expr) -> bool:
    interpreter.obtain(frame, node.value)
    called = frame.host.call_at(node.value)
    callee = called.callee.only() if called is not None else None
    if isinstance(callee, External) and callee.path in _ENDING:
        return _raised(interpreter, frame, node, _ENDING[callee.path])
    return True


def _assign(interpreter: Interpreter, frame: Frame, node: cst.Assign) -> bool:
    value = interpreter.obtain(frame, node.value)
    if any(isinstance(target.target, cst.Tuple | cst.List) for target in node.targets):
        advance(interpreter, frame, node.value, value)
    for target in node.targets:
        bind_target(interpreter, frame, target.target, value)
    return True


def _annotated(interpreter: Interpreter, frame: Frame, node: cst.AnnAssign) -> bool:
    annotation = node.annotation.annotation
    if isinstance(node.target, cst.Name):
        frame.annotations[node.target.value] = annotation
    if node.value is not None:
        value = refined(interpreter, frame, annotation, interpreter.obtain(frame, node.value))
        bind_target(interpreter, frame, node.target, value)
    return True


def _augmented(interpreter: Interpreter, frame: Frame, node: cst.AugAssign) -> bool:
    before = peek(interpreter, frame, node.target)
    value = interpreter.obtain(frame, node.value)
    look_over(interpreter, frame, node.value, value)
    changed = [s for s in before.shapes if isinstance(s, Container) and s.kind not in _FIXED]
    for container in changed:
        change = Change("method", "+=", value)
        note_change(interpreter, frame, node.target, container, change)
        container.put(_added(value))
        fill(container, value, node.value, frame)
        interpreter.turns.collect(interpreter, container, value)
    sign = type(node.operator).__name__
    result = protocols.operated(interpreter, frame, node, before, sign, value)
    if result is None:
        result = operate(before, node.operator, value, Site(node, frame))
    if changed:
        result = before.mixed_with(value.origins)
        if isinstance(node.target, cst.Name):
            interpreter.assign(frame, node.target.value, result)
            return True
    change_target(interpreter, frame, node.target, result)
    return True


_FIXED = frozenset(("tuple", "frozenset"))


def _added(value: Value) -> Value:
    parts = [s.content() if isinstance(s, Container) else UNKNOWN for s in value.shapes]
    return join([*parts, UNKNOWN] if value.open else parts).mixed_with(value.origins)


def _delete(interpreter: Interpreter, frame: Frame, node: cst.Del) -> bool:
    target = node.target
    items: list[cst.BaseExpression | cst.BaseDelTargetExpression] = [target]
    if isinstance(target, cst.Tuple | cst.List):
        items = [element.value for element in target.elements]
    for item in items:
        if isinstance(item, cst.Subscript):
            for element in item.slice:
                if isinstance(element.slice, cst.Index):
                    interpreter.evaluate(frame, element.slice.value)
        if isinstance(item, cst.Subscript | cst.Attribute):
            for shape in peek(interpreter, frame, item.value).shapes:
                _delete_part(interpreter, frame, item, shape)
        elif isinstance(item, cst.Name):
            frame.env.pop(item.value, None)
    return True


def _delete_part(
    interpreter: Interpreter, frame: Frame, node: cst.Subscript | cst.Attribute, shape: Shape
) -> None:
    if isinstance(node, cst.Attribute):
        change = Change("delete", node.attr.value, part=node.attr.value)
        given = constant(node.attr.value)
        protocols.ask(interpreter, frame, node, value_of(shape), ("__delattr__",), given)
    else:
        index = item_index(interpreter, frame, node)
        deleting = ("__delitem__",)
        if protocols.ask(interpreter, frame, node, value_of(shape), deleting, index) is not None:
            return
        # In a list, all that follows moves up.
        moves = isinstance(shape, Container) and shape.kind in ("list", "deque", "bytearray")
        part = None if moves else item_part(shape, index)
        change = Change("delete", "del", part=part)
        if isinstance(shape, Container):
            shape.unsettle(part)
    note_change(interpreter, frame, node, shape, change)


def _return(interpreter: Interpreter, frame: Frame, node: cst.Return) -> bool:
    value = constant(None) if node.value is None else interpreter.obtain(frame, node.value)
    host = frame.host
    host.result = join([host.result, value])
    where = node.value or node
    interpreter.record(Return(where, host, host.regions, interpreter.tick(), value))
    interpreter.returned(host, where, value)
    host.exits.append(interpreter.state)
    interpreter.leaves(frame, node, "return")
    return False


def _raise(interpreter: Interpreter, frame: Frame, node: cst.Raise) -> bool:
    value = NOTHING if node.exc is None else interpreter.evaluate(frame, node.exc)
    if node.cause is not None:
        interpreter.evaluate(frame, node.cause.item)
    return _raised(interpreter, frame, node, value)


def _raised(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, value: Value) -> bool:
    interpreter.leaves(frame, node, "raise", value)
    if frame.raises:
        frame.raises[-1].append(control.now(interpreter, frame))
    return False


def _assert(interpreter: Interpreter, frame: Frame, node: cst.Assert) -> bool:
    test = interpreter.evaluate(frame, node.test)
    interpreter.test(frame, node, test)
    interpreter.region(frame, "branch", node, test)
    if node.msg is not None:
        interpreter.evaluate(frame, node.msg)
    interpreter.leaves(frame, node, "raise", value_of(External("AssertionError")))
    interpreter.leave(frame)
    return True


def _import(interpreter: Interpreter, frame: Frame, node: cst.Import | cst.ImportFrom) -> bool:
    for name, what in imports_of(node, frame.module):
        owner = frame.module_frame() if name in frame.scope.global_names else frame
        if name != "*":
            owner.env[name] = what
        elif what not in owner.stars:
            owner.stars.append(what)
        if owner.outer is None and name not in owner.module.mentioned:
            # Nothing names it: it is imported for what its module does, such as to register itself.
            interpreter.names.run(what)
    return True


def _function(interpreter: Interpreter, frame: Frame, node: cst.FunctionDef) -> bool:
    value = define_function(interpreter, frame, node)
    if value.shapes or node.name.value not in frame.env:
        interpreter.assign(frame, node.name.value, value)
    return True


def _class(interpreter: Interpreter, frame: Frame, node: cst.ClassDef) -> bool:
    value = define_class(interpreter, frame, node)
    interpreter.assign(frame, node.name.value, value)
    return True


def _break(interpreter: Interpreter, frame: Frame, node: cst.Break) -> bool:
    interpreter.leaves(frame, node, "break")
    if frame.loops:
        frame.loops[-1].breaks.append(control.now(interpreter, frame))
    return False


def _continue(interpreter: Interpreter, frame: Frame, node: cst.Continue) -> bool:
    interpreter.leaves(frame, node, "continue")
    if frame.loops:
        frame.loops[-1].continues.append(control.now(interpreter, frame))
    return False


_RULES: Mapping[type[cst.CSTNode], Rule] = {
    cst.SimpleStatementLine: _block,
    cst.IndentedBlock: _block,
    cst.SimpleStatementSuite: _block,
    cst.Expr: _expression,
    cst.Assign: _assign,
    cst.AnnAssign: _annotated,
    cst.AugAssign: _augmented,
    cst.Del: _delete,
    cst.Return: _return,
    cst.Raise: _raise,
    cst.Assert: _assert,
    cst.Import: _import,
    cst.ImportFrom: _import,
    cst.FunctionDef: _function,
    cst.ClassDef: _class,
    cst.Break: _break,
    cst.Continue: _continue,
    **control.RULES,
}

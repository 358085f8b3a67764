"""What each kind of statement does to the frame it runs in.

Every rule returns whether control may go on to the next statement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.containers import iterate, note_mutation, take
from durable_lint.program.definitions import define_class, define_function
from durable_lint.program.expressions import operate, peek
from durable_lint.program.frames import Cell, Frame, Return, Write
from durable_lint.program.imports import Import, imports_of
from durable_lint.program.syntax import bound_names
from durable_lint.program.values import (
    NOTHING,
    UNKNOWN,
    Class,
    Constant,
    Container,
    External,
    Instance,
    ModuleShape,
    Opaque,
    Site,
    Value,
    constant,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter

Rule = Callable[["Interpreter", Frame, Any], bool]
Env = dict[str, Value | Import]


def execute_body(
    interpreter: Interpreter, frame: Frame, body: Sequence[cst.CSTNode]
) -> bool:
    """Run statements in order; return whether control may reach their end."""
    for statement in body:
        if not execute(interpreter, frame, statement):
            return False
    return True


def execute(interpreter: Interpreter, frame: Frame, node: cst.CSTNode) -> bool:
    """Run one statement or block."""
    if isinstance(node, cst.SimpleStatementLine | cst.IndentedBlock | cst.SimpleStatementSuite):
        return execute_body(interpreter, frame, node.body)
    rule = _RULES.get(type(node))
    return rule(interpreter, frame, node) if rule else True


def _merge(interpreter: Interpreter, frame: Frame, states: Sequence[Env]) -> None:
    """Let the frame's names be what any of `states` says; the dict itself stays the same."""
    if not states:
        return
    merged: Env = {}
    for name in dict.fromkeys(name for state in states for name in state):
        found = [state[name] for state in states if name in state]
        first = found[0]
        if all(item is first for item in found):
            merged[name] = first
        else:
            merged[name] = join(
                interpreter.resolve(item) if isinstance(item, Import) else item for item in found
            )
    frame.env.clear()
    frame.env.update(merged)


def _restore(frame: Frame, state: Env) -> None:
    frame.env.clear()
    frame.env.update(state)


def _arm(
    interpreter: Interpreter,
    frame: Frame,
    state: Env,
    body: cst.CSTNode | Sequence[cst.CSTNode] | None,
    exits: list[Env],
) -> None:
    """Run one arm of a branch from `state`; where it reaches its end, add its outcome."""
    _restore(frame, state)
    if body is None:
        exits.append(dict(frame.env))
        return
    statements = body if isinstance(body, Sequence) else [body]
    if execute_body(interpreter, frame, statements):
        exits.append(dict(frame.env))


# Simple statements


def _expression(interpreter: Interpreter, frame: Frame, node: cst.Expr) -> bool:
    interpreter.evaluate(frame, node.value)
    return True


def _assign(interpreter: Interpreter, frame: Frame, node: cst.Assign) -> bool:
    value = interpreter.evaluate(frame, node.value)
    for target in node.targets:
        bind_target(interpreter, frame, target.target, value)
    return True


def _annotated(interpreter: Interpreter, frame: Frame, node: cst.AnnAssign) -> bool:
    annotation = node.annotation.annotation
    if isinstance(node.target, cst.Name):
        frame.annotations[node.target.value] = annotation
    if node.value is not None:
        value = interpreter.evaluate(frame, node.value)
        if not value.shapes:
            declared = interpreter.declared(frame, annotation)
            value = Value(declared.shapes, value.origins, True)
        bind_target(interpreter, frame, node.target, value)
    return True


def _augmented(interpreter: Interpreter, frame: Frame, node: cst.AugAssign) -> bool:
    before = peek(interpreter, frame, node.target)
    value = interpreter.evaluate(frame, node.value)
    for shape in before.shapes:
        if isinstance(shape, Container) and shape.kind not in ("tuple", "frozenset"):
            note_mutation(interpreter, frame, node.target, shape, "method", "+=")
            shape.put(take(value.shapes[0], None) if _is_container(value) else UNKNOWN)
    result = operate(before, node.operator, value, Site(node, frame))
    mutable = [s for s in before.shapes if isinstance(s, Container) and s.kind != "tuple"]
    if mutable:
        result = before.mixed_with(value.origins)
        if isinstance(node.target, cst.Name):
            interpreter.assign(frame, node.target.value, result)
            return True
    bind_target(interpreter, frame, node.target, result)
    return True


def _is_container(value: Value) -> bool:
    return bool(value.shapes) and isinstance(value.shapes[0], Container)


def _delete(interpreter: Interpreter, frame: Frame, node: cst.Del) -> bool:
    target = node.target
    targets = [e.value for e in target.elements] if isinstance(target, cst.Tuple) else [target]
    for item in targets:
        if isinstance(item, cst.Subscript):
            for shape in peek(interpreter, frame, item.value).shapes:
                note_mutation(interpreter, frame, item, shape, "delete", "del")
        elif isinstance(item, cst.Attribute):
            for shape in peek(interpreter, frame, item.value).shapes:
                note_mutation(interpreter, frame, item, shape, "delete", item.attr.value)
        elif isinstance(item, cst.Name):
            frame.env.pop(item.value, None)
    return True


def _return(interpreter: Interpreter, frame: Frame, node: cst.Return) -> bool:
    value = constant(None) if node.value is None else interpreter.evaluate(frame, node.value)
    note_return(interpreter, frame, node.value or node, value)
    return False


def note_return(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, value: Value
) -> None:
    """Let the frame's function return `value`."""
    host = frame.host
    host.result = join([host.result, value])
    interpreter.record(Return(node, host, host.regions, interpreter.tick(), value))


def _raise(interpreter: Interpreter, frame: Frame, node: cst.Raise) -> bool:
    if node.exc is not None:
        interpreter.evaluate(frame, node.exc)
    if node.cause is not None:
        interpreter.evaluate(frame, node.cause.item)
    return False


def _assert(interpreter: Interpreter, frame: Frame, node: cst.Assert) -> bool:
    interpreter.test(frame, node, interpreter.evaluate(frame, node.test))
    if node.msg is not None:
        interpreter.evaluate(frame, node.msg)
    return True


def _import(interpreter: Interpreter, frame: Frame, node: cst.Import | cst.ImportFrom) -> bool:
    for name, what in imports_of(node, frame.module):
        key = f"*{len(frame.env)}" if name == "*" else name
        owner = frame.module_frame() if name in frame.scope.global_names else frame
        owner.env[key] = what
    return True


def _function(interpreter: Interpreter, frame: Frame, node: cst.FunctionDef) -> bool:
    earlier = frame.env.get(node.name.value)
    value = define_function(interpreter, frame, node)
    if value.shapes or earlier is None:
        interpreter.assign(frame, node.name.value, value)
    return True


def _class(interpreter: Interpreter, frame: Frame, node: cst.ClassDef) -> bool:
    interpreter.assign(frame, node.name.value, define_class(interpreter, frame, node))
    return True


# Compound statements


def _if(interpreter: Interpreter, frame: Frame, node: cst.If) -> bool:
    test = interpreter.evaluate(frame, node.test)
    interpreter.test(frame, node, test)
    before = dict(frame.env)
    exits: list[Env] = []
    interpreter.region(frame, "branch", node, test)
    _arm(interpreter, frame, before, node.body, exits)
    _arm(interpreter, frame, before, node.orelse, exits)
    interpreter.leave(frame)
    _merge(interpreter, frame, exits)
    return bool(exits)


def _else(interpreter: Interpreter, frame: Frame, node: cst.Else | cst.Finally) -> bool:
    return execute(interpreter, frame, node.body)


def _loop(
    interpreter: Interpreter, frame: Frame, node: cst.For | cst.While, start: Callable[[], None]
) -> None:
    """Go over a loop's body twice, so that what one round leaves is seen by the next."""
    states = [dict(frame.env)]
    for _ in range(2):
        start()
        interpreter.region(frame, "loop", node)
        execute(interpreter, frame, node.body)
        interpreter.leave(frame)
        states.append(dict(frame.env))
        _merge(interpreter, frame, states)
    if node.orelse is not None:
        execute(interpreter, frame, node.orelse)


def _for(interpreter: Interpreter, frame: Frame, node: cst.For) -> bool:
    iterable = interpreter.evaluate(frame, node.iter)
    element = iterate(interpreter, frame, node.iter, iterable)
    _loop(interpreter, frame, node, lambda: bind_target(interpreter, frame, node.target, element))
    return True


def _while(interpreter: Interpreter, frame: Frame, node: cst.While) -> bool:
    def start() -> None:
        interpreter.test(frame, node, interpreter.evaluate(frame, node.test))

    _loop(interpreter, frame, node, start)
    return True


def _try(interpreter: Interpreter, frame: Frame, node: cst.Try | cst.TryStar) -> bool:
    before = dict(frame.env)
    exits: list[Env] = []
    interpreter.region(frame, "try", node)
    completed = execute(interpreter, frame, node.body)
    interpreter.leave(frame)
    after = dict(frame.env)
    if completed and node.orelse is not None:
        interpreter.region(frame, "else", node)
        completed = execute(interpreter, frame, node.orelse)
        interpreter.leave(frame)
    if completed:
        exits.append(dict(frame.env))
    for handler in node.handlers:
        _merge(interpreter, frame, [before, after])
        if handler.type is not None:
            interpreter.evaluate(frame, handler.type)
        if handler.name is not None and isinstance(handler.name.name, cst.Name):
            frame.env[handler.name.name.value] = UNKNOWN
        interpreter.region(frame, "handler", handler)
        if execute(interpreter, frame, handler.body):
            exits.append(dict(frame.env))
        interpreter.leave(frame)
    _merge(interpreter, frame, exits or [before, after])
    if node.finalbody is not None:
        interpreter.region(frame, "finally", node)
        finished = execute(interpreter, frame, node.finalbody.body)
        interpreter.leave(frame)
        return finished and bool(exits)
    return bool(exits)


def _with(interpreter: Interpreter, frame: Frame, node: cst.With) -> bool:
    managers: list[tuple[cst.WithItem, Value]] = []
    for item in node.items:
        manager = interpreter.evaluate(frame, item.item)
        entered = interpreter.entered(frame, item.item, manager)
        managers.append((item, manager))
        interpreter.region(frame, "with", item, manager)
        if item.asname is not None:
            bind_target(interpreter, frame, item.asname.name, entered)
    completed = execute(interpreter, frame, node.body)
    for item, manager in reversed(managers):
        interpreter.leave(frame)
        interpreter.region(frame, "exit", node)
        interpreter.exited(frame, item.item, manager)
        interpreter.leave(frame)
    return completed


def _match(interpreter: Interpreter, frame: Frame, node: cst.Match) -> bool:
    subject = interpreter.evaluate(frame, node.subject)
    interpreter.test(frame, node, subject)
    before = dict(frame.env)
    exits: list[Env] = [before]
    interpreter.region(frame, "branch", node, subject)
    for case in node.cases:
        _restore(frame, before)
        for name in bound_names(case.pattern):
            interpreter.assign(frame, name.value, UNKNOWN.mixed_with(subject.origins))
        if case.guard is not None:
            interpreter.test(frame, case.guard, interpreter.evaluate(frame, case.guard))
        if execute(interpreter, frame, case.body):
            exits.append(dict(frame.env))
    interpreter.leave(frame)
    _merge(interpreter, frame, exits)
    return True


# Targets


def bind_target(
    interpreter: Interpreter, frame: Frame, target: cst.CSTNode, value: Value
) -> None:
    """Assign `value` to a target: a name, an attribute, an item, or a pattern of these."""
    match target:
        case cst.Name():
            cell = interpreter.assign(frame, target.value, value)
            _note_name(interpreter, frame, target, cell, value)
        case cst.Tuple() | cst.List():
            whole = iterate(interpreter, frame, target, value)
            for index, element in enumerate(target.elements):
                part = _unpacked(value, index, whole, starred="*" in _stars(target))
                inner = element.value
                if isinstance(element, cst.StarredElement):
                    rest = Container("list", Site(element, frame))
                    rest.put(whole)
                    part = value_of(rest)
                bind_target(interpreter, frame, inner, part.mixed_with(value.origins))
        case cst.Subscript():
            _bind_item(interpreter, frame, target, value)
        case cst.Attribute():
            _bind_attribute(interpreter, frame, target, value)
        case cst.StarredElement():
            bind_target(interpreter, frame, target.value, value)
        case _:
            pass


def _stars(target: cst.Tuple | cst.List) -> str:
    return "".join("*" for element in target.elements if isinstance(element, cst.StarredElement))


def _unpacked(value: Value, index: int, whole: Value, *, starred: bool) -> Value:
    if starred:
        return whole
    parts = []
    for shape in value.shapes:
        if isinstance(shape, Container) and index in shape.items:
            parts.append(shape.items[index])
        else:
            parts.append(whole)
    return join(parts) if parts and not value.open else join([*parts, whole])


def _note_name(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, cell: Cell, value: Value
) -> None:
    if cell.frame is not frame and cell.frame is not frame.host:
        host = frame.host
        event = Write(
            node, host, host.regions, interpreter.tick(), cell, "name", cell.name, value
        )
        interpreter.record(event)


def _bind_item(
    interpreter: Interpreter, frame: Frame, target: cst.Subscript, value: Value
) -> None:
    receiver = peek(interpreter, frame, target.value)
    index = NOTHING
    for element in target.slice:
        if isinstance(element.slice, cst.Index):
            index = interpreter.evaluate(frame, element.slice.value)
    key = index.only()
    for shape in receiver.shapes:
        if isinstance(shape, Container):
            keyed = key if isinstance(key, Constant) else None
            if keyed is not None and shape.kind in ("list", "tuple"):
                shape.put(value)
            else:
                shape.put(value, keyed)
        if isinstance(shape, Container | Opaque | External | Instance):
            note_mutation(interpreter, frame, target, shape, "item", "[]", value)


def _bind_attribute(
    interpreter: Interpreter, frame: Frame, target: cst.Attribute, value: Value
) -> None:
    name = target.attr.value
    host = frame.host
    for shape in peek(interpreter, frame, target.value).shapes:
        if isinstance(shape, Instance):
            earlier = shape.attributes.get(name)
            shape.attributes[name] = value if earlier is None else join([earlier, value])
        elif isinstance(shape, Class):
            bound = shape.members.env.get(name)
            kept = [bound] if isinstance(bound, Value) else []
            shape.members.env[name] = join([*kept, value])
        elif isinstance(shape, ModuleShape):
            owner = interpreter.module_frame(shape.module)
            kept = [bound] if isinstance(bound := owner.env.get(name), Value) else []
            owner.env[name] = join([*kept, value])
            event = Write(
                target, host, host.regions, interpreter.tick(), Cell(owner, name), "name", name
            )
            interpreter.record(event)
            continue
        if isinstance(shape, Instance | Opaque | External | Class):
            note_mutation(interpreter, frame, target, shape, "attribute", name, value)


_RULES: dict[type[cst.CSTNode], Rule] = {
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
    cst.If: _if,
    cst.Else: _else,
    cst.Finally: _else,
    cst.For: _for,
    cst.While: _while,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.Match: _match,
    cst.Break: lambda *_: False,
    cst.Continue: lambda *_: False,
}

"""Assignment: what a name, an attribute, an item or a pattern of these is bound to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.attributes import set_attribute
from durable_lint.program.containers import iterate, note_mutation, subscript
from durable_lint.program.expressions import peek
from durable_lint.program.frames import Cell, Frame, Write
from durable_lint.program.values import (
    NOTHING,
    Class,
    Constant,
    Container,
    External,
    Instance,
    ModuleShape,
    Opaque,
    Shape,
    Site,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter


def bind_target(interpreter: Interpreter, frame: Frame, target: cst.CSTNode, value: Value) -> None:
    """Assign `value` to a target: a name, an attribute, an item, or a pattern of these."""
    rule = _RULES.get(type(target))
    if rule is not None:
        rule(interpreter, frame, target, value)


def _name(interpreter: Interpreter, frame: Frame, target: cst.Name, value: Value) -> None:
    cell = interpreter.assign(frame, target.value, value)
    if cell.frame is not frame and cell.frame is not frame.host:
        _note_name(interpreter, frame, target, cell, value)


def _note_name(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, cell: Cell, value: Value
) -> None:
    host = frame.host
    order = interpreter.tick()
    interpreter.record(Write(node, host, host.regions, order, cell, "name", cell.name, value))


def _unpack(
    interpreter: Interpreter, frame: Frame, target: cst.Tuple | cst.List, value: Value
) -> None:
    whole = iterate(interpreter, frame, target, value)
    starred = [isinstance(element, cst.StarredElement) for element in target.elements]
    star = starred.index(True) if True in starred else len(starred)
    for index, element in enumerate(target.elements):
        if starred[index]:
            rest = Container("list", Site(element, frame))
            rest.put(whole)
            part = value_of(interpreter.made(rest))
        else:
            # What stands after the star is counted from the end.
            key = value_of(Constant("int", index if index < star else index - len(starred)))
            part = _part(interpreter, frame, element, value, key, whole)
        bind_target(interpreter, frame, element.value, part.mixed_with(value.origins))


def _part(
    interpreter: Interpreter,
    frame: Frame,
    element: cst.BaseElement,
    value: Value,
    key: Value,
    whole: Value,
) -> Value:
    """Return the element of `value` under an index, `whole` where they are not told apart."""
    apart = tuple(
        shape
        for shape in value.shapes
        if isinstance(shape, Instance) or (isinstance(shape, Container) and shape.items)
    )
    if not apart:
        return whole
    known = Value(apart, value.origins, value.open)
    part = subscript(interpreter, frame, element, known, key)
    return part if len(apart) == len(value.shapes) else join([part, whole])


def _starred(
    interpreter: Interpreter, frame: Frame, target: cst.StarredElement, value: Value
) -> None:
    bind_target(interpreter, frame, target.value, value)


def _item(interpreter: Interpreter, frame: Frame, target: cst.Subscript, value: Value) -> None:
    receiver = peek(interpreter, frame, target.value)
    index = NOTHING
    for element in target.slice:
        if isinstance(element.slice, cst.Index):
            index = interpreter.evaluate(frame, element.slice.value)
    key = index.only()
    for shape in receiver.shapes:
        if isinstance(shape, Container):
            keyed = isinstance(key, Constant) and shape.kind not in ("list", "tuple")
            shape.put(value, key if keyed else None)
        if isinstance(shape, Instance):
            interpreter.call_method(frame, target, shape, "__setitem__", index, value)
        if isinstance(shape, Container | Opaque | External | Instance):
            note_mutation(interpreter, frame, target, shape, "item", "[]", value)
    if receiver.open:
        _note_unknown(interpreter, frame, target, "item", "[]", value)


def _attribute(interpreter: Interpreter, frame: Frame, target: cst.Attribute, value: Value) -> None:
    receiver = peek(interpreter, frame, target.value)
    for shape in receiver.shapes:
        _set(interpreter, frame, target, shape, value)
    if receiver.open:
        _note_unknown(interpreter, frame, target, "attribute", target.attr.value, value)


def _note_unknown(
    interpreter: Interpreter,
    frame: Frame,
    target: cst.BaseExpression,
    how: str,
    label: str,
    value: Value,
) -> None:
    """Record that an object nobody knows is given `value`: it is kept there."""
    unknown = Opaque(Site(target, frame), "object")
    note_mutation(interpreter, frame, target, unknown, how, label, value)


def _set(
    interpreter: Interpreter, frame: Frame, target: cst.Attribute, shape: Shape, value: Value
) -> None:
    name = target.attr.value
    match shape:
        case ModuleShape():
            owner = interpreter.module_frame(shape.module)
            kept = [bound] if isinstance(bound := owner.env.get(name), Value) else []
            owner.env[name] = join([*kept, value])
            _note_name(interpreter, frame, target, Cell(owner, name), value)
            return
        case Instance():
            set_attribute(interpreter, frame, target, shape, name, value)
        case Class():
            kept = [bound] if isinstance(bound := shape.members.env.get(name), Value) else []
            shape.members.env[name] = join([*kept, value])
        case Container():
            shape.put(value, Constant("str", name))
        case _:
            pass
    if isinstance(shape, Instance | Opaque | External | Class | Container):
        note_mutation(interpreter, frame, target, shape, "attribute", name, value)


_RULES: Mapping[type[cst.CSTNode], Callable[["Interpreter", Frame, Any, Value], None]] = {
    cst.Name: _name,
    cst.Tuple: _unpack,
    cst.List: _unpack,
    cst.Subscript: _item,
    cst.Attribute: _attribute,
    cst.StarredElement: _starred,
}

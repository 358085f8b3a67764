"""Assignment: what a name, an attribute, an item or a pattern of these is bound to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.running.attributes import set_attribute
from durable_lint.program.running.changes import Change, note_change
from durable_lint.program.running.containers import iterate, subscript
from durable_lint.program.running.expressions import peek
from durable_lint.program.running.looks import item_part
from durable_lint.program.values.frames import Cell, Frame
from durable_lint.program.values.order import MAPPINGS, orders_of
from durable_lint.program.values.reaching import renewed
from durable_lint.program.values.shapes import (
    KEYS,
    Class,
    Constant,
    Container,
    External,
    Instance,
    ModuleShape,
    Opaque,
    Site,
)
from durable_lint.program.values.values import (
    NOTHING,
    Shape,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter


@dataclass(frozen=True, slots=True)
class _Binding:
    """One assignment: `builds` tells whether what is assigned comes from what was there.

    `pattern` is the outermost one around the target, None where there is none.
    """

    interpreter: Interpreter
    frame: Frame
    builds: bool = False
    pattern: cst.CSTNode | None = None

    def to(self, target: cst.CSTNode, value: Value) -> None:
        """Assign `value` to a target."""
        rule = _RULES.get(type(target))
        if rule is not None:
            rule(self, target, value)

    def change(self, target: cst.CSTNode, what: Cell | Shape, change: Change) -> None:
        """Record that a variable or object is changed at its `target`.

        What builds on the content before replaces nothing of it.
        """
        replaces = change.replaces and not self.builds
        change = replace(change, builds=self.builds, replaces=replaces)
        write = note_change(self.interpreter, self.frame, target, what, change)
        write.pattern = self.pattern


def bind_target(interpreter: Interpreter, frame: Frame, target: cst.CSTNode, value: Value) -> None:
    """Assign `value` to a target: a name, an attribute, an item, or a pattern of these."""
    _Binding(interpreter, frame).to(target, value)


def change_target(
    interpreter: Interpreter, frame: Frame, target: cst.CSTNode, value: Value
) -> None:
    """Assign to a target what an augmented assignment makes of its content."""
    _Binding(interpreter, frame, builds=True).to(target, value)


def _name(binding: _Binding, target: cst.Name, value: Value) -> None:
    interpreter, frame = binding.interpreter, binding.frame
    cell = interpreter.assign(frame, target.value, value)
    if cell.frame is not frame and cell.frame is not frame.host:
        binding.change(target, cell, Change("name", cell.name, value, replaces=True))
    elif not binding.builds:
        interpreter.state = renewed(interpreter.state, cell)


def _unpack(binding: _Binding, target: cst.Tuple | cst.List, value: Value) -> None:
    interpreter, frame = binding.interpreter, binding.frame
    item = iterate(interpreter, frame, target, value)
    orders = orders_of(value, target, frame)
    whole = item.mixed_with(orders)
    starred = [isinstance(element, cst.StarredElement) for element in target.elements]
    star = starred.index(True) if True in starred else len(starred)
    inner = replace(binding, pattern=binding.pattern or target)
    for index, element in enumerate(target.elements):
        if starred[index]:
            rest = Container("list", Site(element, frame))
            rest.put(item)
            rest.orders.update(orders)
            part = value_of(interpreter.made(rest))
        else:
            # What stands after the star is counted from the end.
            key = value_of(Constant("int", index if index < star else index - len(starred)))
            part = _part(interpreter, frame, element, value, key, whole)
        inner.to(element.value, part)


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


def _starred(binding: _Binding, target: cst.StarredElement, value: Value) -> None:
    binding.to(target.value, value)


def item_index(interpreter: Interpreter, frame: Frame, target: cst.Subscript) -> Value:
    """Return what the index of a subscript may be; NOTHING for a slice."""
    index = NOTHING
    for element in target.slice:
        if isinstance(element.slice, cst.Index):
            index = interpreter.evaluate(frame, element.slice.value)
    return index


def _item(binding: _Binding, target: cst.Subscript, value: Value) -> None:
    interpreter, frame = binding.interpreter, binding.frame
    receiver = peek(interpreter, frame, target.value)
    index = item_index(interpreter, frame, target)
    for shape in receiver.shapes:
        if isinstance(shape, Container):
            _put_item(shape, index, value)
            if shape.kind in MAPPINGS:
                interpreter.turns.collect(interpreter, shape, index)
        if isinstance(shape, Instance):
            given = (index, value)
            if interpreter.call_method(frame, target, shape, "__setitem__", *given) is not None:
                continue
        if isinstance(shape, Container | Opaque | External | Instance):
            part = None if index is NOTHING else item_part(shape, index)
            replaces = part is not None and receiver.only() is shape
            binding.change(target, shape, Change("item", "[]", value, part, replaces=replaces))
    if receiver.open:
        _note_unknown(binding, target, Change("item", "[]", value))


def _put_item(container: Container, index: Value, value: Value) -> None:
    key = index.only()
    if container.kind in ("list", "tuple", "deque"):
        container.unsettle()
        container.put(value)
    elif isinstance(key, KEYS):
        container.replace(value, key)
    else:
        # It may be one of the keys that are there.
        container.unsettled.update(dict.fromkeys(container.items))
        container.put(value)
        container.keys[index] = None


def _attribute(binding: _Binding, target: cst.Attribute, value: Value) -> None:
    receiver = peek(binding.interpreter, binding.frame, target.value)
    for shape in receiver.shapes:
        _set(binding, target, shape, value, certain=receiver.only() is shape)
    if receiver.open:
        _note_unknown(binding, target, Change("attribute", target.attr.value, value))


def _note_unknown(binding: _Binding, target: cst.BaseExpression, change: Change) -> None:
    """Record that an object nobody knows is given a value: it is kept there."""
    binding.change(target, Opaque(Site(target, binding.frame), "object"), change)


def _set(
    binding: _Binding, target: cst.Attribute, shape: Shape, value: Value, *, certain: bool
) -> None:
    name = target.attr.value
    interpreter, frame = binding.interpreter, binding.frame
    match shape:
        case ModuleShape():
            owner = interpreter.module_frame(shape.module)
            kept = [bound] if isinstance(bound := owner.env.get(name), Value) else []
            owner.env[name] = join([*kept, value])
            cell = Cell(owner, name)
            binding.change(target, cell, Change("name", name, value, replaces=certain))
            return
        case Instance():
            set_attribute(interpreter, frame, target, shape, name, value)
        case Class():
            kept = [bound] if isinstance(bound := shape.members.env.get(name), Value) else []
            shape.members.env[name] = join([*kept, value])
        case Container():
            shape.replace(value, Constant("str", name))
        case _:
            pass
    binding.change(target, shape, Change("attribute", name, value, name, replaces=certain))


_RULES: Mapping[type[cst.CSTNode], Callable[[_Binding, Any, Value], None]] = {
    cst.Name: _name,
    cst.Tuple: _unpack,
    cst.List: _unpack,
    cst.Subscript: _item,
    cst.Attribute: _attribute,
    cst.StarredElement: _starred,
}

"""What objects that hold others yield: by iteration, by index and by key."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.modules.imports import Import
from durable_lint.program.running.looks import look_over
from durable_lint.program.running.protocols import ask, awaited
from durable_lint.program.values.frames import Call, Frame, Iteration
from durable_lint.program.values.order import MAPPINGS, one_of
from durable_lint.program.values.reaching import replacement
from durable_lint.program.values.shapes import (
    KEYS,
    Class,
    Constant,
    Container,
    External,
    Instance,
    Opaque,
    Site,
    Variable,
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

# Containers whose items are read as attributes.
RECORDS = frozenset(("SimpleNamespace", "namedtuple"))

_NEXT = ("__next__", "__anext__")


def iterate(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, iterable: Value) -> Value:
    """Return what iterating `iterable` yields, and record that it was iterated."""
    look_over(interpreter, frame, node, iterable)
    host = frame.host
    interpreter.record(Iteration(node, host, host.regions, interpreter.tick(), iterable))
    return elements(interpreter, frame, node, iterable)


def elements(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    iterable: Value,
    call: Call | None = None,
) -> Value:
    """Return what iterating `iterable` yields; `call` is what iterates it, where a call does."""
    chosen = choice_of(iterable)
    parts = []
    for shape in iterable.shapes:
        part = element_of(interpreter, frame, node, shape, call)
        parts.append(part.mixed_with(chosen if _is_known(shape) else iterable.origins))
    if iterable.open or not parts:
        parts.append(UNKNOWN.mixed_with(iterable.origins))
    return join(parts)


def choice_of(value: Value) -> frozenset[Hashable]:
    """Return the origins that tell which container `value` is, and not what is in it.

    What is known in its parts has its origins there.
    """
    if not value.origins:
        return value.origins
    inside: set[Hashable] = set()
    for shape in value.shapes:
        if isinstance(shape, Container):
            inside |= shape.content().origins
            for pending in shape.pending:
                inside |= pending.arguments.all_values().origins
    return value.origins - inside


def _is_known(shape: Shape) -> bool:
    return isinstance(shape, Container) and bool(shape.items or shape.rest or shape.pending)


def element_of(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    shape: Shape,
    call: Call | None = None,
) -> Value:
    """Return what iterating one object may yield; `call` is what iterates it, if one does."""
    match shape:
        case Container() if shape.kind in MAPPINGS:
            known = [value_of(key) for key in shape.items if isinstance(key, Shape)]
            found = join([*known, UNKNOWN] if shape.rest or not known else known)
        case Container():
            found = interpreter.contents(frame, node, shape, call)
            if not (shape.items or shape.rest or shape.pending):
                found = UNKNOWN
        case Opaque():
            found = value_of(Opaque(shape.site, f"{shape.label}[]", shape))
        case External():
            found = value_of(External(f"{shape.path}[]", shape.site or Site(node, frame)))
        case Class():
            found = join(v for v in shape.members.env.values() if isinstance(v, Value))
        case Instance():
            found = _of_iterator(interpreter, frame, node, shape)
        case _:
            found = UNKNOWN
    return found


def _of_iterator(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, iterable: Instance
) -> Value:
    """Return what an object of the project yields: its iterator is asked for the next element."""
    made = interpreter.call_method(frame, node, iterable, "__iter__")
    if made is None:
        made = interpreter.call_method(frame, node, iterable, "__aiter__")
    if made is None:
        item = interpreter.call_method(frame, node, iterable, "__getitem__", UNKNOWN)
        return item if item is not None else _field(iterable, None)
    parts: list[Value] = []
    for shape in made.shapes:
        if isinstance(shape, Instance):
            following = ask(interpreter, frame, node, value_of(shape), _NEXT)
            parts.append(UNKNOWN if following is None else following)
        else:
            parts.append(element_of(interpreter, frame, node, shape))
    found = join([*parts, UNKNOWN] if made.open else parts)
    return awaited(interpreter, frame, node, found)


def subscript(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, receiver: Value, index: Value
) -> Value:
    """Return what `receiver[index]` may be; `index` is NOTHING for a slice."""
    parts: list[Value] = []
    chosen = choice_of(receiver)
    for shape in receiver.shapes:
        part = _item(interpreter, frame, node, shape, index)
        if isinstance(shape, Container):
            part = part.mixed_with(chosen)
        elif not isinstance(shape, Instance):
            part = part.mixed_with(receiver.origins)
        parts.append(part)
    if receiver.open or not parts:
        parts.append(UNKNOWN.mixed_with(receiver.origins))
    return join(parts).mixed_with(index.origins)


def _item(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, shape: Shape, index: Value
) -> Value:
    key = index.only()
    site = Site(node, frame)
    match shape:
        case Container() if index is NOTHING:
            sliced = Container(shape.kind, site)
            sliced.put(shape.content())
            sliced.orders.update(shape.orders)
            found = value_of(interpreter.made(sliced))
        case Container():
            replaced = replacement(interpreter.state, shape, key) if key is not None else None
            found = replaced if replaced is not None else take(shape, key)
            if key not in shape.items:
                found = found.mixed_with(one_of(shape, node, frame))
            found = kept_in(interpreter, frame, node, found)
        case External(path="os.environ") if isinstance(key, Constant):
            found = value_of(Variable(str(key.content), None))
        case External(path="sys.modules") if isinstance(key, Constant):
            found = interpreter.resolve(Import(frame.module, str(key.content)))
        case External():
            whole = node.value if isinstance(node, cst.Subscript) else node
            found = _external_item(shape, site).mixed_with(one_of(shape, whole, frame))
        case Opaque():
            label = repr(key.content) if isinstance(key, Constant) else ""
            found = value_of(Opaque(shape.site, f"{shape.label}[{label}]", shape))
        case Instance():
            called = interpreter.call_method(frame, node, shape, "__getitem__", index)
            found = called if called is not None else _field(shape, key)
        case Class():
            found = value_of(shape)
        case _:
            found = UNKNOWN
    return found


def _field(record: Instance, key: Shape | None) -> Value:
    """Return a field of an instance that is a tuple too."""
    if not any(base.path.endswith(".NamedTuple") for base in record.cls.foreign_bases()):
        return UNKNOWN
    values = list(record.attributes.values())
    if isinstance(key, Constant) and isinstance(key.content, int):
        return values[key.content] if -len(values) <= key.content < len(values) else UNKNOWN
    return join([*values, UNKNOWN])


def _external_item(shape: External, site: Site) -> Value:
    # A generic alias such as `list[str]` or `Queue[int]` is still the class.
    if shape.site is None and not shape.path.endswith((")", "]")):
        return Value((shape,), open=True)
    return value_of(External(f"{shape.path}[]", shape.site or site))


def has_elements(iterable: Value) -> bool:
    """Tell whether there certainly is something in what is gone through."""
    known = [s for s in iterable.shapes if isinstance(s, Container) and s.kind in ("list", "tuple")]
    full = known and all(s.items and None not in s.unsettled for s in known)
    return bool(full) and len(known) == len(iterable.shapes) and not iterable.open


def kept_in(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, found: Value) -> Value:
    """Return what is read at `node` from a container, which may have kept it since the import."""
    if not found.origins:
        return found
    inner = node
    while isinstance(inner, cst.Attribute | cst.Subscript | cst.Call):
        inner = inner.func if isinstance(inner, cst.Call) else inner.value
    name = inner.value if isinstance(inner, cst.Name) else "container"
    return interpreter.library.kept(interpreter, frame, node, name, found)


def take(container: Container, key: Shape | None) -> Value:
    """Return what a container holds under a constant key, or anywhere where the key is unknown."""
    if isinstance(key, KEYS):
        found = container.items.get(key)
        if found is None and isinstance(key, Constant) and isinstance(key.content, int):
            found = _at(container, key.content)
        if found is not None:
            return join([found, *container.rest])
    return container.content() if container.items or container.rest else UNKNOWN


def _at(container: Container, index: int) -> Value | None:
    """Return what a sequence holds at an index, None where that is not known."""
    if index < 0 and not container.rest:
        index += len(container.items)
    if container.kind in RECORDS:
        values = list(container.items.values())
        return values[index] if index < len(values) else None
    return container.items.get(index)

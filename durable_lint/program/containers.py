"""How the built-in containers behave: what they hold, hand out, and which methods change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.frames import Call, Frame, Iteration, Write
from durable_lint.program.values import (
    NOTHING,
    UNKNOWN,
    Class,
    Constant,
    Container,
    External,
    Function,
    Instance,
    Opaque,
    Shape,
    Site,
    Value,
    Variable,
    constant,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter

MUTATORS = frozenset(
    "append appendleft extend extendleft insert add update setdefault pop popleft popitem "
    "remove discard clear sort reverse subtract difference_update intersection_update "
    "symmetric_difference_update move_to_end rotate __setitem__ __delitem__".split()
)

_ADD_LAST = frozenset(
    ("append", "appendleft", "add", "insert", "setdefault", "__setitem__", "put")
)
_ADD_ALL = frozenset(("extend", "extendleft", "update"))
_TAKE = frozenset(("pop", "popleft", "get", "setdefault", "__getitem__", "popitem", "__next__"))
_VIEWS = frozenset(("values", "copy", "most_common", "elements", "__iter__"))
UNORDERED = frozenset(("set", "frozenset"))
_MAPPINGS = frozenset(("dict", "defaultdict", "OrderedDict", "Counter"))


def iterate(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, iterable: Value
) -> Value:
    """Return what iterating `iterable` yields, and record that it was iterated."""
    parts: list[Value] = []
    for shape in iterable.shapes:
        parts.append(_element(interpreter, frame, node, shape))
    if iterable.open or not parts:
        parts.append(UNKNOWN)
    host = frame.host
    unordered = any(isinstance(s, Container) and s.kind in UNORDERED for s in iterable.shapes)
    interpreter.record(
        Iteration(node, host, host.regions, interpreter.tick(), iterable, unordered)
    )
    return join(parts).mixed_with(iterable.origins)


def _element(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, shape: Shape) -> Value:
    match shape:
        case Container() if shape.kind in _MAPPINGS:
            known = [value_of(key) for key in shape.items if isinstance(key, Shape)]
            return join([*known, UNKNOWN] if shape.rest or not known else known)
        case Container():
            return shape.content() if shape.items or shape.rest else UNKNOWN
        case Opaque():
            return value_of(Opaque(shape.site, f"{shape.label}[]", shape))
        case External():
            return value_of(External(f"{shape.path}[]", shape.site or Site(node, frame)))
        case Class():
            return join(v for v in shape.members.env.values() if isinstance(v, Value))
        case Instance():
            return interpreter.call_method(frame, node, shape, "__iter__") or UNKNOWN
        case _:
            return UNKNOWN


def subscript(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, receiver: Value, index: Value
) -> Value:
    """Return what `receiver[index]` may be; `index` is NOTHING for a slice."""
    parts: list[Value] = []
    key = index.only()
    for shape in receiver.shapes:
        part = UNKNOWN
        match shape:
            case Container() if index is NOTHING:
                sliced = Container(shape.kind, Site(node, frame))
                sliced.put(shape.content())
                part = value_of(sliced)
            case Container():
                part = take(shape, key)
            case External(path="os.environ") if isinstance(key, Constant):
                part = value_of(Variable(str(key.content), None))
            case External():
                label = key.content if isinstance(key, Constant) else ""
                part = _external_item(shape, label, Site(node, frame))
            case Opaque():
                label = repr(key.content) if isinstance(key, Constant) else ""
                part = value_of(Opaque(shape.site, f"{shape.label}[{label}]", shape))
            case Instance():
                found = interpreter.call_method(frame, node, shape, "__getitem__", index)
                part = found or UNKNOWN
            case Class():
                part = value_of(shape)
            case _:
                pass
        # What is known in its parts has its origins there.
        known = isinstance(shape, Container | Instance)
        parts.append(part if known else part.mixed_with(receiver.origins))
    if receiver.open or not parts:
        parts.append(UNKNOWN.mixed_with(receiver.origins))
    return join(parts).mixed_with(index.origins)


def _external_item(shape: External, label: object, site: Site) -> Value:
    # A generic alias such as `list[str]` or `Queue[int]` is still the class.
    if shape.site is None and not shape.path.endswith((")", "]")):
        return Value((shape,), open=True)
    return value_of(External(f"{shape.path}[]", shape.site or site))


def take(container: Container, key: Shape | None) -> Value:
    """Return what a container holds under a constant key, or anywhere where the key is unknown."""
    if isinstance(key, Constant):
        found = container.items.get(key)
        if found is None and isinstance(key.content, int):
            index = key.content
            if index < 0 and not container.rest:
                index += len(container.items)
            found = container.items.get(index)
        if found is not None:
            return join([found, *container.rest])
    return container.content() if container.items or container.rest else UNKNOWN


def note_mutation(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    shape: Shape,
    how: str,
    label: str,
    value: Value = NOTHING,
) -> None:
    """Record that the object `shape` is changed at `node`, by putting `value` into it."""
    host = frame.host
    event = Write(node, host, host.regions, interpreter.tick(), shape, how, label, value)
    interpreter.record(event, variant=f"{how}:{id(shape)}")


def call_container_method(
    interpreter: Interpreter, call: Call, container: Container, name: str
) -> Value:
    """Return the result of a method of a built-in container, with its effect on the content."""
    frame, site = call.frame, Site(call.node, call.frame)
    origins = call.arguments.all_values().origins
    if name in MUTATORS and container.kind not in ("tuple", "frozenset", "generator"):
        poured = call.arguments.all_values()
        note_mutation(interpreter, frame, call.node, container, "method", name, poured)
    if name in _ADD_LAST and call.arguments.items:
        first = call.arguments.value(0).only()
        keyed = name in ("setdefault", "__setitem__") and isinstance(first, Constant)
        container.put(call.arguments.items[-1].value, first if keyed else None)
    elif name in _ADD_ALL:
        for item in call.arguments.items:
            if item.keyword:
                container.put(item.value, Constant("str", item.keyword))
            else:
                container.put(_poured(interpreter, frame, call.node, item.value))
    held = container.content()
    if name in _TAKE:
        fallback = call.arguments.value(1) if name != "__next__" else NOTHING
        key = call.arguments.value(0).only() if name in ("get", "pop", "setdefault") else None
        none = constant(None) if name == "get" and len(call.arguments.items) == 1 else NOTHING
        return join([take(container, key), fallback, none]).mixed_with(origins)
    if name in _VIEWS or name in ("keys", "items", "union", "difference", "intersection"):
        kind = container.kind if name not in ("values", "keys", "items") else "list"
        view = Container(kind, site)
        if name == "copy":
            view.items.update(container.items)
            view.rest.extend(v for v in container.rest if v not in view.rest)
        elif name == "keys":
            view.put(_element(interpreter, frame, call.node, container))
        elif name == "items":
            pair = Container("tuple", site)
            pair.put(_element(interpreter, frame, call.node, container), 0)
            pair.put(held, 1)
            view.put(value_of(pair))
        else:
            view.put(held)
        return value_of(view).mixed_with(origins | held.origins)
    if name in MUTATORS:
        return constant(None)
    return UNKNOWN.mixed_with(origins | held.origins)


def _poured(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, value: Value) -> Value:
    parts = [
        shape.content() if isinstance(shape, Container) else UNKNOWN for shape in value.shapes
    ]
    return join([*parts, UNKNOWN] if value.open else parts).mixed_with(value.origins)


def is_callable(value: Value) -> bool:
    """Tell whether `value` may be a function of the project."""
    return any(isinstance(shape, Function) for shape in value.shapes)

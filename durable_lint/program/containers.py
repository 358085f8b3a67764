"""How the built-in containers behave: what they hold, hand out, and which methods change them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.arguments import Argument
from durable_lint.program.changes import (
    ADVANCING,
    MUTATORS,
    ONE_SHOT_KINDS,
    Change,
    advance,
    note_change,
)
from durable_lint.program.frames import Call, Frame, Iteration
from durable_lint.program.imports import Import
from durable_lint.program.looks import item_part, look, look_at, look_over
from durable_lint.program.order import MAPPINGS, fill, one_of
from durable_lint.program.protocols import ask, awaited, compare
from durable_lint.program.reaching import replacement
from durable_lint.program.shapes import (
    Class,
    Constant,
    Container,
    External,
    Instance,
    Opaque,
    Site,
    Variable,
    constant,
)
from durable_lint.program.values import (
    NOTHING,
    UNKNOWN,
    Shape,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter

# Those that hand out what they take away, or what was there before.
_HANDING_OUT = frozenset(("pop", "popleft", "popitem", "setdefault", "get"))
# Those that leave the same, however often they are called, but for a Counter's `update`.
_IDEMPOTENT = frozenset(
    (
        *("add", "update", "clear", "discard", "setdefault", "sort", "move_to_end", "__setitem__"),
        *("difference_update", "intersection_update"),
    )
)
# Containers whose items are read as attributes.
RECORDS = frozenset(("SimpleNamespace", "namedtuple"))

_TAKING_OUT = frozenset(
    (
        *("pop", "popleft", "popitem", "remove", "discard", "clear", "__setitem__", "__delitem__"),
        *("subtract", "difference_update", "intersection_update", "symmetric_difference_update"),
        *("get", "get_nowait"),
    )
)
_ADD_LAST = frozenset(("append", "appendleft", "add", "insert", "setdefault", "__setitem__", "put"))
_ADD_ALL = frozenset(("extend", "extendleft", "update"))
_TAKE = frozenset(
    (
        "pop",
        "popleft",
        "get",
        "setdefault",
        "__getitem__",
        "popitem",
        "__next__",
        "send",
        "get_nowait",
    )
)
_QUEUE_METHODS = frozenset(("put", "put_nowait", "get", "get_nowait"))
_KEYED = frozenset(("get", "pop", "setdefault", "__getitem__"))
_NEXT = ("__next__", "__anext__")
_SAME_KIND = frozenset(
    (
        "copy",
        "most_common",
        "elements",
        "__iter__",
        "union",
        "difference",
        "intersection",
        "symmetric_difference",
    )
)
_VIEWS = frozenset(("values", "keys", "items"))
_FIXED = frozenset(("tuple", "frozenset", "generator", "namedtuple"))


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
    parts = [_element(interpreter, frame, node, shape, call) for shape in iterable.shapes]
    if iterable.open or not parts:
        parts.append(UNKNOWN)
    return join(parts).mixed_with(iterable.origins)


def _element(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    shape: Shape,
    call: Call | None = None,
) -> Value:
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
            parts.append(_element(interpreter, frame, node, shape))
    found = join([*parts, UNKNOWN] if made.open else parts)
    return awaited(interpreter, frame, node, found)


def subscript(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, receiver: Value, index: Value
) -> Value:
    """Return what `receiver[index]` may be; `index` is NOTHING for a slice."""
    parts: list[Value] = []
    for shape in receiver.shapes:
        part = _item(interpreter, frame, node, shape, index)
        # What is known in its parts has its origins there.
        known = isinstance(shape, Container | Instance)
        parts.append(part if known else part.mixed_with(receiver.origins))
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


def take(container: Container, key: Shape | None) -> Value:
    """Return what a container holds under a constant key, or anywhere where the key is unknown."""
    if isinstance(key, Constant):
        found = container.items.get(key)
        if found is None and isinstance(key.content, int):
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


def call_container_method(
    interpreter: Interpreter, call: Call, container: Container, name: str
) -> Value:
    """Return the result of a method of a built-in container, with its effect on the content."""
    part = None
    if name in _KEYED and container.kind in MAPPINGS:
        part = item_part(container, call.arguments.value(0))
    changes = name in MUTATORS or (container.kind == "Queue" and name in _QUEUE_METHODS)
    if part is not None:
        look_at(interpreter, call.frame, call.node, container, part)
    elif not changes or name in _HANDING_OUT:
        look(interpreter, call.frame, call.node, value_of(container))
    if container.kind in ONE_SHOT_KINDS and name in ADVANCING:
        advance(interpreter, call.frame, call.node, value_of(container))
    if changes and container.kind not in _FIXED:
        change = Change(
            "method",
            name,
            call.arguments.all_values(),
            part=part,
            builds=name not in _IDEMPOTENT or container.kind == "Counter",
            replaces=name == "clear" and call.callee.only() is not None,
        )
        note_change(interpreter, call.frame, call.node, container, change)
        if name in _TAKING_OUT:
            container.unsettle(part)
        _add(interpreter, call, container, name)
    if name == "sort":
        container.orders.clear()
        compare(interpreter, call, container.content())
    rule = next((rule for names, rule in _RESULTS.items() if name in names), None)
    if rule is not None:
        return rule(interpreter, call, container, name).mixed_with(_origins(call))
    if name in MUTATORS:
        return constant(None)
    return UNKNOWN.mixed_with(_origins(call) | container.content().origins)


def _origins(call: Call) -> frozenset[Any]:
    return call.arguments.all_values().origins


def _add(interpreter: Interpreter, call: Call, container: Container, name: str) -> None:
    keyed_by = call.arguments.value(0)
    added = keyed_by if container.kind in MAPPINGS else call.arguments.all_values()
    interpreter.turns.collect(interpreter, container, added)
    if name in _ADD_LAST and call.arguments.items:
        first = call.arguments.value(0).only()
        by_key = name in ("setdefault", "__setitem__")
        keyed = by_key and isinstance(first, Constant)
        container.put(call.arguments.items[-1].value, first if keyed else None)
        if by_key and not keyed:
            container.keys[call.arguments.value(0)] = None
    elif name in _ADD_ALL:
        for item in call.arguments.items:
            if item.keyword:
                container.replace(item.value, Constant("str", item.keyword))
            else:
                if container.kind in MAPPINGS:
                    container.unsettle()
                pour(interpreter, call, container, item)


def pour(interpreter: Interpreter, call: Call, into: Container, item: Argument) -> None:
    """Put the elements of an iterable, or the items of a mapping, into a container."""
    value = item.value
    fill(into, value, item.node or call.node, call.frame)
    look_over(interpreter, call.frame, call.node, value)
    advance(interpreter, call.frame, call.node, value)
    for shape in value.shapes:
        if isinstance(shape, Container) and shape.kind in MAPPINGS and into.kind in MAPPINGS:
            into.absorb(shape)
        elif not isinstance(shape, Container | External | Instance):
            into.put(UNKNOWN.mixed_with(value.origins))
        elif not isinstance(shape, Container) or shape.items or shape.rest or shape.pending:
            element = _element(interpreter, call.frame, call.node, shape, call)
            into.put(element.mixed_with(value.origins))
    if value.open or not value.shapes:
        into.put(UNKNOWN.mixed_with(value.origins))


def _taken(interpreter: Interpreter, call: Call, container: Container, name: str) -> Value:
    key = call.arguments.value(0).only() if name in _KEYED else None
    fallback = call.arguments.value(1, "default") if name in _KEYED else NOTHING
    none = constant(None) if name == "get" and len(call.arguments.items) == 1 else NOTHING
    found = take(container, key)
    if container.pending:
        found = interpreter.contents(call.frame, call.node, container, call)
    found = _in_turn(interpreter, call, container, found)
    return join([found, fallback, none])


def _in_turn(interpreter: Interpreter, call: Call, container: Container, found: Value) -> Value:
    """Return what a method takes from a container, with the orders that decide which it takes."""
    node, frame = call.node, call.frame
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        node = node.func.value
    orders = one_of(container, node, frame)
    rounds = interpreter.turns.innermost(frame, container) if orders else None
    if rounds is None:
        return found.mixed_with(orders)
    return interpreter.turns.each(found, orders, rounds)


def _same_kind(interpreter: Interpreter, call: Call, container: Container, name: str) -> Value:
    if name == "__iter__":
        return value_of(container)
    view = Container(container.kind, Site(call.node, call.frame))
    if name == "copy":
        view.absorb(container)
    else:
        view.put(container.content())
        for item in call.arguments.items:
            pour(interpreter, call, view, item)
    return value_of(interpreter.made(view)).mixed_with(container.content().origins)


def _view(interpreter: Interpreter, call: Call, container: Container, name: str) -> Value:
    site = Site(call.node, call.frame)
    view = Container(f"dict_{name}" if container.kind in MAPPINGS else "list", site)
    key = _element(interpreter, call.frame, call.node, container)
    if name == "items":
        pair = Container("tuple", site)
        pair.put(key, 0)
        pair.put(container.content(), 1)
        view.put(value_of(pair))
    elif container.items or container.rest:
        view.put(key if name == "keys" else container.content())
    view.orders.update(container.orders)
    return value_of(interpreter.made(view)).mixed_with(container.content().origins)


_RESULTS: Mapping[frozenset[str], Callable[[Interpreter, Call, Container, str], Value]] = {
    _TAKE: _taken,
    _SAME_KIND: _same_kind,
    _VIEWS: _view,
}

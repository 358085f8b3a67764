"""How the built-in containers behave: what they hold, hand out, and which methods change them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.arguments import Arguments
from durable_lint.program.changes import (
    ADD_ALL,
    ADD_LAST,
    ADVANCING,
    MUTATORS,
    ONE_SHOT_KINDS,
    Change,
    advance,
    note_change,
    put_by,
)
from durable_lint.program.frames import Call, Frame, Iteration
from durable_lint.program.looks import item_part, look, look_at, look_over
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
UNORDERED = frozenset(("set", "frozenset"))

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
_SAME_KIND = frozenset(
    ("copy", "most_common", "elements", "__iter__", "union", "difference", "intersection")
)
_VIEWS = frozenset(("values", "keys", "items"))
_MAPPINGS = frozenset(("dict", "defaultdict", "OrderedDict", "Counter"))
_FIXED = frozenset(("tuple", "frozenset", "generator", "namedtuple"))


def iterate(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, iterable: Value) -> Value:
    """Return what iterating `iterable` yields, and record that it was iterated."""
    look_over(interpreter, frame, node, iterable)
    host = frame.host
    unordered = any(isinstance(s, Container) and s.kind in UNORDERED for s in iterable.shapes)
    interpreter.record(Iteration(node, host, host.regions, interpreter.tick(), iterable, unordered))
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
        case Container() if shape.kind in _MAPPINGS:
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
            following = interpreter.call_method(frame, node, shape, "__next__")
            parts.append(following if following is not None else UNKNOWN)
        else:
            parts.append(_element(interpreter, frame, node, shape))
    return join([*parts, UNKNOWN] if made.open else parts)


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
            found = value_of(interpreter.made(sliced))
        case Container():
            replaced = replacement(interpreter.state, shape, key) if key is not None else None
            found = replaced if replaced is not None else take(shape, key)
        case External(path="os.environ") if isinstance(key, Constant):
            found = value_of(Variable(str(key.content), None))
        case External():
            found = _external_item(shape, site)
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
    if name in _KEYED and container.kind in _MAPPINGS:
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
            put_by(name, call.arguments),
            part=part,
            builds=name not in _IDEMPOTENT or container.kind == "Counter",
            replaces=name == "clear" and call.callee.only() is not None,
        )
        note_change(interpreter, call.frame, call.node, container, change)
        _add(interpreter, call, container, name)
    key = call.arguments.get(None, "key")
    if name == "sort" and key is not None:
        element = Arguments.of(container.content())
        call.lead_to(interpreter.apply(call.frame, call.node, key.value, element)[1])
    rule = next((rule for names, rule in _RESULTS.items() if name in names), None)
    if rule is not None:
        return rule(interpreter, call, container, name).mixed_with(_origins(call))
    if name in MUTATORS:
        return constant(None)
    return UNKNOWN.mixed_with(_origins(call) | container.content().origins)


def _origins(call: Call) -> frozenset[Any]:
    return call.arguments.all_values().origins


def _add(interpreter: Interpreter, call: Call, container: Container, name: str) -> None:
    if name in ADD_LAST and call.arguments.items:
        first = call.arguments.value(0).only()
        keyed = name in ("setdefault", "__setitem__") and isinstance(first, Constant)
        container.put(call.arguments.items[-1].value, first if keyed else None)
    elif name in ADD_ALL:
        for item in call.arguments.items:
            if item.keyword:
                container.put(item.value, Constant("str", item.keyword))
            else:
                pour(interpreter, call, container, item.value)


def pour(interpreter: Interpreter, call: Call, into: Container, value: Value) -> None:
    """Put the elements of an iterable, or the items of a mapping, into a container."""
    look_over(interpreter, call.frame, call.node, value)
    advance(interpreter, call.frame, call.node, value)
    for shape in value.shapes:
        if isinstance(shape, Container) and shape.kind in _MAPPINGS and into.kind in _MAPPINGS:
            into.absorb(shape)
        elif isinstance(shape, Container) and (shape.items or shape.rest or shape.pending):
            element = _element(interpreter, call.frame, call.node, shape, call)
            into.put(element.mixed_with(value.origins))
        elif not isinstance(shape, Container):
            into.put(UNKNOWN.mixed_with(value.origins))
    if value.open or not value.shapes:
        into.put(UNKNOWN.mixed_with(value.origins))


def _taken(interpreter: Interpreter, call: Call, container: Container, name: str) -> Value:
    key = call.arguments.value(0).only() if name in _KEYED else None
    fallback = call.arguments.value(1, "default") if name in _KEYED else NOTHING
    none = constant(None) if name == "get" and len(call.arguments.items) == 1 else NOTHING
    found = take(container, key)
    if container.pending:
        found = interpreter.contents(call.frame, call.node, container, call)
    return join([found, fallback, none])


def _same_kind(interpreter: Interpreter, call: Call, container: Container, name: str) -> Value:
    if name == "__iter__":
        return value_of(container)
    view = Container(container.kind, Site(call.node, call.frame))
    if name == "copy":
        view.absorb(container)
    else:
        view.put(container.content())
        for item in call.arguments.items:
            pour(interpreter, call, view, item.value)
    return value_of(interpreter.made(view)).mixed_with(container.content().origins)


def _view(interpreter: Interpreter, call: Call, container: Container, name: str) -> Value:
    site = Site(call.node, call.frame)
    view = Container("list", site)
    key = _element(interpreter, call.frame, call.node, container)
    if name == "items":
        pair = Container("tuple", site)
        pair.put(key, 0)
        pair.put(container.content(), 1)
        view.put(value_of(pair))
    elif container.items or container.rest:
        view.put(key if name == "keys" else container.content())
    return value_of(interpreter.made(view)).mixed_with(container.content().origins)


_RESULTS: Mapping[frozenset[str], Callable[[Interpreter, Call, Container, str], Value]] = {
    _TAKE: _taken,
    _SAME_KIND: _same_kind,
    _VIEWS: _view,
}

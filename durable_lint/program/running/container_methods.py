"""What the methods of the built-in containers change, run and give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.running.changes import (
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
from durable_lint.program.running.containers import element_of, kept_in, take
from durable_lint.program.running.looks import item_part, look, look_at, look_over
from durable_lint.program.running.protocols import compare
from durable_lint.program.values.arguments import Argument
from durable_lint.program.values.frames import Call
from durable_lint.program.values.order import MAPPINGS, fill, one_of
from durable_lint.program.values.shapes import (
    KEYS,
    Constant,
    Container,
    External,
    Instance,
    Site,
    constant,
)
from durable_lint.program.values.values import (
    NOTHING,
    UNKNOWN,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

# Those that hand out what they take away, or what was there before.
_HANDING_OUT = frozenset(("pop", "popleft", "popitem", "setdefault", "get"))
# Those that leave the same, however often they are called, but for a Counter's `update`.
_IDEMPOTENT = frozenset(
    (
        *("add", "update", "clear", "discard", "setdefault", "sort", "move_to_end", "__setitem__"),
        *("difference_update", "intersection_update"),
    )
)
_TAKING_OUT = frozenset(
    (
        *("pop", "popleft", "popitem", "remove", "discard", "clear", "__setitem__", "__delitem__"),
        *("subtract", "difference_update", "intersection_update", "symmetric_difference_update"),
        *("get", "get_nowait"),
    )
)
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
            put_by(name, call.arguments),
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
    if name in ADD_LAST and call.arguments.items:
        first = call.arguments.value(0).only()
        by_key = name in ("setdefault", "__setitem__")
        keyed = by_key and isinstance(first, KEYS)
        container.put(call.arguments.items[-1].value, first if keyed else None)
        if by_key and not keyed:
            container.keys[call.arguments.value(0)] = None
    elif name in ADD_ALL:
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
            element = element_of(interpreter, call.frame, call.node, shape, call)
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
    found = kept_in(interpreter, call.frame, call.node, found)
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
    key = element_of(interpreter, call.frame, call.node, container)
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

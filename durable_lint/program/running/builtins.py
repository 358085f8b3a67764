"""What the parts of the standard library do that pass values and callables on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from durable_lint.program.running import callables, managers, objects
from durable_lint.program.running.callables import Model
from durable_lint.program.running.changes import Change, note_change
from durable_lint.program.running.container_methods import pour
from durable_lint.program.running.looks import look
from durable_lint.program.running.protocols import CONVERSIONS, ask, compare
from durable_lint.program.values.arguments import Arguments
from durable_lint.program.values.frames import Call
from durable_lint.program.values.shapes import (
    Constant,
    Container,
    External,
    Site,
)
from durable_lint.program.values.values import (
    UNKNOWN,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

_QUEUES = ("queue.Queue", "queue.SimpleQueue", "queue.LifoQueue", "queue.PriorityQueue")
_CONTAINERS = {
    "list": "list",
    "tuple": "tuple",
    "set": "set",
    "frozenset": "frozenset",
    "dict": "dict",
    "collections.deque": "deque",
    "collections.Counter": "Counter",
    "collections.OrderedDict": "OrderedDict",
    "bytearray": "bytearray",
    "sorted": "list",
    "reversed": "iterator",
    "itertools.chain": "iterator",
    "itertools.chain.from_iterable": "iterator",
    "itertools.cycle": "iterator",
    "itertools.islice": "iterator",
    "dict.fromkeys": "dict",
    "types.MappingProxyType": "dict",
    **dict.fromkeys(_QUEUES, "Queue"),
    "types.SimpleNamespace": "SimpleNamespace",
    "threading.local": "SimpleNamespace",
}

# Functions of the standard library that change their first argument.
_CHANGE_FIRST = frozenset(
    (
        *("heapq.heappush", "heapq.heappop", "heapq.heapify", "heapq.heapreplace"),
        *("heapq.heappushpop", "bisect.insort", "bisect.insort_left", "bisect.insort_right"),
        *("operator.setitem", "operator.delitem", "operator.iadd", "random.shuffle"),
    )
)
_HANDING_OUT = frozenset(("heappop", "heapreplace", "heappushpop"))


def call(interpreter: Interpreter, event: Call, shape: External) -> Value | None:
    """Return the result of a modelled function, None for everything else."""
    if shape.path in _CONTAINERS:
        made = _container(interpreter, event, _CONTAINERS[shape.path])
        if shape.path in _QUEUES:
            # A queue holds things as a list does, and blocks as no list does.
            made = join(
                [made, value_of(External(f"{shape.path}()", Site(event.node, event.frame)))]
            )
        return made
    if shape.path in _CHANGE_FIRST and event.arguments.items:
        return _change_first(interpreter, event, shape.path.rpartition(".")[2])
    if shape.path in CONVERSIONS and event.arguments.items:
        given, names = event.arguments.items[0].value, CONVERSIONS[shape.path]
        return ask(interpreter, event.frame, event.node, given, names)
    model = _MODELS.get(shape.path)
    return model(interpreter, event) if model is not None else None


def _change_first(interpreter: Interpreter, event: Call, name: str) -> Value:
    items = event.arguments.items
    change = Change("method", name, event.arguments.all_values())
    if name in _HANDING_OUT:
        look(interpreter, event.frame, event.node, items[0].value)
    for changed in items[0].value.shapes:
        note_change(interpreter, event.frame, event.node, changed, change)
        if isinstance(changed, Container) and len(items) > 1:
            changed.put(items[-1].value)
    return UNKNOWN.mixed_with(event.arguments.all_values().origins)


def _container(interpreter: Interpreter, event: Call, kind: str) -> Value:
    fresh = Container(kind, Site(event.node, event.frame))
    for item in event.arguments.items:
        if item.keyword is None:
            pour(interpreter, event, fresh, item)
        elif item.keyword != "key":
            fresh.put(item.value, Constant("str", item.keyword))
    if callables.called_path(event) == "sorted":
        fresh.orders.clear()
        compare(interpreter, event, fresh.content())
    origins = event.arguments.all_values().origins | fresh.content().origins
    return value_of(interpreter.made(fresh)).mixed_with(origins)


def _iterator(interpreter: Interpreter, event: Call) -> Value:
    if len(event.arguments.items) != 2:
        return _container(interpreter, event, "iterator")
    # With a second argument the first one is called until it returns that.
    fresh = Container("iterator", Site(event.node, event.frame))
    function = event.arguments.value(0)
    found, frames = interpreter.apply(event.frame, event.node, function, Arguments())
    event.lead_to(frames)
    fresh.put(found)
    return value_of(interpreter.made(fresh)).mixed_with(found.origins)


def _default_dict(interpreter: Interpreter, event: Call) -> Value:
    fresh = Container("defaultdict", Site(event.node, event.frame))
    factory = event.arguments.value(0)
    if factory.shapes:
        made, _ = interpreter.apply(event.frame, event.node, factory, Arguments())
        fresh.put(made)
    return value_of(interpreter.made(fresh))


_MODELS: Mapping[str, Model] = {
    **callables.MODELS,
    **objects.MODELS,
    **managers.MODELS,
    "iter": _iterator,
    "collections.defaultdict": _default_dict,
}

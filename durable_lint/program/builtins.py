"""What the parts of the standard library do that pass values and callables on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.arguments import Arguments
from durable_lint.program.attributes import attribute
from durable_lint.program.containers import iterate, note_mutation, take
from durable_lint.program.frames import Call
from durable_lint.program.syntax import parameters
from durable_lint.program.values import (
    NOTHING,
    UNKNOWN,
    Constant,
    Container,
    External,
    Instance,
    Opaque,
    Partial,
    Site,
    Super,
    Value,
    Variable,
    constant,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter

Model = Callable[["Interpreter", Call], Value | None]

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
    "iter": "iterator",
    "itertools.chain": "iterator",
    "itertools.chain.from_iterable": "iterator",
    "itertools.cycle": "iterator",
    "itertools.islice": "iterator",
    "dict.fromkeys": "dict",
    "types.SimpleNamespace": "SimpleNamespace",
}

# Functions of the standard library that change their first argument.
_CHANGE_FIRST = frozenset(
    "heapq.heappush heapq.heappop heapq.heapify heapq.heapreplace heapq.heappushpop "
    "bisect.insort bisect.insort_left bisect.insort_right operator.setitem operator.delitem "
    "operator.iadd random.shuffle".split()
)


def call(interpreter: Interpreter, event: Call, shape: External) -> Value | None:
    """Return the result of a modelled function, None for everything else."""
    if shape.path in _CONTAINERS:
        return _container(interpreter, event, _CONTAINERS[shape.path])
    if shape.path in _CHANGE_FIRST and event.arguments.items:
        name = shape.path.rpartition(".")[2]
        for changed in event.arguments.items[0].value.shapes:
            note_mutation(interpreter, event.frame, event.node, changed, "method", name)
            if isinstance(changed, Container) and len(event.arguments.items) > 1:
                changed.put(event.arguments.items[-1].value)
        return UNKNOWN.mixed_with(event.arguments.all_values().origins)
    model = _MODELS.get(shape.path)
    return model(interpreter, event) if model is not None else None


def _elements(interpreter: Interpreter, event: Call, value: Value) -> Value:
    return iterate(interpreter, event.frame, event.node, value)


def _container(interpreter: Interpreter, event: Call, kind: str) -> Value:
    fresh = Container(kind, Site(event.node, event.frame))
    for item in event.arguments.items:
        if item.keyword == "key":
            continue
        if item.keyword is not None:
            fresh.put(item.value, Constant("str", item.keyword))
            continue
        for shape in item.value.shapes:
            same_keys = isinstance(shape, Container) and (shape.kind == kind == "dict")
            if same_keys and isinstance(shape, Container):
                fresh.items.update(shape.items)
                fresh.rest.extend(v for v in shape.rest if v not in fresh.rest)
        if not fresh.items:
            fresh.put(_elements(interpreter, event, item.value))
    _call_key(interpreter, event, fresh.content())
    return value_of(interpreter.made(fresh)).mixed_with(event.arguments.all_values().origins)


def _call_key(interpreter: Interpreter, event: Call, element: Value) -> None:
    key = event.arguments.get(None, "key")
    if key is not None:
        _, frames = interpreter.apply(event.frame, event.node, key.value, Arguments.of(element))
        event.callees.extend(f for f in frames if f not in event.callees)


def _mapped(interpreter: Interpreter, event: Call) -> Value:
    function = event.arguments.value(0)
    elements = [
        _elements(interpreter, event, item.value) for item in event.arguments.positional()[1:]
    ]
    result, frames = interpreter.apply(
        event.frame, event.node, function, Arguments.of(*elements)
    )
    event.callees.extend(f for f in frames if f not in event.callees)
    produced = Container("iterator", Site(event.node, event.frame))
    produced.put(result)
    return value_of(produced).mixed_with(result.origins)


def _filtered(interpreter: Interpreter, event: Call) -> Value:
    element = _elements(interpreter, event, event.arguments.value(1))
    _, frames = interpreter.apply(
        event.frame, event.node, event.arguments.value(0), Arguments.of(element)
    )
    event.callees.extend(f for f in frames if f not in event.callees)
    kept = Container("iterator", Site(event.node, event.frame))
    kept.put(element)
    return value_of(kept).mixed_with(element.origins)


def _reduced(interpreter: Interpreter, event: Call) -> Value:
    element = _elements(interpreter, event, event.arguments.value(1))
    start = event.arguments.value(2)
    result, frames = interpreter.apply(
        event.frame, event.node, event.arguments.value(0), Arguments.of(join([start, element]), element)
    )
    event.callees.extend(f for f in frames if f not in event.callees)
    return join([result, start])


def _chosen(interpreter: Interpreter, event: Call) -> Value:
    values = [item.value for item in event.arguments.positional()]
    element = _elements(interpreter, event, values[0]) if len(values) == 1 else join(values)
    _call_key(interpreter, event, element)
    return join([element, event.arguments.value(None, "default")])


def _paired(interpreter: Interpreter, event: Call) -> Value:
    site = Site(event.node, event.frame)
    pair = Container("tuple", site)
    given = [item.value for item in event.arguments.positional()]
    elements = [_elements(interpreter, event, value) for value in given]
    if isinstance(event.node, cst.Call) and _called(event) == "enumerate":
        elements = [UNKNOWN, *elements[:1]]
    for index, element in enumerate(elements):
        pair.put(element, index)
    pairs = Container("iterator", site)
    pairs.put(value_of(pair))
    return value_of(pairs).mixed_with(event.arguments.all_values().origins)


def _called(event: Call) -> str:
    shape = event.callee.shapes[0] if event.callee.shapes else None
    return shape.path if isinstance(shape, External) else ""


def _next(interpreter: Interpreter, event: Call) -> Value:
    source = event.arguments.value(0)
    for shape in source.shapes:
        if isinstance(shape, Container | External | Opaque):
            note_mutation(interpreter, event.frame, event.node, shape, "method", "next")
    parts = [take(s, None) for s in source.shapes if isinstance(s, Container)]
    return join([*parts, event.arguments.value(1), *([] if parts else [UNKNOWN])])


def _partial(interpreter: Interpreter, event: Call) -> Value:
    items = event.arguments.items
    if not items or not event.arguments.plain:
        return UNKNOWN
    positional = tuple(item.value for item in items[1:] if item.keyword is None)
    keywords = tuple((item.keyword, item.value) for item in items if item.keyword is not None)
    return value_of(Partial(items[0].value, positional, keywords))


def _super(interpreter: Interpreter, event: Call) -> Value | None:
    function = event.frame.function
    if function is None or function.owner is None:
        return UNKNOWN
    first = next(iter(parameters(function.node)), None)
    receiver = event.frame.env.get(first.name.value) if first is not None else None
    return value_of(Super(function.owner, receiver if isinstance(receiver, Value) else UNKNOWN))


def _getattr(interpreter: Interpreter, event: Call) -> Value | None:
    name = event.arguments.value(1).only()
    if not isinstance(name, Constant) or not isinstance(name.content, str):
        return UNKNOWN.mixed_with(event.arguments.all_values().origins)
    receiver = event.arguments.value(0)
    found = attribute(interpreter, event.frame, event.node, receiver, name.content)
    return join([found, event.arguments.value(2)])


def _setattr(interpreter: Interpreter, event: Call) -> Value:
    name = event.arguments.value(1).only()
    label = str(name.content) if isinstance(name, Constant) else "attribute"
    for shape in event.arguments.value(0).shapes:
        note_mutation(interpreter, event.frame, event.node, shape, "attribute", label)
        if isinstance(shape, Instance) and isinstance(name, Constant):
            earlier = shape.attributes.get(label, NOTHING)
            shape.attributes[label] = join([earlier, event.arguments.value(2)])
    return constant(None)


def _copied(interpreter: Interpreter, event: Call) -> Value:
    source = event.arguments.value(0)
    deep = _called(event) == "copy.deepcopy"
    site = Site(event.node, event.frame)
    copies: list[Value] = []
    for shape in source.shapes:
        match shape:
            case Container():
                copy = Container(shape.kind, site)
                if not deep:
                    copy.items.update(shape.items)
                    copy.rest.extend(shape.rest)
                copies.append(value_of(copy))
            case Instance():
                copies.append(value_of(Instance(shape.cls, site, dict(shape.attributes))))
            case Opaque():
                copies.append(value_of(Opaque(site, shape.label)))
            case _:
                copies.append(value_of(shape))
    return join([*copies, UNKNOWN] if source.open else copies).mixed_with(source.origins)


def _variable(interpreter: Interpreter, event: Call) -> Value | None:
    name = event.arguments.value(0).only()
    if not isinstance(name, Constant) or not isinstance(name.content, str):
        return None
    default = event.arguments.value(1, "default") if len(event.arguments.items) > 1 else None
    return value_of(Variable(name.content, default))


def _defaultdict(interpreter: Interpreter, event: Call) -> Value:
    fresh = Container("defaultdict", Site(event.node, event.frame))
    factory = event.arguments.value(0)
    if factory.shapes:
        made, _ = interpreter.apply(event.frame, event.node, factory, Arguments())
        fresh.put(made)
    return value_of(interpreter.made(fresh))


def _field(interpreter: Interpreter, event: Call) -> Value:
    described = Container("field", Site(event.node, event.frame))
    for item in event.arguments.items:
        described.put(item.value, Constant("str", item.keyword or ""))
    return value_of(described)


def _first(interpreter: Interpreter, event: Call) -> Value:
    return event.arguments.value(0)


_MODELS: dict[str, Model] = {
    "map": _mapped,
    "filter": _filtered,
    "functools.reduce": _reduced,
    "min": _chosen,
    "max": _chosen,
    "zip": _paired,
    "enumerate": _paired,
    "next": _next,
    "functools.partial": _partial,
    "super": _super,
    "getattr": _getattr,
    "setattr": _setattr,
    "copy.copy": _copied,
    "copy.deepcopy": _copied,
    "os.getenv": _variable,
    "os.environ.get": _variable,
    "collections.defaultdict": _defaultdict,
    "dataclasses.field": _field,
    "attrs.field": _field,
    "pydantic.Field": _field,
    "typing.cast": lambda interpreter, event: event.arguments.value(1),
    "asyncio.run": _first,
    "contextlib.nullcontext": _first,
    "contextlib.closing": _first,
    "functools.wraps()": _first,
    "functools.lru_cache()": _first,
    "functools.lru_cache": _first,
    "functools.cache": _first,
    "contextlib.contextmanager": _first,
}

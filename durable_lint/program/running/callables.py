"""The functions of the standard library that call what they are given, or keep it for later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from durable_lint.program.running.changes import advance
from durable_lint.program.running.containers import elements, take
from durable_lint.program.running.definitions import functions_in
from durable_lint.program.running.looks import look_over
from durable_lint.program.running.narrowing import taken_as_plain
from durable_lint.program.running.protocols import compare
from durable_lint.program.values.arguments import Argument, Arguments
from durable_lint.program.values.frames import Call
from durable_lint.program.values.order import Order, Rounds, one_of, orders_of
from durable_lint.program.values.python_types import name_of, operated
from durable_lint.program.values.shapes import (
    Container,
    External,
    Partial,
    Site,
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

Model = Callable[["Interpreter", Call], Value | None]


def called_path(event: Call) -> str:
    """Return the path of the library function that a call calls, "" where it is none."""
    shape = event.callee.shapes[0] if event.callee.shapes else None
    return shape.path if isinstance(shape, External) else ""


def _apply(interpreter: Interpreter, event: Call, function: Value, arguments: Arguments) -> Value:
    result, frames = interpreter.apply(event.frame, event.node, function, arguments)
    event.lead_to(frames)
    return result


def _elements(interpreter: Interpreter, event: Call, value: Value) -> Value:
    look_over(interpreter, event.frame, event.node, value)
    advance(interpreter, event.frame, event.node, value)
    return elements(interpreter, event.frame, event.node, value, event)


def _in_turn(interpreter: Interpreter, event: Call, item: Argument) -> Value:
    """Return an element of an argument, as a function is called for it."""
    element = _elements(interpreter, event, item.value)
    return interpreter.turns.each(element, _orders(event, item), Rounds(event.node, event.frame))


def _orders(event: Call, item: Argument) -> frozenset[Order]:
    return orders_of(item.value, item.node or event.node, event.frame)


def _yielding(interpreter: Interpreter, event: Call, element: Value, kind: str) -> Value:
    made = Container(kind, Site(event.node, event.frame))
    made.put(element)
    for item in event.arguments.positional():
        made.orders.update(_orders(event, item))
    return value_of(interpreter.made(made)).mixed_with(element.origins)


def _mapped(interpreter: Interpreter, event: Call) -> Value:
    given = [_in_turn(interpreter, event, item) for item in event.arguments.positional()[1:]]
    function = event.arguments.value(0)
    result = _apply(interpreter, event, function, Arguments.of(*given))
    return _yielding(interpreter, event, result, "iterator")


def _star_mapped(interpreter: Interpreter, event: Call) -> Value:
    element = _elements(interpreter, event, event.arguments.value(1))
    spread = Arguments((Argument(element, star="*"),))
    result = _apply(interpreter, event, event.arguments.value(0), spread)
    return _yielding(interpreter, event, result, "iterator")


def _filtered(interpreter: Interpreter, event: Call) -> Value:
    element = _elements(interpreter, event, event.arguments.value(1))
    _apply(interpreter, event, event.arguments.value(0), Arguments.of(element))
    return _yielding(interpreter, event, element, "iterator")


def _reduced(interpreter: Interpreter, event: Call) -> Value:
    element = _elements(interpreter, event, event.arguments.value(1))
    start = event.arguments.value(2)
    function = event.arguments.value(0)
    first = _apply(interpreter, event, function, Arguments.of(join([start, element]), element))
    return join([first, start])


def _summed(interpreter: Interpreter, event: Call) -> Value:
    element = _elements(interpreter, event, event.arguments.value(0))
    start = event.arguments.value(1, "start")
    kind = operated(element, "Add", element) or operated(start, "Add", element)
    path = name_of(kind) if kind is not None else "sum()"
    origins = event.arguments.all_values().origins | element.origins
    return value_of(External(path, Site(event.node, event.frame))).mixed_with(origins)


def _chosen(interpreter: Interpreter, event: Call) -> Value:
    values = [item.value for item in event.arguments.positional()]
    element = _elements(interpreter, event, values[0]) if len(values) == 1 else join(values)
    compare(interpreter, event, element)
    return join([element, event.arguments.value(None, "default")])


def _paired(interpreter: Interpreter, event: Call) -> Value:
    site = Site(event.node, event.frame)
    pair = Container("tuple", site)
    given = [item.value for item in event.arguments.positional()]
    parts = [_elements(interpreter, event, value) for value in given]
    if called_path(event) == "enumerate":
        parts = [value_of(External("int()", site)), *parts[:1]]
    for index, element in enumerate(parts):
        pair.put(element, index)
    paired = _yielding(interpreter, event, value_of(interpreter.made(pair)), "iterator")
    return paired.mixed_with(event.arguments.all_values().origins)


def _next(interpreter: Interpreter, event: Call) -> Value:
    given = event.arguments.get(0)
    source = given.value if given is not None else NOTHING
    node = given.node or event.node if given is not None else event.node
    advance(interpreter, event.frame, event.node, source)
    parts = []
    for shape in source.shapes:
        found = UNKNOWN
        if isinstance(shape, Container):
            found = interpreter.contents(event.frame, event.node, shape, event)
            found = found if shape.pending else take(shape, None)
        parts.append(found.mixed_with(one_of(shape, node, event.frame)))
    return join([*parts, event.arguments.value(1), *([] if parts else [UNKNOWN])])


def _partial(_interpreter: Interpreter, event: Call) -> Value:
    items = event.arguments.items
    if not items or not event.arguments.plain:
        return UNKNOWN
    positional = tuple(item.value for item in items[1:] if item.keyword is None)
    keywords = tuple((item.keyword, item.value) for item in items if item.keyword is not None)
    return value_of(Partial(items[0].value, positional, keywords))


def _partial_method(interpreter: Interpreter, event: Call) -> Value:
    made = _partial(interpreter, event)
    return value_of(*(replace(s, is_method=True) for s in made.shapes if isinstance(s, Partial)))


def _handed_on(interpreter: Interpreter, event: Call) -> Value:
    """Call the first argument with the others, as `pool.submit(function, x)` does in the end."""
    items = event.arguments.items
    if not items:
        return UNKNOWN
    result = _apply(interpreter, event, items[0].value, Arguments(items[1:]))
    return _result_of(interpreter, event, result)


def _handed_on_second(interpreter: Interpreter, event: Call) -> Value:
    result = _apply(
        interpreter, event, event.arguments.value(1), Arguments(event.arguments.items[2:])
    )
    return _result_of(interpreter, event, result)


def _result_of(interpreter: Interpreter, event: Call, result: Value) -> Value:
    path = called_path(event)
    future = External(f"{path}()", Site(event.node, event.frame))
    return value_of(future).mixed_with(result.origins)


def _thread(interpreter: Interpreter, event: Call) -> Value | None:
    """Run what a thread or process is made for: it runs for whoever makes it."""
    target = event.arguments.get(1, "target")
    if target is not None:
        given = [Argument(event.arguments.value(3, "args"), star="*")]
        named = event.arguments.get(4, "kwargs")
        if named is not None:
            given.append(Argument(named.value, star="**"))
        _apply(interpreter, event, target.value, Arguments(tuple(given)))
    return None


def _timer(interpreter: Interpreter, event: Call) -> Value | None:
    """Run what a timer is made for, as for a thread."""
    function = event.arguments.get(1, "function")
    if function is not None:
        given = Argument(event.arguments.value(2, "args"), star="*")
        _apply(interpreter, event, function.value, Arguments((given,)))
    return None


def _awaited(interpreter: Interpreter, event: Call) -> Value:
    """Run the coroutines that `asyncio.run` and its kin are given."""
    results = [
        interpreter.contents(event.frame, event.node, shape, event)
        if isinstance(shape, Container) and shape.pending
        else value_of(shape)
        for item in event.arguments.positional()
        for shape in _spread(item).shapes
    ]
    return join([*results, *([] if results else [UNKNOWN])])


def _spread(item: Argument) -> Value:
    if not item.star:
        return item.value
    return join(s.content() for s in item.value.shapes if isinstance(s, Container))


def _gathered(interpreter: Interpreter, event: Call) -> Value:
    return _yielding(interpreter, event, _awaited(interpreter, event), "list")


def _decorated(_interpreter: Interpreter, event: Call) -> Value | None:
    """Return what a decorator that may be called with options first makes of a function."""
    given = event.arguments.value(0)
    return given if functions_in(given) else None


def _calling_back(position: int | None, keyword: str | None = None) -> Model:
    """Return the model of a function that calls one of its arguments, on values of its own."""

    def model(interpreter: Interpreter, event: Call) -> None:
        given = event.arguments.get(position, keyword)
        if given is not None and functions_in(given.value):
            _apply(interpreter, event, given.value, Arguments((Argument(UNKNOWN, star="*"),)))

    return model


def _dumped(interpreter: Interpreter, event: Call) -> None:
    """Let a `try` that gives a variable to `json.dumps` learn whether that takes it."""
    _calling_back(None, "default")(interpreter, event)
    given = event.arguments.get(0, "obj")
    if event.frame.raises and given is not None and given.node is not None:
        if len(event.arguments.items) == 1:
            taken_as_plain(event.frame, given.node)


def _first(_interpreter: Interpreter, event: Call) -> Value:
    return event.arguments.value(0)


_POOLS = (
    "concurrent.futures.ThreadPoolExecutor()",
    "concurrent.futures.ProcessPoolExecutor()",
    "concurrent.futures.thread.ThreadPoolExecutor()",
)
_PROCESS_POOLS = ("multiprocessing.Pool()", "multiprocessing.pool.ThreadPool()")

MODELS: Mapping[str, Model] = {
    "map": _mapped,
    "filter": _filtered,
    "itertools.filterfalse": _filtered,
    "itertools.takewhile": _filtered,
    "itertools.dropwhile": _filtered,
    "itertools.starmap": _star_mapped,
    "functools.reduce": _reduced,
    "sum": _summed,
    "min": _chosen,
    "max": _chosen,
    "zip": _paired,
    "itertools.zip_longest": _paired,
    "itertools.product": _paired,
    "enumerate": _paired,
    "next": _next,
    "anext": _next,
    "functools.partial": _partial,
    "functools.partialmethod": _partial_method,
    "functools.wraps()": _first,
    "functools.lru_cache()": _first,
    "functools.lru_cache": _decorated,
    "functools.cache": _first,
    "functools.singledispatch": _first,
    "contextlib.contextmanager": _first,
    "contextlib.asynccontextmanager": _first,
    "asyncio.run": _awaited,
    "asyncio.wait_for": _awaited,
    "asyncio.shield": _awaited,
    "asyncio.create_task": _awaited,
    "asyncio.ensure_future": _awaited,
    "asyncio.get_event_loop().run_until_complete": _awaited,
    "asyncio.new_event_loop().run_until_complete": _awaited,
    "asyncio.get_running_loop().create_task": _awaited,
    "asyncio.gather": _gathered,
    "asyncio.to_thread": _handed_on,
    "asyncio.get_running_loop().run_in_executor": _handed_on_second,
    "asyncio.get_event_loop().run_in_executor": _handed_on_second,
    "threading.Thread": _thread,
    "threading.Timer": _timer,
    "multiprocessing.Process": _thread,
    "re.sub": _calling_back(1, "repl"),
    "re.subn": _calling_back(1, "repl"),
    "re.compile().sub": _calling_back(0, "repl"),
    "re.compile().subn": _calling_back(0, "repl"),
    "json.dumps": _dumped,
    "json.dump": _calling_back(None, "default"),
    "json.loads": _calling_back(None, "object_hook"),
    "json.load": _calling_back(None, "object_hook"),
    "itertools.groupby": _calling_back(1, "key"),
    "itertools.accumulate": _calling_back(1, "func"),
    "heapq.nlargest": _calling_back(2, "key"),
    "heapq.nsmallest": _calling_back(2, "key"),
    "functools.cmp_to_key": _calling_back(0),
    "contextlib.ExitStack().callback": _calling_back(0),
    **{f"{pool}.submit": _handed_on for pool in _POOLS},
    **{f"{pool}.map": _mapped for pool in (*_POOLS, *_PROCESS_POOLS)},
    **{f"{pool}.{name}": _mapped for pool in _PROCESS_POOLS for name in ("imap", "imap_unordered")},
    **{f"{pool}.starmap": _star_mapped for pool in _PROCESS_POOLS},
}

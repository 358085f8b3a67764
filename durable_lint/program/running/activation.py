"""Running a function of the project, or recalling what running it on the same values gave."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.running.choices import chosen_by_returns
from durable_lint.program.running.declared import refined
from durable_lint.program.running.narrowing import in_doubt
from durable_lint.program.running.turns import yielded
from durable_lint.program.values.arguments import Argument, Arguments, Bindings, bind
from durable_lint.program.values.frames import Call, Frame, Return, Write
from durable_lint.program.values.reaching import Effect, effect, merged, renewed, repeated
from durable_lint.program.values.shapes import (
    Constant,
    Container,
    External,
    Function,
    Instance,
    Opaque,
    Pending,
    Site,
    Text,
    constant,
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

MAX_DEPTH = 40
MAX_RECURSION = 2

# How often a function runs, on different values for the same body, before literals are no longer
# told apart, and before its results are shared; in a program of many activations, sooner.
MAX_VARIANTS = 32
FEW_VARIANTS = 3
MANY_FRAMES = 600
MAX_FRAMES = 3_000

_CACHES = frozenset(("functools.cache", "functools.lru_cache", "functools.lru_cache()"))
# The changes that put an object where it is found again.
_PLACES = frozenset(("name", "attribute", "item"))


class Activations:
    """What was run so far, by function, body and values, and what is being run now."""

    def __init__(self) -> None:
        self.active: list[Frame] = []
        self._known: dict[Hashable, Frame] = {}
        self._latest: dict[Hashable, Frame] = {}
        self._variants: Counter[Hashable] = Counter()
        self._effects: dict[Frame, Effect] = {}

    def effect_of(self, frame: Frame) -> Effect:
        """Return what an activation did to objects; nothing as long as it is being run."""
        if frame in self.active:
            return {}
        if frame not in self._effects:
            self._effects[frame] = effect(frame.entry, frame.left)
        return self._effects[frame]

    def depth_of(self, node: cst.CSTNode) -> int:
        """Return how many activations of a function are being run."""
        return sum(1 for frame in self.active if frame.node is node)

    def known(self, key: Hashable) -> Frame | None:
        """Return the activation with this key, None where there was none."""
        return self._known.get(key)

    def shared(self, group: Hashable) -> Frame | None:
        """Return the latest activation of a function for a body."""
        return self._latest.get(group)

    def variants(self, group: Hashable) -> int:
        """Return how often a function was run for a body."""
        return self._variants[group]

    def add(self, key: Hashable, group: Hashable, frame: Frame) -> None:
        """Keep an activation."""
        self._known[key] = self._latest[group] = frame
        self._variants[group] += 1


def activate(
    interpreter: Interpreter,
    call: Call,
    function: Function,
    arguments: Arguments,
    body: object,
) -> Value:
    """Run a function of the project, or recall what running it on the same values gave.

    A generator or coroutine function does not run: it makes what runs when it is used.
    """
    kind = _suspended_kind(interpreter, function)
    if kind is None:
        return _run(interpreter, call, function, arguments, body)
    if body is not None:
        # The library makes of it what it can; what it would run is told at once.
        _run(interpreter, call, function, arguments, body)
    made = Container(kind, Site(call.node, call.frame))
    made.pending[Pending(function, arguments)] = None
    return value_of(interpreter.made(made)).mixed_with(arguments.all_values().origins)


def resume(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    container: Container,
    pending: Pending,
    call: Call | None,
) -> Value:
    """Run a generator or coroutine on behalf of `frame`; return what it yields or returns.

    `call` is what makes it run; where it is None, one is recorded.
    """
    host = frame.host
    callee = value_of(pending.function)
    made = Call(node, host, host.regions, interpreter.tick(), callee, pending.arguments)
    made.result = _run(interpreter, made, pending.function, pending.arguments, None)
    if container.kind != "coroutine":
        made.result = join(value for callee in made.callees for value in callee.yielded)
        yielded(container, made.result, made.callees)
    if call is not None:
        call.lead_to(made.callees)
    else:
        interpreter.record(made, variant="resumed")
    return made.result


def _suspended_kind(interpreter: Interpreter, function: Function) -> str | None:
    node = function.node
    if interpreter.scope(node).yields:
        return "generator"
    if isinstance(node, cst.FunctionDef) and node.asynchronous is not None:
        return "coroutine"
    return None


def _run(
    interpreter: Interpreter, call: Call, function: Function, arguments: Arguments, body: object
) -> Value:
    activations = interpreter.activations
    caller = call.frame
    recursive = activations.depth_of(function.node)
    body = body if body is not None else caller.body
    too_many = caller.depth >= MAX_DEPTH or len(interpreter.frames) >= interpreter.most_frames
    if too_many or recursive > MAX_RECURSION:
        if not recursive:
            interpreter.exhausted = True
            if body is not None:
                interpreter.unfollowed[caller, call.node] = None
        return UNKNOWN
    group = (function, body)
    # What runs on import only prepares: nothing is reported in it.
    plenty = body is not None and len(interpreter.frames) < MANY_FRAMES
    limit = MAX_VARIANTS if plenty else FEW_VARIANTS
    variants = activations.variants(group)
    if variants >= limit:
        arguments = _without_literals(arguments)
    bindings = bind(function.node, arguments)
    key: Hashable = (group, _key(interpreter, function, bindings))
    known = activations.known(key)
    if known is None and variants >= 2 * limit:
        interpreter.exhausted = True
        known = activations.shared(group)
    elif known is not None and known.result.origins and variants < limit:
        # Each call that yields something with an origin is an origin of its own.
        key = (key, call.node, caller)
        known = activations.known(key)
    if known is not None:
        return _recall(interpreter, call, known)
    frame = Frame(
        function.node,
        function.frame.module,
        interpreter.scope(function.node),
        outer=function.frame,
        caller=caller,
        function=function,
        body=body,
        depth=caller.depth + 1,
        call=call.node,
        entry=interpreter.state,
        left=interpreter.state,
    )
    activations.add(key, group, frame)
    interpreter.frames.append(frame)
    call.lead_to([frame])
    activations.active.append(frame)
    try:
        _bind_parameters(interpreter, frame, function, bindings)
        frame.given = dict(frame.env)
        _run_body(interpreter, frame, function)
    finally:
        activations.active.pop()
    frame.left = interpreter.state
    return frame.result


def _recall(interpreter: Interpreter, call: Call, known: Frame) -> Value:
    """Return what running `known` again gives; the objects that it makes are new ones each time."""
    call.lead_to([known])
    state = interpreter.state
    if state and not any(state is earlier for earlier in known.recalls):
        known.recalls.append(state)
    interpreter.state = repeated(state, interpreter.activations.effect_of(known))
    result = known.result
    own = [shape for shape in result.shapes if _made_by(known, shape)]
    if call.node is known.call and call.frame is known.caller:
        for shape in own:
            interpreter.state = renewed(interpreter.state, shape)
        return result
    if not own:
        return result
    shapes = [_another(shape, call) if shape in own else shape for shape in result.shapes]
    return Value(tuple(shapes), result.origins, result.open)


def _made_by(frame: Frame, shape: Shape) -> bool:
    """Tell whether code that `frame` runs makes the object, and makes it anew each time."""
    match shape:
        case Container(site=site) | Instance(site=site) | External(site=Site() as site):
            makers = list(site.maker.ancestors())
            if frame not in makers:
                return False
            inner = makers[: makers.index(frame) + 1]
            return not any(_keeps(maker, shape) for maker in inner)
        case _:
            return False


def _keeps(frame: Frame, shape: Shape) -> bool:
    """Tell whether a function remembers the object: it has stored it, or is itself a cache."""
    function = frame.function
    if function is not None and not _CACHES.isdisjoint(function.decorators):
        return True
    return any(
        isinstance(event, Write) and event.how in _PLACES and shape in event.value.index()
        for event in frame.all_events()
    )


def _another(shape: Shape, call: Call) -> Shape:
    """Return an object like `shape`, as it is made for another call."""
    match shape:
        case Container():
            site = replace(shape.site, copied=(call.node, call.frame))
            return replace(shape, site=site)
        case Instance():
            return replace(shape, site=replace(shape.site, copied=(call.node, call.frame)))
        case External(site=Site() as made):
            return replace(shape, site=replace(made, copied=(call.node, call.frame)))
        case _:
            return shape


def _without_literals(arguments: Arguments) -> Arguments:
    return Arguments(
        tuple(
            Argument(_without_literal(item.value), item.keyword, item.star, item.node)
            for item in arguments.items
        )
    )


def _without_literal(value: Value) -> Value:
    telling = tuple(s for s in value.shapes if not isinstance(s, Constant | Text))
    return value if len(telling) == len(value.shapes) else Value(telling, value.origins, True)


def _key(interpreter: Interpreter, function: Function, bindings: Bindings) -> Hashable:
    """Return what decides the outcome: values, the state of objects, and captured variables."""
    values = [*bindings.given.values(), *bindings.star, *bindings.star_keywords.values()]
    return (
        tuple(sorted(bindings.given.items(), key=lambda item: item[0])),
        tuple(bindings.star),
        tuple(sorted(bindings.star_keywords.items(), key=lambda item: item[0])),
        bindings.extra,
        tuple(_state(value) for value in values if value.shapes),
        _captured(interpreter, function),
    )


def _state(value: Value) -> Hashable:
    return tuple(
        tuple(shape.attributes.values())
        if isinstance(shape, Instance)
        else (len(shape.items), len(shape.rest), len(shape.pending))
        for shape in value.shapes
        if isinstance(shape, Instance | Container)
    )


def _captured(interpreter: Interpreter, function: Function) -> Hashable:
    """Return what the variables of enclosing functions hold that the function may read."""
    if function.frame.outer is None:
        return None
    found = []
    for name in interpreter.free_names(function.node):
        owner = function.frame.owner_of(name)
        if owner is not None and owner.outer is not None:
            held = owner.env.get(name)
            found.append((held, _state(held) if isinstance(held, Value) else None))
    return tuple(found)


def _run_body(interpreter: Interpreter, frame: Frame, function: Function) -> None:
    node = function.node
    if isinstance(node, cst.Lambda):
        value = interpreter.obtain(frame, node.body)
        frame.result = join([frame.result, value])
        interpreter.record(Return(node.body, frame, (), interpreter.tick(), value))
        interpreter.returned(frame, node.body, value)
        return
    if interpreter.execute(frame, [node.body]):
        frame.result = join([frame.result, constant(None)])
        frame.exits.append(interpreter.state)
    frame.result = chosen_by_returns(frame)
    interpreter.state = merged(frame.exits or [interpreter.state])
    if node.returns is not None:
        annotation = node.returns.annotation
        frame.result = refined(interpreter, function.frame, annotation, frame.result)


def _bind_parameters(
    interpreter: Interpreter, frame: Frame, function: Function, bindings: Bindings
) -> None:
    node = function.node
    frame.env.update(bindings.given)
    for param in bindings.missing:
        name = param.name.value
        default = function.defaults.get(name)
        if default is not None and default.origins:
            default = interpreter.library.kept(interpreter, frame, param, name, default)
        unknown = value_of(Opaque(Site(param, function.frame, frame.body), name))
        parts = [default] if default is not None else [unknown]
        if bindings.extra.open:
            parts.append(unknown.mixed_with(bindings.extra.origins))
        frame.env[name] = join(parts)
    for param in (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params):
        value = frame.env[param.name.value]
        if param.annotation is not None and isinstance(value, Value):
            annotation = param.annotation.annotation
            frame.env[param.name.value] = refined(interpreter, function.frame, annotation, value)
    first = next(iter(bindings.given), None)
    if first is not None and "functools.singledispatch" in function.decorators:
        # It runs for those types only that no other function is registered for.
        frame.env[first] = in_doubt(bindings.given[first])
    star = node.params.star_arg
    if isinstance(star, cst.Param):
        rest = Container("tuple", Site(star, frame))
        for index, value in enumerate(bindings.star):
            rest.put(value, index)
        _bind_rest(frame, star, rest, bindings.extra)
    if node.params.star_kwarg is not None:
        named = Container("dict", Site(node.params.star_kwarg, frame))
        for name, value in bindings.star_keywords.items():
            named.put(value, Constant("str", name))
        _bind_rest(frame, node.params.star_kwarg, named, bindings.extra)


def _bind_rest(frame: Frame, param: cst.Param, container: Container, extra: Value) -> None:
    if extra.open:
        container.put(UNKNOWN.mixed_with(extra.origins))
    value = join([value_of(container), NOTHING.mixed_with(container.content().origins)])
    frame.env[param.name.value] = value

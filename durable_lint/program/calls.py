"""Calling: functions and methods of the project are opened, classes make instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program import builtins
from durable_lint.program.arguments import Arguments, bind, spread
from durable_lint.program.attributes import own_member
from durable_lint.program.containers import MUTATORS, call_container_method, note_mutation
from durable_lint.program.definitions import functions_in
from durable_lint.program.frames import Call, Frame
from durable_lint.program.statements import note_return
from durable_lint.program.syntax import is_generator
from durable_lint.program.values import (
    NOTHING,
    UNKNOWN,
    Bound,
    Class,
    Constant,
    Container,
    External,
    Function,
    Instance,
    Method,
    Opaque,
    Partial,
    Shape,
    Site,
    Value,
    constant,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter

MAX_DEPTH = 40
MAX_RECURSION = 2
MAX_FRAMES = 20_000


def perform(interpreter: Interpreter, call: Call, body: object = None) -> Value:
    """Call everything that the callee may be; fill in and return the call's result."""
    parts = [
        _call_shape(interpreter, call, shape, call.arguments, body)
        for shape in call.callee.shapes
    ]
    if call.callee.open or not parts:
        parts.append(UNKNOWN.mixed_with(call.arguments.all_values().origins))
    call.result = join(parts).mixed_with(call.callee.origins)
    return call.result


def apply(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    callee: Value,
    arguments: Arguments,
    body: object = None,
) -> tuple[Value, list[Frame]]:
    """Run a callable as library code would, for `body`; return its result and its frames."""
    host = frame.host
    call = Call(node, host, host.regions, interpreter.tick(), callee, arguments, applied=True)
    result = perform(interpreter, call, body)
    if body is None:
        interpreter.record(call, variant="applied")
    return result, call.callees


def _call_shape(
    interpreter: Interpreter, call: Call, shape: Shape, arguments: Arguments, body: object
) -> Value:
    match shape:
        case Function():
            return activate(interpreter, call, shape, arguments, body)
        case Bound():
            received = arguments.after([shape.receiver])
            return activate(interpreter, call, shape.function, received, body)
        case Class():
            return _instantiate(interpreter, call, shape, arguments)
        case Partial():
            full = Arguments(
                (
                    *Arguments.of(*shape.positional).items,
                    *arguments.items,
                    *Arguments.of(**dict(shape.keywords)).items,
                )
            )
            inner = [
                _call_shape(interpreter, call, f, full, body) for f in shape.function.shapes
            ]
            return join(inner) if inner else UNKNOWN
        case Instance():
            method = own_member(interpreter, shape, "__call__")
            found = functions_in(method) if method is not None else []
            results = [
                activate(interpreter, call, f, arguments.after([value_of(shape)]), body)
                for f in found
            ]
            return join(results) if results else UNKNOWN
        case Method(receiver=Container()):
            return call_container_method(interpreter, call, shape.receiver, shape.name)
        case Opaque():
            return _call_opaque(interpreter, call, shape)
        case _:
            return _call_library(interpreter, call, shape, arguments, body)


def _call_opaque(interpreter: Interpreter, call: Call, shape: Opaque) -> Value:
    name = shape.label.rpartition(".")[2]
    if shape.parent is not None and name in MUTATORS:
        note_mutation(interpreter, call.frame, call.node, shape.parent, "method", name)
    origins = call.arguments.all_values().origins
    if name in ("get", "pop", "setdefault") and shape.parent is not None:
        return Value((Opaque(shape.site, f"{shape.label}()", shape.parent),), origins)
    if name in ("items", "values", "keys") and shape.parent is not None:
        listed = Container("list", Site(call.node, call.frame))
        part = value_of(Opaque(shape.site, f"{shape.label}()", shape.parent))
        if name == "items":
            pair = Container("tuple", Site(call.node, call.frame))
            pair.put(UNKNOWN, 0)
            pair.put(part, 1)
            part = value_of(pair)
        listed.put(UNKNOWN if name == "keys" else part)
        return Value((listed,), origins)
    return UNKNOWN.mixed_with(origins)


def _call_library(
    interpreter: Interpreter, call: Call, shape: Shape, arguments: Arguments, body: object
) -> Value:
    if arguments is not call.arguments or body is not None:
        host = call.frame
        call = Call(
            call.node, host, call.regions, call.order, value_of(shape), arguments, UNKNOWN, call.callees
        )
    def default() -> Value:
        return _by_default(interpreter, call, shape)

    return interpreter.library.call(interpreter, call, shape, body, default)


def _by_default(interpreter: Interpreter, call: Call, shape: Shape) -> Value:
    if not isinstance(shape, External):
        return UNKNOWN
    modelled = builtins.call(interpreter, call, shape)
    if modelled is not None:
        return modelled
    owner, _, name = shape.path.rpartition(".")
    if shape.site is not None and name in MUTATORS:
        note_mutation(interpreter, call.frame, call.node, External(owner, shape.site), "method", name)
    origins = call.arguments.all_values().origins
    return Value((External(f"{shape.path}()", Site(call.node, call.frame)),), origins, False)


def _instantiate(
    interpreter: Interpreter, call: Call, cls: Class, arguments: Arguments
) -> Value:
    site = Site(call.node, call.frame)
    if _is_typed_dict(cls):
        made = Container("dict", site)
        for name, content in spread(arguments)[1].items():
            made.put(content, Constant("str", name))
        return value_of(interpreter.made(made)).mixed_with(arguments.all_values().origins)
    known = interpreter.made(Instance(cls, site))
    value = value_of(known).mixed_with(arguments.all_values().origins)
    initialiser = own_member(interpreter, known, "__init__")
    if initialiser is not None:
        for function in functions_in(initialiser):
            activate(interpreter, call, function, arguments.after([value_of(known)]), None)
        return value
    fields = [
        name
        for ancestor in reversed(cls.ancestry())
        for name in ancestor.members.annotations
    ]
    positional, keywords, _ = spread(arguments)
    given = {**dict(zip(dict.fromkeys(fields), positional, strict=False)), **keywords}
    for name, content in given.items():
        earlier = known.attributes.get(name)
        known.attributes[name] = content if earlier is None else join([earlier, content])
    _default_fields(interpreter, call, known, [name for name in fields if name not in given])
    interpreter.call_method(call.frame, call.node, known, "__post_init__")
    return value


def _is_typed_dict(cls: Class) -> bool:
    return any(
        isinstance(base, External) and base.path.endswith(".TypedDict")
        for ancestor in cls.ancestry()
        for value in ancestor.bases
        for base in value.shapes
    )


def _default_fields(
    interpreter: Interpreter, call: Call, instance: Instance, names: list[str]
) -> None:
    """Run the `default_factory` of each dataclass field that was not given."""
    for name in names:
        declared = own_member(interpreter, instance, name)
        for shape in declared.shapes if declared is not None else ():
            if isinstance(shape, Container) and shape.kind == "field":
                factory = shape.items.get(Constant("str", "default_factory"), NOTHING)
                default = shape.items.get(Constant("str", "default"), NOTHING)
                made, frames = apply(interpreter, call.frame, call.node, factory, Arguments())
                call.callees.extend(f for f in frames if f not in call.callees)
                instance.attributes[name] = join([made if factory.shapes else NOTHING, default])


def activate(
    interpreter: Interpreter,
    call: Call,
    function: Function,
    arguments: Arguments,
    body: object,
) -> Value:
    """Run a function of the project, or recall what running it on the same values gave."""
    caller = call.frame
    frame = Frame(
        function.node,
        function.frame.module,
        interpreter.scope(function.node),
        outer=function.frame,
        caller=caller,
        function=function,
        body=body if body is not None else caller.body,
        depth=caller.depth + 1,
    )
    _bind_parameters(interpreter, frame, function, arguments)
    key = (function, frame.body, tuple(sorted(frame.env.items(), key=lambda item: item[0])))
    known = interpreter.activations.get(key)
    if known is not None and known.result.origins:
        # Each call that yields something with an origin is an origin of its own.
        key = (*key, call.node, caller)
        known = interpreter.activations.get(key)
    if known is not None:
        if known not in call.callees:
            call.callees.append(known)
        return known.result
    recursive = sum(1 for active in interpreter.active if active.node is function.node)
    too_deep = frame.depth > MAX_DEPTH or recursive > MAX_RECURSION
    if too_deep or len(interpreter.frames) > MAX_FRAMES:
        interpreter.exhausted = interpreter.exhausted or not recursive
        return UNKNOWN
    interpreter.activations[key] = frame
    interpreter.frames.append(frame)
    call.callees.append(frame)
    interpreter.library.activated(interpreter, frame)
    interpreter.active.append(frame)
    try:
        _run(interpreter, frame, function)
    finally:
        interpreter.active.pop()
    return frame.result


def _run(interpreter: Interpreter, frame: Frame, function: Function) -> None:
    node = function.node
    if isinstance(node, cst.Lambda):
        note_return(interpreter, frame, node.body, interpreter.evaluate(frame, node.body))
        return
    completed = interpreter.execute(frame, [node.body])
    if is_generator(node):
        yielded = Container("generator", Site(node, frame))
        for value in frame.yielded:
            yielded.put(value)
        frame.result = value_of(yielded).mixed_with(yielded.content().origins)
        return
    if completed:
        frame.result = join([frame.result, constant(None)])
    if not frame.result.shapes and node.returns is not None:
        declared = interpreter.declared(function.frame, node.returns.annotation)
        frame.result = Value(declared.shapes, frame.result.origins, True)


def _bind_parameters(
    interpreter: Interpreter, frame: Frame, function: Function, arguments: Arguments
) -> None:
    node = function.node
    bindings = bind(node, arguments)
    for name, value in bindings.given.items():
        frame.env[name] = value
    for param in bindings.missing:
        name = param.name.value
        default = function.defaults.get(name)
        parts = [part for part in (default, bindings.extra) if part is not None]
        frame.env[name] = join(parts) if default is not None else join([*parts, UNKNOWN])
    for param in (*node.params.posonly_params, *node.params.params, *node.params.kwonly_params):
        value = frame.env[param.name.value]
        assert isinstance(value, Value)
        nothing_known = not value.shapes or value == constant(None)
        if param.annotation is not None and nothing_known:
            declared = interpreter.declared(function.frame, param.annotation.annotation)
            frame.env[param.name.value] = Value(
                (*value.shapes, *declared.shapes), value.origins, True
            )
    star = node.params.star_arg
    if isinstance(star, cst.Param):
        rest = Container("tuple", Site(star, function.frame))
        for index, value in enumerate(bindings.star):
            rest.items[index] = value
        if bindings.extra.open:
            rest.put(UNKNOWN.mixed_with(bindings.extra.origins))
        frame.env[star.name.value] = _distinct(rest, frame)
    if node.params.star_kwarg is not None:
        named = Container("dict", Site(node.params.star_kwarg, function.frame))
        for name, value in bindings.star_keywords.items():
            named.items[Constant("str", name)] = value
        if bindings.extra.open:
            named.put(UNKNOWN.mixed_with(bindings.extra.origins))
        frame.env[node.params.star_kwarg.name.value] = _distinct(named, frame)


def _distinct(container: Container, frame: Frame) -> Value:
    # `*args` holds other values in every activation, so its identity is the activation's.
    own = Container(container.kind, Site(container.site.node, frame), container.items, container.rest)
    return value_of(own).mixed_with(own.content().origins)


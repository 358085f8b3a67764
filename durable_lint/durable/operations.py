"""What an operation does with its arguments: run bodies, and hand back what was stored."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from durable_lint.durable.checkpoints.returns import is_stored_by_default
from durable_lint.durable.options import is_certainly, option
from durable_lint.durable.sdk import (
    PACKAGE,
    PARAMETERS,
    RECEIVES,
    STRATEGIES,
    Role,
    Signature,
)
from durable_lint.durable.shapes import (
    Body,
    BranchObject,
    Context,
    Factory,
    Operation,
    Prepared,
)
from durable_lint.program.running.containers import iterate
from durable_lint.program.running.looks import look
from durable_lint.program.values.arguments import Argument, Arguments
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.python_types import name_of, type_of
from durable_lint.program.values.shapes import (
    Constant,
    Container,
    External,
    Opaque,
    Site,
    constant,
)
from durable_lint.program.values.values import (
    UNKNOWN,
    Shape,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

MAX_RESULT_DEPTH = 3

# What comes back from a checkpoint as an object of the type that it was, and the path of one.
_KEPT: Mapping[type | None, str] = {
    kind: name_of(kind) for kind in (bytes, UUID, Decimal, datetime, date)
}


def perform(interpreter: Interpreter, call: Call, signature: Signature, context: Context) -> Value:
    """Run an operation: bind its arguments, run its bodies, return what it hands back."""
    arguments = bind_arguments(signature, call.arguments)
    operation = Operation(signature.name, context, arguments, call)
    call.meaning = operation
    for name, item in arguments.items():
        if name != signature.body:
            look(interpreter, call.frame, item.node or call.node, item.value)
    site = Site(call.node, call.frame)
    results: list[Value] = []
    if signature.body is not None and signature.role is not None:
        given = arguments.get(signature.body)
        callables = given.value if given is not None else UNKNOWN
        if signature.role is Role.BRANCH:
            callables = iterate(interpreter, call.frame, call.node, callables)
        role = signature.role
        results = [run_body(interpreter, operation, role, shape) for shape in callables.shapes]
    match signature.returns:
        case "None":
            return constant(None)
        case "BatchResult" | "Callback":
            return value_of(External(f"{PACKAGE}.{signature.returns}()", site))
        case _:
            # What a submitter returns is stored, but what comes back is what the callback was sent.
            own = signature.role is not Role.SUBMITTER and is_stored_by_default(operation)
            return stored(join(results), site) if results and own else _loaded(site)


def results_of_branches(batch: External, call: Call) -> Value:
    """Return the list of what the branches of a map or parallel have returned."""
    made = batch.site.frame.host.call_at(batch.site.node) if batch.site is not None else None
    operation = made.meaning if made is not None else None
    site = Site(call.node, call.frame)
    listed = Container("list", site)
    if isinstance(operation, Operation) and is_stored_by_default(operation):
        for _, frames in operation.bodies:
            for frame in frames:
                listed.put(stored(frame.result, site))
    else:
        listed.put(UNKNOWN)
    return value_of(listed)


def bind_arguments(signature: Signature, arguments: Arguments) -> dict[str, Argument]:
    """Return the arguments by the operation's parameter names; unknown ones are left out."""
    given = arguments.keywords().items()
    return {
        **dict(zip(signature.parameters, arguments.positional(), strict=False)),
        **{keyword: item for keyword, item in given if keyword in signature.parameters},
    }


def run_body(interpreter: Interpreter, operation: Operation, role: Role, shape: Shape) -> Value:
    """Run one callable as a body of `operation`; return what it returns."""
    call = operation.call
    parent = call.frame.body
    body = Body(role, call.node, call.frame, shape, parent if isinstance(parent, Body) else None)
    function, bound = _runnable(shape)
    received = received_by(role, body, operation)
    result, frames = interpreter.apply(
        call.frame, call.node, function, Arguments((*Arguments.of(*received).items, *bound)), body
    )
    for known, known_frames in operation.bodies:
        if known == body:
            known_frames.extend(f for f in frames if f not in known_frames)
            break
    else:
        operation.bodies.append((body, frames))
    return result


def _runnable(shape: Shape) -> tuple[Value, tuple[Argument, ...]]:
    """Return the function behind a callable, and the arguments that it was prepared with."""
    match shape:
        case Prepared():
            return shape.function, shape.arguments.items
        case BranchObject():
            for inner in shape.function.shapes:
                return _runnable(inner)
            return shape.function, ()
        case Factory():
            # Passed without being called, a factory only makes another callable: nothing runs.
            return UNKNOWN, ()
        case _:
            return value_of(shape), ()


def received_by(role: Role, body: Body, operation: Operation | None) -> list[Value]:
    """Return what the SDK passes to a body of this role."""
    values: list[Value] = []
    for name in RECEIVES[role]:
        match name:
            case "context":
                own = Context(body)
                keeps_parent = (
                    role is Role.RETRY and operation is not None and _unwrapped(operation)
                )
                values.append(value_of(operation.context if keeps_parent and operation else own))
            case "step":
                values.append(value_of(Context(body, durable=False)))
            case "item" if operation is not None:
                inputs = operation.arguments.get("inputs")
                values.append(_item(inputs.value) if inputs is not None else UNKNOWN)
            case "inputs" if operation is not None:
                inputs = operation.arguments.get("inputs")
                values.append(inputs.value if inputs is not None else UNKNOWN)
            case _:
                values.append(value_of(Opaque(Site(body.node, body.frame, body), name)))
    return values


def _item(inputs: Value) -> Value:
    parts: list[Value] = []
    for shape in inputs.shapes:
        if isinstance(shape, Container):
            parts.append(shape.content())
        elif isinstance(shape, Opaque):
            parts.append(value_of(Opaque(shape.site, f"{shape.label}[]", shape)))
    return join(parts) if parts and not inputs.open else join([*parts, UNKNOWN])


def _unwrapped(operation: Operation) -> bool:
    """Whether `wrap_with_run_in_child_context=False` keeps the caller's context."""
    return is_certainly(option(operation, "wrap_with_run_in_child_context"), False)


def stored(value: Value, site: Site, depth: int = 0) -> Value:
    """Return what a checkpointed `value` is when it is handed back: data, free of origins."""
    parts: list[Value] = []
    for shape in value.shapes:
        match shape:
            case Constant():
                parts.append(_loaded(site) if shape.enumeration else value_of(shape))
            case External() if (kind := type_of(shape)) in _KEPT:
                parts.append(value_of(External(_KEPT[kind], site)))
            case Container() if depth < MAX_RESULT_DEPTH and (holder := _holder(shape)):
                parts.append(value_of(_stored_container(shape, holder, site, depth)))
            case _:
                parts.append(_loaded(site))
    return join([*parts, _loaded(site)] if value.open or not parts else parts)


def _holder(container: Container) -> str | None:
    """Return the kind of container that comes back; None where none does."""
    kind = type_of(container)
    kinds = (base.__name__ for base in (list, tuple, dict) if kind and issubclass(kind, base))
    return next(kinds, None)


def _stored_container(container: Container, kind: str, site: Site, depth: int) -> Container:
    """Return a copy, whose parts are told apart as those of the original are."""
    made = Site(container.site.node, container.site.frame, copied=(site.node, site.frame))
    fresh = Container(kind, made)
    for index, (key, held) in enumerate(container.items.items()):
        fresh.items[index if kind == "tuple" else key] = stored(held, site, depth + 1)
    for held in container.rest:
        fresh.put(stored(held, site, depth + 1))
    fresh.keys.update(container.keys)
    fresh.unsettled.update(container.unsettled)
    return fresh


def _loaded(site: Site) -> Value:
    return value_of(Opaque(site, "result"))


def run_wrapped_step(interpreter: Interpreter, call: Call) -> Value:
    """Run every callable given to a house wrapper (`step-wrappers`) as a step body."""
    site = Site(call.node, call.frame)
    parent = call.frame.body
    results: list[Value] = []
    for item in call.arguments.items:
        for shape in item.value.shapes:
            body = Body(
                Role.STEP,
                call.node,
                call.frame,
                shape,
                parent if isinstance(parent, Body) else None,
            )
            function, bound = _runnable(shape)
            result, _ = interpreter.apply(call.frame, call.node, function, Arguments(bound), body)
            results.append(result)
    return stored(join(results), site) if results else _loaded(site)


def run_strategy(interpreter: Interpreter, call: Call, name: str) -> None:
    """Run the retry or wait strategy that a configuration object is made with."""
    parameter = STRATEGIES[name]
    given = call.arguments.value(PARAMETERS[name].index(parameter), parameter)
    parent = call.frame.body if isinstance(call.frame.body, Body) else None
    for shape in given.shapes:
        body = Body(Role.STRATEGY, call.node, call.frame, shape, parent)
        received = Arguments.of(*received_by(Role.STRATEGY, body, None))
        interpreter.apply(call.frame, call.node, value_of(shape), received, body)


def run_entry(interpreter: Interpreter, call: Call, function: Shape) -> tuple[Body, list[Frame]]:
    """Run an entry point as the SDK would; return its body and its frames."""
    body = Body(Role.HANDLER, call.node, call.frame, function)
    _, frames = interpreter.apply(
        call.frame,
        call.node,
        value_of(function),
        Arguments.of(*received_by(Role.HANDLER, body, None)),
        body,
    )
    return body, frames

"""Calling: functions and methods of the project are opened, classes make instances."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.running import builtins
from durable_lint.program.running.activation import Activations, activate, resume
from durable_lint.program.running.attributes import own_member
from durable_lint.program.running.callables import called_path
from durable_lint.program.running.changes import (
    MUTATORS,
    Change,
    advance,
    call_foreign_method,
    note_change,
    put_by,
)
from durable_lint.program.running.classes import instantiate
from durable_lint.program.running.container_methods import call_container_method
from durable_lint.program.running.definitions import accessor, functions_in
from durable_lint.program.running.looks import item_part, look, look_at
from durable_lint.program.values.arguments import Argument, Arguments
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.order import told_by
from durable_lint.program.values.shapes import (
    Bound,
    Class,
    Container,
    External,
    Function,
    Initialiser,
    Instance,
    Method,
    Opaque,
    Partial,
    Property,
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

_PART_OF = frozenset(("get", "pop", "popitem", "setdefault"))
_KEYED = frozenset(("get", "pop", "setdefault"))
# What only asks what an object is.
_BLIND = frozenset(("isinstance", "issubclass", "type", "id", "callable", "hasattr"))

__all__ = ["Activations", "apply", "call_method", "perform", "resume"]


@dataclass(frozen=True, slots=True)
class _Invocation:
    """One of the things that a call may call: the arguments it gets, and the body it runs for."""

    interpreter: Interpreter
    call: Call
    arguments: Arguments
    body: object

    def on(self, shape: Shape, arguments: Arguments | None = None) -> Value:
        """Return the result of calling `shape`."""
        invocation = self
        if arguments is not None:
            invocation = _Invocation(self.interpreter, self.call, arguments, self.body)
        rule = _RULES.get(type(shape), _library)
        return rule(invocation, shape)

    def run(self, function: Function, arguments: Arguments) -> Value:
        """Return the result of running a function of the project."""
        return activate(self.interpreter, self.call, function, arguments, self.body)


def perform(interpreter: Interpreter, call: Call, body: object = None) -> Value:
    """Call everything that the callee may be; fill in and return the call's result."""
    invocation = _Invocation(interpreter, call, call.arguments, body)
    parts = [invocation.on(shape) for shape in call.callee.shapes]
    if call.callee.open or not parts:
        _exhaust(interpreter, call)
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


def call_method(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    instance: Instance,
    name: str,
    values: Sequence[Value],
) -> Value | None:
    """Call a method on behalf of syntax; None where the instance's classes do not define it."""
    method = own_member(interpreter, instance, name)
    if method is None:
        return None
    callee = value_of(*(Bound(f, value_of(instance)) for f in functions_in(method)))
    host = frame.host
    event = Call(node, host, host.regions, interpreter.tick(), callee, Arguments.of(*values))
    result = perform(interpreter, event)
    interpreter.record(event, variant=name)
    return result


def _function(invocation: _Invocation, shape: Function) -> Value:
    return invocation.run(shape, invocation.arguments)


def _bound(invocation: _Invocation, shape: Bound) -> Value:
    return invocation.run(shape.function, invocation.arguments.after([shape.receiver]))


def _class(invocation: _Invocation, shape: Class) -> Value:
    made = instantiate(invocation.interpreter, invocation.call, shape, invocation.arguments)
    if shape.defines("__init__"):
        return made
    begun = [
        invocation.on(Initialiser(base, instance))
        for instance in made.shapes
        if isinstance(instance, Instance)
        for base in shape.foreign_bases()
    ]
    return made.mixed_with(join(begun).origins)


def _initialiser(invocation: _Invocation, shape: Initialiser) -> Value:
    made = invocation.on(shape.base)
    # It is one object, whoever initialises it.
    own = (
        replace(part, site=shape.instance.site) if isinstance(part, External) else part
        for part in made.shapes
    )
    shape.instance.begun[shape.base] = Value(tuple(own), made.origins, made.open)
    return constant(None).mixed_with(made.origins)


def _partial(invocation: _Invocation, shape: Partial) -> Value:
    first = Arguments.of(*shape.positional).items
    last = Arguments.of(**dict(shape.keywords)).items
    full = Arguments((*first, *invocation.arguments.items, *last))
    parts = [invocation.on(inner, full) for inner in shape.function.shapes]
    if shape.function.open or not parts:
        parts.append(UNKNOWN)
    return join(parts)


def _instance(invocation: _Invocation, shape: Instance) -> Value:
    method = own_member(invocation.interpreter, shape, "__call__")
    if method is None:
        foreign = shape.parts(shape.cls)
        return join([*(invocation.on(part) for part in foreign.shapes), UNKNOWN])
    received = invocation.arguments.after([value_of(shape)])
    parts = [invocation.run(function, received) for function in functions_in(method)]
    return join(parts) if parts else UNKNOWN


def _method(invocation: _Invocation, shape: Method) -> Value:
    if isinstance(shape.receiver, Container):
        return call_container_method(
            invocation.interpreter, invocation.call, shape.receiver, shape.name
        )
    if isinstance(shape.receiver, Class):
        data = Arguments((Argument(UNKNOWN, star="**"),))
        return instantiate(invocation.interpreter, invocation.call, shape.receiver, data)
    if isinstance(shape.receiver, Property):
        return accessor(shape.receiver, shape.name, invocation.arguments.value(0))
    return UNKNOWN


def _opaque(invocation: _Invocation, shape: Opaque) -> Value:
    interpreter, call = invocation.interpreter, invocation.call
    name = shape.label.rpartition(".")[2]
    if shape.parent is not None:
        _note_method(interpreter, call, shape.parent, name)
    _exhaust(interpreter, call)
    origins = call.arguments.all_values().origins
    site = Site(call.node, call.frame)
    if name not in ("items", "values", "keys"):
        if name in _PART_OF and shape.parent is not None:
            return Value((Opaque(shape.site, f"{shape.label}()", shape.parent),), origins)
        return Value((Opaque(site, f"{name}()"),), origins)
    part = Opaque(shape.site, f"{shape.label}()", shape.parent)
    listed = Container("list", site)
    if name == "items":
        pair = Container("tuple", site)
        pair.put(value_of(Opaque(shape.site, f"{shape.label}().key")), 0)
        pair.put(value_of(part), 1)
        listed.put(value_of(pair))
    else:
        listed.put(value_of(part))
    return Value((interpreter.made(listed),), origins)


def _note_method(interpreter: Interpreter, call: Call, owner: Opaque, name: str) -> None:
    """Record what a method of unknown data reads and changes, if it is what its name says."""
    frame, node = call.frame, call.node
    part = item_part(owner, call.arguments.value(0)) if name in _KEYED else None
    if part is not None:
        look_at(interpreter, frame, node, owner, part)
    elif name not in MUTATORS or name in _PART_OF:
        look(interpreter, frame, node, value_of(owner))
    if name in MUTATORS:
        change = Change("method", name, put_by(name, call.arguments), part=part)
        note_change(interpreter, frame, node, owner, change)


def _library(invocation: _Invocation, shape: Shape) -> Value:
    interpreter, call, body = invocation.interpreter, invocation.call, invocation.body
    if invocation.arguments is not call.arguments or body is not None:
        call = Call(
            call.node, call.frame, call.regions, call.order, value_of(shape), invocation.arguments
        )
        call.callees = invocation.call.callees

    def default() -> Value:
        return _by_default(interpreter, call, shape)

    result = interpreter.library.call(interpreter, call, shape, body, default)
    if call is not invocation.call and body is None:
        invocation.call.meaning = invocation.call.meaning or call.meaning
    return result


def _by_default(interpreter: Interpreter, call: Call, shape: Shape) -> Value:
    if not isinstance(shape, External):
        return UNKNOWN
    modelled = builtins.call(interpreter, call, shape)
    if modelled is not None:
        return modelled
    _exhaust(interpreter, call)
    owner, _, name = shape.path.rpartition(".")
    if shape.site is not None:
        call_foreign_method(interpreter, call, External(owner, shape.site), name)
    origins = call.arguments.all_values().origins | told_by(shape.path, call)
    return Value((External(f"{shape.path}()", Site(call.node, call.frame)),), origins, False)


# What is given an object and asks it for nothing.
_INERT = frozenset(
    ("type", "id", "isinstance", "hasattr", "callable", "repr", "str", "bool", "print", "hash")
)


def _exhaust(interpreter: Interpreter, call: Call) -> None:
    """Let unknown code look into the arguments: it iterates the generators among them.

    What is strange altogether may also put other things into a container.
    """
    path = called_path(call)
    strange = call.callee.open or (path and not interpreter.library.knows(path))
    for shape in call.arguments.all_values().shapes if strange else ():
        if isinstance(shape, Container):
            shape.unsettle()
    for item in () if path in _BLIND else call.arguments.items:
        look(interpreter, call.frame, item.node or call.node, item.value)
    for item in () if path in _INERT else call.arguments.items:
        advance(interpreter, call.frame, call.node, item.value)
        for shape in item.value.shapes:
            if isinstance(shape, Container) and shape.kind == "generator" and shape.pending:
                interpreter.contents(call.frame, call.node, shape, call)


_RULES: Mapping[type[Shape], Callable[[_Invocation, Any], Value]] = {
    Function: _function,
    Bound: _bound,
    Class: _class,
    Initialiser: _initialiser,
    Partial: _partial,
    Instance: _instance,
    Method: _method,
    Opaque: _opaque,
}

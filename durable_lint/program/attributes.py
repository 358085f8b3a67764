"""What reading an attribute gives, by what it is read from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.annotations import annotated
from durable_lint.program.arguments import Arguments
from durable_lint.program.frames import Call, Frame
from durable_lint.program.imports import Import
from durable_lint.program.values import (
    UNKNOWN,
    Bound,
    Class,
    Constant,
    Container,
    External,
    Function,
    Instance,
    Method,
    ModuleShape,
    NamespacePackage,
    Opaque,
    Shape,
    Super,
    Text,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.interpreter import Interpreter


def attribute(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, receiver: Value, name: str
) -> Value:
    """Return what the attribute `name` of `receiver`, read at `node`, may be."""
    parts: list[Value] = []
    for shape in receiver.shapes:
        value = _of_shape(interpreter, frame, node, shape, name)
        # What is known in its parts has its origins there.
        known = isinstance(shape, Instance | Class | ModuleShape | Container)
        parts.append(value if known else value.mixed_with(receiver.origins))
    if receiver.open or not parts:
        parts.append(UNKNOWN.mixed_with(receiver.origins))
    return join(parts)


def _of_shape(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, shape: Shape, name: str
) -> Value:
    known = interpreter.library.attribute(interpreter, frame, node, shape, name)
    if known is not None:
        return known
    match shape:
        case External():
            return value_of(External(f"{shape.path}.{name}", shape.site))
        case ModuleShape():
            return interpreter.member(shape.module, name)
        case NamespacePackage():
            return interpreter.member(shape.path, name)
        case Instance():
            return of_instance(interpreter, frame, node, shape, name)
        case Class():
            return _of_class(interpreter, shape, name)
        case Super():
            for ancestor in shape.cls.ancestry()[1:]:
                found = _member(interpreter, ancestor, name)
                if found is not None:
                    return _bound(interpreter, frame, node, found, shape.receiver)
            return _inherited(shape.cls, name, instance=True)
        case Container():
            return value_of(Method(shape, name))
        case Constant() | Text():
            kind = shape.kind if isinstance(shape, Constant) else "str"
            return value_of(External(f"{kind}().{name}"))
        case Opaque():
            return value_of(Opaque(shape.site, f"{shape.label}.{name}", shape))
        case Function() if shape.decorators:
            # `@app.task` gives its function methods of its own, such as `delay`.
            return join(value_of(External(f"{path}().{name}")) for path in shape.decorators)
        case _:
            return UNKNOWN


def of_instance(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, shape: Instance, name: str
) -> Value:
    """Return an attribute of an instance: its own, its class's, or by its annotation."""
    if name in shape.attributes:
        own = shape.attributes[name]
        if own.shapes or not own.open:
            return own
    for ancestor in shape.cls.ancestry():
        found = _member(interpreter, ancestor, name)
        if found is not None:
            return _bound(interpreter, frame, node, found, value_of(shape))
        declared = ancestor.members.annotations.get(name)
        if declared is not None:
            return annotated(interpreter, ancestor.members, declared)
    if name in shape.attributes:
        return shape.attributes[name]
    return _inherited(shape.cls, name, instance=True)


def own_member(interpreter: Interpreter, instance: Instance, name: str) -> Value | None:
    """Return what the project's classes define as `name` for an instance, unbound."""
    for ancestor in instance.cls.ancestry():
        found = _member(interpreter, ancestor, name)
        if found is not None:
            return found
    return None


def _inherited(cls: Class, name: str, *, instance: bool) -> Value:
    """A member that a base class outside the project provides."""
    parts = [
        value_of(External(f"{base.path}{'()' if instance else ''}.{name}"))
        for ancestor in cls.ancestry()
        for value in ancestor.bases
        for base in value.shapes
        if isinstance(base, External) and base.path != "object"
    ]
    return join([*parts, UNKNOWN])


def _member(interpreter: Interpreter, cls: Class, name: str) -> Value | None:
    bound = cls.members.env.get(name)
    if isinstance(bound, Import):
        bound = cls.members.env[name] = interpreter.resolve(bound)
    return bound


def _of_class(interpreter: Interpreter, cls: Class, name: str) -> Value:
    for ancestor in cls.ancestry():
        found = _member(interpreter, ancestor, name)
        if found is not None:
            parts = []
            for shape in found.shapes:
                if isinstance(shape, Function) and shape.binding == "class":
                    parts.append(value_of(Bound(shape, value_of(cls))))
                else:
                    parts.append(value_of(shape))
            return join([*parts, UNKNOWN] if found.open else parts).mixed_with(found.origins)
    return _inherited(cls, name, instance=False)


def _bound(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, found: Value, receiver: Value
) -> Value:
    parts: list[Value] = []
    for shape in found.shapes:
        if not isinstance(shape, Function) or shape.binding == "static":
            parts.append(value_of(shape))
        elif shape.binding == "property":
            host = frame.host
            callee = value_of(Bound(replace(shape, binding="plain"), receiver))
            call = Call(node, host, host.regions, interpreter.tick(), callee, Arguments())
            parts.append(interpreter.call(call))
            interpreter.record(call)
        elif shape.binding == "class":
            owners = [s.cls for s in receiver.shapes if isinstance(s, Instance)]
            parts.append(value_of(Bound(shape, value_of(*owners) if owners else receiver)))
        else:
            parts.append(value_of(Bound(shape, receiver)))
    if found.open:
        parts.append(UNKNOWN)
    return join(parts).mixed_with(found.origins)

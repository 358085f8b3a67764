"""What reading an attribute gives, by what it is read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.modules.imports import Deferred
from durable_lint.program.running.containers import RECORDS
from durable_lint.program.running.looks import look_at
from durable_lint.program.running.protocols import ask
from durable_lint.program.values.arguments import Arguments
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.order import which
from durable_lint.program.values.reaching import replacement
from durable_lint.program.values.shapes import (
    Bound,
    Class,
    Constant,
    Container,
    External,
    Function,
    Initialiser,
    Instance,
    Method,
    ModuleShape,
    NamespacePackage,
    Opaque,
    Partial,
    Property,
    Super,
    Text,
    constant,
    member_path,
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


MAX_PATH = 300

# The methods by which a model's class makes an object of data.
_MAKERS = frozenset(
    (
        *("model_validate", "model_validate_json", "model_validate_strings", "model_construct"),
        *("parse_obj", "parse_raw", "from_orm"),
    )
)
_MODELS = frozenset(("pydantic.BaseModel", "pydantic.main.BaseModel"))

# What a descriptor, and an object that watches its attributes, is asked.
_GETTING = ("__get__",)
_SETTING = ("__setattr__",)


@dataclass(frozen=True, slots=True)
class _Access:
    """One reading of an attribute."""

    interpreter: Interpreter
    frame: Frame
    node: cst.CSTNode
    name: str

    def of(self, shape: Shape) -> Value:
        """Return the attribute of `shape`."""
        known = self.interpreter.library.attribute(
            self.interpreter, self.frame, self.node, shape, self.name
        )
        if known is not None:
            return known
        rule = _RULES.get(type(shape))
        return rule(self, shape) if rule is not None else UNKNOWN


def attribute(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, receiver: Value, name: str
) -> Value:
    """Return what the attribute `name` of `receiver`, read at `node`, may be."""
    access = _Access(interpreter, frame, node, name)
    parts: list[Value] = []
    for shape in receiver.shapes:
        part = access.of(shape)
        # What is known in its parts has its origins there, but for which object it is.
        known = isinstance(shape, Class | ModuleShape | Container)
        origins = which(receiver) if isinstance(shape, Instance) else receiver.origins
        parts.append(part if known else part.mixed_with(origins))
    if receiver.open or not parts:
        parts.append(UNKNOWN.mixed_with(receiver.origins))
    return join(parts)


def look_at_attribute(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, receiver: Value, name: str
) -> None:
    """Record that code at `node` reads an attribute of what `receiver` may be."""
    for shape in receiver.shapes:
        if not isinstance(shape, Container) or shape.kind in RECORDS:
            look_at(interpreter, frame, node, shape, name)


def own_member(interpreter: Interpreter, instance: Instance, name: str) -> Value | None:
    """Return what the project's classes define as `name` for an instance, unbound."""
    for ancestor in instance.cls.ancestry():
        found = _member(interpreter, ancestor, name)
        if found is not None:
            return found
    return None


def set_attribute(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    instance: Instance,
    name: str,
    value: Value,
) -> None:
    """Assign an attribute of an instance, running the setter where it is a property."""
    declared = own_member(interpreter, instance, name)
    setters = [s.setter for s in declared.shapes if isinstance(s, Property)] if declared else []
    for setter in setters:
        _run(interpreter, frame, node, setter, Arguments.of(value_of(instance), value))
    if declared is not None:
        ask(interpreter, frame, node, declared, ("__set__",), value_of(instance), value)
    if not setters:
        ask(interpreter, frame, node, value_of(instance), _SETTING, constant(name), value)
        instance.put(name, value)


def _of_external(access: _Access, shape: External) -> Value:
    # In a loop or a recursion the path of what leads to what leads on can grow without end.
    if len(shape.path) > MAX_PATH:
        return UNKNOWN
    return value_of(External(member_path(shape.path, access.name), shape.site))


def _of_module(access: _Access, shape: ModuleShape) -> Value:
    names = access.interpreter.names
    return names.read_member(shape.module, access.name, access.frame, access.node)


def _of_namespace(access: _Access, shape: NamespacePackage) -> Value:
    return access.interpreter.member(shape.folders, access.name)


def _of_instance(access: _Access, shape: Instance) -> Value:
    """Return an instance's own attribute, its class's, or what the annotation says."""
    name, interpreter = access.name, access.interpreter
    own = replacement(interpreter.state, shape, name) or shape.attributes.get(name)
    if own is not None and (own.shapes or not own.open):
        return _kept(access, shape.cls, own)
    if name == "__class__":
        return value_of(shape.cls)
    for ancestor in shape.cls.ancestry():
        found = _member(interpreter, ancestor, name)
        if found is not None:
            return _kept(access, ancestor, _bind(access, found, value_of(shape)))
        annotation = ancestor.members.annotations.get(name)
        if annotation is not None:
            declared = interpreter.declared(ancestor.members, annotation)
            return declared if own is None else join([own, declared])
    if own is not None:
        return own
    fallback = own_member(interpreter, shape, "__getattr__")
    if fallback is not None:
        arguments = Arguments.of(value_of(shape), constant(name))
        return _run(interpreter, access.frame, access.node, fallback, arguments)
    return _foreign(access, shape, shape.cls)


def _of_class(access: _Access, shape: Class) -> Value:
    if access.name in ("__name__", "__qualname__"):
        return constant(shape.name)
    for ancestor in shape.ancestry():
        state = access.interpreter.state
        found = replacement(state, ancestor, access.name) or _member(
            access.interpreter, ancestor, access.name
        )
        if found is not None:
            parts = [_member_of(shape, access.name, inner) for inner in found.shapes]
            read = join([*parts, UNKNOWN] if found.open else parts).mixed_with(found.origins)
            return _kept(access, ancestor, read)
    if access.name in _MAKERS and any(b.path in _MODELS for b in shape.foreign_bases()):
        return value_of(Method(shape, access.name))
    bases = [value_of(External(f"{base.path}.{access.name}")) for base in shape.foreign_bases()]
    return join([*bases, UNKNOWN])


def _member_of(cls: Class, name: str, member: Shape) -> Value:
    """Return what a member is when it is read from its class."""
    match member:
        case Function(binding="class"):
            return value_of(Bound(member, value_of(cls)))
        case Constant() if is_enumeration(cls):
            return value_of(replace(member, enumeration=cls, member=name))
        case _:
            return value_of(member)


def is_enumeration(cls: Class) -> bool:
    """Tell whether the members of a class are objects of the class."""
    return any(base.path in _ENUMERATIONS for base in cls.foreign_bases())


_ENUMERATIONS = frozenset(
    f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum")
)


def _of_super(access: _Access, shape: Super) -> Value:
    """Return what the classes after `shape.cls` say, in the order of the receiver's own class."""
    owners = [s.cls for s in shape.receiver.shapes if isinstance(s, Instance)]
    order = owners[0].ancestry() if owners else shape.cls.ancestry()
    following = order[order.index(shape.cls) + 1 :] if shape.cls in order else order
    for ancestor in following:
        found = _member(access.interpreter, ancestor, access.name)
        if found is not None:
            return _bind(access, found, shape.receiver)
    if access.name == "__new__":
        return value_of(External("object.__new__"))
    objects = [s for s in shape.receiver.shapes if isinstance(s, Instance)]
    return join([*(_foreign(access, instance, shape.cls) for instance in objects), UNKNOWN])


def _of_container(access: _Access, shape: Container) -> Value:
    if shape.kind in RECORDS:
        held = shape.items.get(Constant("str", access.name))
        if held is not None:
            return held
    return value_of(Method(shape, access.name))


def _of_literal(access: _Access, shape: Constant | Text) -> Value:
    if isinstance(shape, Constant) and shape.enumeration is not None:
        if access.name in ("value", "_value_"):
            return value_of(shape.bare)
        if access.name in ("name", "_name_"):
            return constant(shape.member)
    kind = shape.kind if isinstance(shape, Constant) else "str"
    return value_of(External(f"{kind}().{access.name}"))


def _of_opaque(access: _Access, shape: Opaque) -> Value:
    if len(shape.label) > MAX_PATH:
        return UNKNOWN
    return value_of(Opaque(shape.site, f"{shape.label}.{access.name}", shape))


def _of_function(access: _Access, shape: Function) -> Value:
    if access.name in ("__name__", "__qualname__"):
        return constant(shape.name)
    if access.name == "__wrapped__" or not shape.decorators:
        return UNKNOWN
    # `@app.task` gives its function methods of its own, such as `delay`.
    return join(value_of(External(f"{path}().{access.name}")) for path in shape.decorators)


def _of_bound(access: _Access, shape: Bound) -> Value:
    if access.name == "__self__":
        return shape.receiver
    return _of_function(access, shape.function)


def _of_partial(access: _Access, shape: Partial) -> Value:
    return shape.function if access.name == "func" else UNKNOWN


def _of_property(access: _Access, shape: Property) -> Value:
    """Return `getter`, `setter` or `deleter`: each makes a property of the function it is given."""
    if access.name not in ("getter", "setter", "deleter"):
        return UNKNOWN
    return value_of(Method(shape, access.name))


def _member(interpreter: Interpreter, cls: Class, name: str) -> Value | None:
    bound = cls.members.env.get(name)
    if isinstance(bound, Deferred):
        bound = cls.members.env[name] = interpreter.resolve(bound)
    return bound


def _kept(access: _Access, cls: Class, value: Value) -> Value:
    if not value.origins:
        return value
    interpreter, name = access.interpreter, f"{cls.name}.{access.name}"
    return interpreter.library.kept(interpreter, access.frame, access.node, name, value)


def _foreign(access: _Access, instance: Instance, cls: Class) -> Value:
    """Return a member of an object that the bases of `cls` outside the project provide."""
    if access.name == "__init__":
        bases = cls.foreign_bases()
        return join([*(value_of(Initialiser(base, instance)) for base in bases), UNKNOWN])
    return attribute(
        access.interpreter, access.frame, access.node, instance.parts(cls), access.name
    )


def _bind(access: _Access, found: Value, receiver: Value) -> Value:
    """Return what a class's member is when it is read from an instance."""
    parts: list[Value] = []
    for shape in found.shapes:
        if isinstance(shape, Property):
            arguments = Arguments.of(receiver)
            getter = shape.getter
            parts.append(_run(access.interpreter, access.frame, access.node, getter, arguments))
        elif isinstance(shape, Instance):
            got = ask(
                access.interpreter, access.frame, access.node, value_of(shape), _GETTING, receiver
            )
            parts.append(value_of(shape) if got is None else got)
        elif isinstance(shape, Partial) and shape.is_method:
            method = _bind(access, shape.function, receiver)
            parts.append(value_of(replace(shape, function=method, is_method=False)))
        elif not isinstance(shape, Function) or shape.binding == "static":
            parts.append(value_of(shape))
        elif shape.binding == "class":
            owners = [s.cls for s in receiver.shapes if isinstance(s, Instance)]
            parts.append(value_of(Bound(shape, value_of(*owners) if owners else receiver)))
        else:
            parts.append(value_of(Bound(shape, receiver)))
    if found.open:
        parts.append(UNKNOWN)
    return join(parts).mixed_with(found.origins)


def _run(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.CSTNode,
    callee: Value,
    arguments: Arguments,
) -> Value:
    """Run what an attribute stands for; return its result."""
    host = frame.host
    call = Call(node, host, host.regions, interpreter.tick(), callee, arguments)
    result = interpreter.call(call)
    interpreter.record(call)
    return result


_RULES: Mapping[type[Shape], Callable[[_Access, Any], Value]] = {
    External: _of_external,
    ModuleShape: _of_module,
    NamespacePackage: _of_namespace,
    Instance: _of_instance,
    Class: _of_class,
    Super: _of_super,
    Container: _of_container,
    Constant: _of_literal,
    Text: _of_literal,
    Opaque: _of_opaque,
    Function: _of_function,
    Bound: _of_bound,
    Partial: _of_partial,
    Property: _of_property,
}

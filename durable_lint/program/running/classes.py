"""Making instances of the project's classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.running.activation import activate
from durable_lint.program.running.attributes import own_member
from durable_lint.program.running.declared import refined
from durable_lint.program.running.definitions import functions_in
from durable_lint.program.values.arguments import Arguments, spread
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import (
    Class,
    Constant,
    Container,
    Instance,
    Site,
)
from durable_lint.program.values.values import (
    NOTHING,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter


def instantiate(interpreter: Interpreter, call: Call, cls: Class, arguments: Arguments) -> Value:
    """Return a new object of a class, initialised by what its classes define."""
    origins = arguments.all_values().origins
    site = Site(call.node, call.frame)
    if any(base.path.endswith("TypedDict") for base in cls.foreign_bases()):
        return value_of(interpreter.made(_typed_dict(site, arguments))).mixed_with(origins)
    made = interpreter.made(Instance(cls, site))
    maker = own_member(interpreter, made, "__new__")
    objects = [] if maker is None else _made_by(interpreter, call, maker, cls, arguments)
    for instance in objects or [made]:
        _initialise(interpreter, call, instance, arguments)
    return value_of(*(objects or [made])).mixed_with(origins)


def _made_by(
    interpreter: Interpreter, call: Call, maker: Value, cls: Class, arguments: Arguments
) -> list[Instance]:
    """Return the objects of the class that its `__new__` gives."""
    given = arguments.after([value_of(cls)])
    results = [activate(interpreter, call, f, given, None) for f in functions_in(maker)]
    shapes = join(results).shapes
    return [s for s in shapes if isinstance(s, Instance) and cls in s.cls.ancestry()]


def _initialise(
    interpreter: Interpreter, call: Call, instance: Instance, arguments: Arguments
) -> None:
    initialiser = own_member(interpreter, instance, "__init__")
    if initialiser is None:
        _fill_fields(interpreter, call, instance, arguments)
        interpreter.call_method(call.frame, call.node, instance, "__post_init__")
        return
    for function in functions_in(initialiser):
        activate(interpreter, call, function, arguments.after([value_of(instance)]), None)


def _typed_dict(site: Site, arguments: Arguments) -> Container:
    made = Container("dict", site)
    _, keywords, extra = spread(arguments)
    for name, value in keywords.items():
        made.put(value, Constant("str", name))
    if extra.open:
        made.put(extra)
    return made


def fields_of(cls: Class) -> dict[str, tuple[Frame, cst.BaseExpression]]:
    """Return the annotations of a class and its bases in the order of their names, with frames."""
    return {
        name: (ancestor.members, annotation)
        for ancestor in reversed(cls.ancestry())
        for name, annotation in ancestor.members.annotations.items()
    }


def _fill_fields(
    interpreter: Interpreter, call: Call, instance: Instance, arguments: Arguments
) -> None:
    """Set the attributes of a dataclass or the like: given ones, then those with a default."""
    fields = fields_of(instance.cls)
    positional, keywords, _ = spread(arguments)
    given = {**dict(zip(fields, positional, strict=False)), **keywords}
    for name, value in given.items():
        known = refined(interpreter, *fields[name], value) if name in fields else value
        instance.put(name, known)
        instance.given[name] = known
    for name in fields:
        if name not in given:
            _default_field(interpreter, call, instance, name)


def _default_field(interpreter: Interpreter, call: Call, instance: Instance, name: str) -> None:
    declared = own_member(interpreter, instance, name)
    for shape in declared.shapes if declared is not None else ():
        if isinstance(shape, Container) and shape.kind == "field":
            factory = _option(shape, "default_factory") or _option(shape, "factory")
            default = _option(shape, "default")
            made: Value = NOTHING
            if default is not None and default.origins:
                label = f"{instance.cls.name}.{name}"
                default = interpreter.library.kept(
                    interpreter, call.frame, call.node, label, default
                )
            if factory is not None:
                made, frames = interpreter.apply(call.frame, call.node, factory, Arguments())
                call.lead_to(frames)
            instance.put(name, join([made, default or NOTHING]))


def _option(field: Container, name: str) -> Value | None:
    return field.items.get(Constant("str", name))

"""The functions of the standard library that look into objects, copy them or make them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from durable_lint.program.modules.imports import Import
from durable_lint.program.modules.syntax import parameters
from durable_lint.program.running.attributes import attribute, look_at_attribute, set_attribute
from durable_lint.program.running.callables import Model, called_path
from durable_lint.program.running.changes import Change, note_change
from durable_lint.program.running.classes import fields_of
from durable_lint.program.running.declared import refined
from durable_lint.program.running.definitions import bind_method
from durable_lint.program.running.looks import look
from durable_lint.program.running.narrowing import type_of_variable
from durable_lint.program.values.contents import deep_origins
from durable_lint.program.values.frames import Call
from durable_lint.program.values.order import UNORDERED
from durable_lint.program.values.python_types import path_of
from durable_lint.program.values.shapes import (
    Class,
    Constant,
    Container,
    External,
    Instance,
    ModuleShape,
    Opaque,
    Partial,
    Site,
    Super,
    Text,
    Variable,
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


def _super(_interpreter: Interpreter, event: Call) -> Value | None:
    given = event.arguments.value(0).only()
    function = event.frame.function
    owner = given if isinstance(given, Class) else function.owner if function else None
    if owner is None:
        return UNKNOWN
    receiver: object = event.arguments.value(1)
    if function is not None and not event.arguments.items:
        first = next(iter(parameters(function.node)), None)
        receiver = event.frame.env.get(first.name.value) if first is not None else None
    return value_of(Super(owner, receiver if isinstance(receiver, Value) else UNKNOWN))


def _type(interpreter: Interpreter, event: Call) -> Value | None:
    if len(event.arguments.items) != 1:
        return None
    given = event.arguments.items[0]
    found = Value(tuple(dict.fromkeys(map(_class_of, given.value.shapes))), open=given.value.open)
    origins = type_of_variable(event.frame, given.node) if given.node is not None else frozenset()
    return found.mixed_with(given.value.origins | origins)


def _class_of(shape: Shape) -> Shape:
    match shape:
        case Instance(cls=cls) | Constant(enumeration=Class() as cls):
            return cls
        case _:
            return External(path_of(shape) or "type()")


def _getattr(interpreter: Interpreter, event: Call) -> Value:
    receiver = event.arguments.value(0)
    fallback = event.arguments.value(2)
    _hasattr(interpreter, event)
    found = [
        attribute(interpreter, event.frame, event.node, receiver, name)
        for shape in event.arguments.value(1).shapes
        for name in _names(shape, receiver)
    ]
    if found:
        whole = not receiver.open and all(isinstance(s, _WHOLE) for s in receiver.shapes)
        certain = whole and not any(value.open for value in found)
        return join(found if certain else [*found, fallback])
    return UNKNOWN.mixed_with(event.arguments.all_values().origins)


# What is known in all its attributes, so that no fallback is needed where one is found.
_WHOLE = (Instance, Class, ModuleShape)


def _names(name: Shape, receiver: Value) -> list[str]:
    """Return the attributes that a name, known in whole or in its beginning, may mean."""
    if isinstance(name, Constant):
        return [name.content] if isinstance(name.content, str) else []
    if not isinstance(name, Text) or not isinstance(name.parts[0], str):
        return []
    beginning = name.parts[0]
    return list(
        dict.fromkeys(
            member
            for shape in receiver.shapes
            if isinstance(shape, Instance | Class)
            for cls in (shape if isinstance(shape, Class) else shape.cls).ancestry()
            for member in cls.members.env
            if member.startswith(beginning)
        )
    )


def _hasattr(interpreter: Interpreter, event: Call) -> None:
    receiver = event.arguments.value(0)
    for shape in event.arguments.value(1).shapes:
        for name in _names(shape, receiver):
            look_at_attribute(interpreter, event.frame, event.node, receiver, name)


def _setattr(interpreter: Interpreter, event: Call) -> Value:
    name = event.arguments.value(1).only()
    label = str(name.content) if isinstance(name, Constant) else "attribute"
    part = label if isinstance(name, Constant) else None
    value = event.arguments.value(2)
    for shape in event.arguments.value(0).shapes:
        replaces = part is not None and event.arguments.value(0).only() is shape
        change = Change("attribute", label, value, part, builds=False, replaces=replaces)
        note_change(interpreter, event.frame, event.node, shape, change)
        if isinstance(shape, Instance) and isinstance(name, Constant):
            set_attribute(interpreter, event.frame, event.node, shape, label, value)
    return constant(None)


def _copied(interpreter: Interpreter, event: Call) -> Value:
    source = event.arguments.value(0)
    deep = called_path(event) == "copy.deepcopy"
    site = Site(event.node, event.frame)
    look(interpreter, event.frame, event.node, source)
    copies = [_copy(interpreter, shape, site, deep=deep) for shape in source.shapes]
    return join([*copies, UNKNOWN] if source.open else copies).mixed_with(source.origins)


def _copy(interpreter: Interpreter, shape: Shape, site: Site, *, deep: bool) -> Value:
    match shape:
        case Container():
            copy = Container(shape.kind, site)
            if not deep:
                copy.absorb(shape)
            return value_of(interpreter.made(copy))
        case Instance():
            return value_of(Instance(shape.cls, site, dict(shape.attributes)))
        case Opaque():
            return value_of(Opaque(site, shape.label))
        case _:
            return value_of(shape)


def _as_dict(interpreter: Interpreter, event: Call) -> Value | None:
    """Return the dict of an object's fields: those that are settled, as far as they are plain."""
    given = event.arguments.value(0)
    shape = given.only()
    if not isinstance(shape, Instance) or len(event.arguments.items) != 1:
        return None
    site = Site(event.node, event.frame)
    record = Container("dict", site)
    look(interpreter, event.frame, event.node, given)
    for name in fields_of(shape.cls):
        value = attribute(interpreter, event.frame, event.node, given, name)
        held = value.only()
        known = held is not None and not isinstance(held, Container | Instance | Opaque)
        # What it holds is copied, so that it is another object.
        copied = value if known else UNKNOWN.mixed_with(deep_origins(value))
        if isinstance(held, Container) and held.kind in UNORDERED:
            copied = value_of(Container(held.kind, site)).mixed_with(value.origins)
        record.put(copied, Constant("str", name))
    origins = given.origins | record.content().origins
    return value_of(interpreter.made(record)).mixed_with(origins)


def _variable(_interpreter: Interpreter, event: Call) -> Value | None:
    name = event.arguments.value(0).only()
    if not isinstance(name, Constant) or not isinstance(name.content, str):
        return None
    default = event.arguments.value(1, "default") if len(event.arguments.items) > 1 else None
    return value_of(Variable(name.content, default))


def _field(_interpreter: Interpreter, event: Call) -> Value:
    described = Container("field", Site(event.node, event.frame))
    for item in event.arguments.items:
        described.put(item.value, Constant("str", item.keyword or "default"))
    return value_of(described)


def _record_type(_interpreter: Interpreter, event: Call) -> Value:
    """Return what `namedtuple` makes: it is called with the fields before their values."""
    maker = value_of(External(_RECORD_MAKER))
    return value_of(Partial(maker, (event.arguments.value(1, "field_names"),), ()))


def _record(interpreter: Interpreter, event: Call) -> Value:
    fields, *values = event.arguments.positional()
    made = Container("namedtuple", Site(event.node, event.frame))
    for name, value in zip(_field_names(fields.value), values, strict=False):
        made.put(value.value, Constant("str", name))
    for name, value in event.arguments.keywords().items():
        made.put(value.value, Constant("str", name))
    origins = made.content().origins
    return value_of(interpreter.made(made)).mixed_with(origins)


def _field_names(fields: Value) -> list[str]:
    shape = fields.only()
    if isinstance(shape, Container):
        texts = [value.only() for value in shape.items.values()]
        return [str(text.content) for text in texts if isinstance(text, Constant)]
    text = str(shape.content) if isinstance(shape, Constant) else ""
    return text.replace(",", " ").split()


def _method_kind(_interpreter: Interpreter, event: Call) -> Value | None:
    return bind_method(called_path(event), event.arguments.value(0))


def _imported(interpreter: Interpreter, event: Call) -> Value | None:
    name = event.arguments.value(0).only()
    if not isinstance(name, Constant) or not isinstance(name.content, str):
        return None
    if name.content.startswith("."):
        return UNKNOWN
    # `import a.b` binds `a`, and so does the function behind it.
    top = name.content.partition(".")[0]
    wanted = top if called_path(event) == "__import__" else name.content
    return interpreter.resolve(Import(event.frame.module, wanted))


def _cast(interpreter: Interpreter, event: Call) -> Value:
    annotation = event.arguments.get(0, "typ")
    value = event.arguments.value(1, "val")
    if annotation is None or annotation.node is None:
        return value
    return refined(interpreter, event.frame, annotation.node, value)


def _new(interpreter: Interpreter, event: Call) -> Value | None:
    """Return the bare object that `object.__new__` makes of a class."""
    site = Site(event.node, event.frame)
    classes = [s for s in event.arguments.value(0).shapes if isinstance(s, Class)]
    return (
        value_of(*(interpreter.made(Instance(cls, site)) for cls in classes)) if classes else None
    )


_RECORD_MAKER = "collections.namedtuple()"

MODELS: Mapping[str, Model] = {
    "object.__new__": _new,
    "super": _super,
    "type": _type,
    "getattr": _getattr,
    "hasattr": _hasattr,
    "setattr": _setattr,
    "copy.copy": _copied,
    "copy.deepcopy": _copied,
    **dict.fromkeys(("dataclasses.asdict", "attrs.asdict", "attr.asdict"), _as_dict),
    "os.getenv": _variable,
    "os.environ.get": _variable,
    "collections.namedtuple": _record_type,
    _RECORD_MAKER: _record,
    "dataclasses.field": _field,
    "attrs.field": _field,
    "attr.ib": _field,
    "pydantic.Field": _field,
    "staticmethod": _method_kind,
    "classmethod": _method_kind,
    "property": _method_kind,
    "functools.cached_property": _method_kind,
    "importlib.import_module": _imported,
    "__import__": _imported,
    "typing.cast": _cast,
    "contextlib.nullcontext": lambda _interpreter, event: event.arguments.value(0),
    "contextlib.closing": lambda _interpreter, event: event.arguments.value(0),
}

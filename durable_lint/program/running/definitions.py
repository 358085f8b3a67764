"""Functions and classes as values, and what their decorators make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.modules.syntax import FunctionNode, own_nodes, parameters
from durable_lint.program.values.arguments import Arguments
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.python_types import type_of
from durable_lint.program.values.shapes import (
    Bound,
    Class,
    External,
    Function,
    Instance,
    Opaque,
    Property,
    Site,
    constant,
)
from durable_lint.program.values.values import (
    Shape,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

_BINDINGS = {"staticmethod": "static", "classmethod": "class", "abc.abstractclassmethod": "class"}
_PROPERTIES = frozenset(
    ("property", "functools.cached_property", "abc.abstractproperty", "cached_property")
)

# An enumeration that is a text or a number as well is best known as that.
_ENUMS = frozenset(("enum.Enum", "enum.Flag"))

# Stands for a decorator of which nobody knows what it returns, nor where it comes from.
UNKNOWN_DECORATOR = "?"


def make_function(interpreter: Interpreter, frame: Frame, node: FunctionNode) -> Function:
    """Return the function that `def` or `lambda` makes; its defaults are evaluated here and now."""
    defaults = {
        param.name.value: interpreter.evaluate(frame, param.default)
        for param in parameters(node)
        if param.default is not None
    }
    return Function(node, frame, defaults, regions=frame.host.regions)


def define_function(interpreter: Interpreter, frame: Frame, node: cst.FunctionDef) -> Value:
    """Return what a `def` binds its name to: the function, as its decorators leave it."""
    decorators = [interpreter.evaluate(frame, item.decorator) for item in node.decorators]
    function = make_function(interpreter, frame, node)
    return _decorate(interpreter, frame, node.decorators, decorators, function)


def define_class(interpreter: Interpreter, frame: Frame, node: cst.ClassDef) -> Value:
    """Return what a `class` statement binds its name to; its body runs here and now."""
    decorators = [interpreter.evaluate(frame, item.decorator) for item in node.decorators]
    bases = tuple(interpreter.evaluate(frame, arg.value) for arg in node.bases)
    keywords = {
        keyword.keyword.value: interpreter.evaluate(frame, keyword.value)
        for keyword in node.keywords
        if keyword.keyword is not None
    }
    members = Frame(
        node,
        frame.module,
        interpreter.scope(node),
        outer=frame,
        caller=frame.caller,
        body=frame.body,
        depth=frame.depth,
        inline=True,
    )
    paths = tuple(s.path for value in decorators for s in value.shapes if isinstance(s, External))
    cls = Class(node, frame, members, bases, paths)
    interpreter.execute(members, node.body.body)
    for name, bound in members.env.items():
        if isinstance(bound, Value):
            members.env[name] = _map_functions(bound, lambda f: _owned(f, cls))
    if any(base.path in _ENUMS for base in cls.foreign_bases()):
        _make_members(cls)
    _tell_bases(interpreter, frame, cls, keywords)
    return _decorate(interpreter, frame, node.decorators, decorators, cls)


def _make_members(cls: Class) -> None:
    """Make the variables of an enumeration what they are: objects of the class itself."""
    for node in own_nodes(cls.node.body):
        if isinstance(node, cst.AssignTarget) and isinstance(node.target, cst.Name):
            name = node.target.value
            held = cls.members.env.get(name)
            if not isinstance(held, Value) or functions_in(held) or name.startswith("_"):
                continue
            content = {"value": held, "_value_": held, "name": constant(name)}
            cls.members.env[name] = value_of(Instance(cls, Site(node, cls.members), content))


def _tell_bases(
    interpreter: Interpreter, frame: Frame, cls: Class, keywords: Mapping[str, Value]
) -> None:
    """Call the `__init_subclass__` of the nearest base that has one."""
    for base in cls.ancestry()[1:]:
        known = base.members.env.get("__init_subclass__")
        if isinstance(known, Value):
            given = Arguments.of(value_of(cls), **keywords)
            host = frame.host
            node = cls.node
            call = Call(node, host, host.regions, interpreter.tick(), known, given)
            interpreter.call(call)
            interpreter.record(call)
            return


def bind_method(path: str, function: Value) -> Value | None:
    """Return what `staticmethod`, `property` and their kin make of a function; None for others."""
    if path in _BINDINGS:
        return _map_functions(function, lambda f: replace(f, binding=_BINDINGS[path]))
    if path in _PROPERTIES:
        return value_of(Property(_marked(function, path)))
    return None


def accessor(base: Property, kind: str, function: Value) -> Value:
    """Return the property that `@name.setter` and the like make of `base`."""
    match kind:
        case "getter":
            return value_of(replace(base, getter=function))
        case "setter":
            return value_of(replace(base, setter=function))
        case _:
            return value_of(base)


def functions_in(value: Value) -> list[Function]:
    """Return the functions of the project that `value` may be, methods included."""
    found = []
    for shape in value.shapes:
        if isinstance(shape, Function):
            found.append(shape)
        elif isinstance(shape, Bound):
            found.append(shape.function)
    return found


def _owned(function: Function, cls: Class) -> Function:
    if function.owner is None and function.frame is cls.members:
        return replace(function, owner=cls)
    return function


def _decorate(
    interpreter: Interpreter,
    frame: Frame,
    nodes: Sequence[cst.Decorator],
    decorators: list[Value],
    subject: Function | Class,
) -> Value:
    value = value_of(subject)
    for node, decorator in reversed(list(zip(nodes, decorators, strict=True))):
        parts = [_decorated_by(interpreter, frame, node, s, value) for s in decorator.shapes]
        if parts:
            value = join(parts)
        if decorator.open:
            value = _marked(value, UNKNOWN_DECORATOR)
    return value


def _decorated_by(
    interpreter: Interpreter, frame: Frame, node: cst.Decorator, shape: Shape, value: Value
) -> Value:
    path = shape.path if isinstance(shape, External) else ""
    bound = bind_method(path, value)
    if bound is not None:
        return bound
    host = frame.host
    call = Call(node, host, host.regions, interpreter.tick(), value_of(shape), Arguments.of(value))
    result = interpreter.call(call)
    interpreter.record(call)
    known = tuple(s for s in result.shapes if not _foreign(s))
    if known:
        value = Value(known, result.origins, result.open)
    elif not path:
        path = UNKNOWN_DECORATOR
    # A decorator nobody knows is taken to keep its function, as nearly all of them do.
    return _marked(value, path)


def _marked(value: Value, decorator: str) -> Value:
    return _map_functions(value, lambda f: replace(f, decorators=(*f.decorators, decorator)))


def _foreign(shape: Shape) -> bool:
    """Tell whether an object is what a call gave of which nobody knows what it gives."""
    if isinstance(shape, Opaque):
        return shape.label.endswith(")")
    return isinstance(shape, External) and shape.site is not None and type_of(shape) is None


def _map_functions(value: Value, change: Callable[[Function], Function]) -> Value:
    return Value(tuple(_map(shape, change) for shape in value.shapes), value.origins, value.open)


def _map(shape: Shape, change: Callable[[Function], Function]) -> Shape:
    if isinstance(shape, Function):
        return change(shape)
    if isinstance(shape, Property):
        return Property(_map_functions(shape.getter, change), _map_functions(shape.setter, change))
    return shape

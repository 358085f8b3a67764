"""Calls whose result is certainly nothing that could itself be called."""

from __future__ import annotations

import re

from durable_lint.durable.checkpoints.storage import Result
from durable_lint.durable.checkpoints.storage import is_plain as is_plain_value
from durable_lint.durable.paths import PathTable
from durable_lint.durable.sdk import sdk_name
from durable_lint.durable.shapes import Body, Duration, Effect, Operation
from durable_lint.program.running.attributes import own_member
from durable_lint.program.running.declared import types_of
from durable_lint.program.running.definitions import functions_in
from durable_lint.program.running.interpreter import Interpreter
from durable_lint.program.running.signatures import is_plain
from durable_lint.program.values.contents import deep_values
from durable_lint.program.values.frames import Call
from durable_lint.program.values.shapes import (
    Bound,
    Class,
    Constant,
    Container,
    External,
    Function,
    Instance,
    ModuleShape,
    Opaque,
    Text,
    Variable,
)
from durable_lint.program.values.values import Shape, Value

# Functions that hand out part of what they are given, and the rule of those that run it.
_CHOOSING = frozenset(("choice", "choices", "sample", "permutation"))
_CONCURRENCY = "LDF115"

_DATA_TYPES = frozenset(
    (
        *("str", "int", "float", "complex", "bool", "bytes", "bytearray", "dict", "list", "tuple"),
        *("set", "frozenset", "range", "typing.Dict", "typing.List", "typing.Tuple", "typing.Set"),
        *("typing.FrozenSet", "typing.Mapping", "typing.MutableMapping", "typing.Sequence"),
        *("typing.Iterable", "typing.Iterator", "typing.Generator", "typing.NoReturn"),
        *("collections.abc.Mapping", "collections.abc.MutableMapping", "collections.abc.Sequence"),
        *("collections.abc.Iterable", "collections.abc.Iterator", "collections.abc.Generator"),
        *("collections.OrderedDict", "collections.defaultdict", "collections.deque"),
        *("datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta"),
        *("decimal.Decimal", "fractions.Fraction", "uuid.UUID", "pathlib.Path", "typing.Literal"),
    )
)

# Modules of the standard library, and types, whose calls give data.
_DATA_MODULES = frozenset(
    (
        *("json", "math", "base64", "hashlib", "textwrap", "calendar", "statistics", "uuid"),
        *("time", "datetime", "decimal", "fractions", "str", "int", "float", "bool", "bytes"),
        *(
            "object",
            "len",
            "sum",
            "abs",
            "round",
            "repr",
            "format",
            "hash",
            "id",
            "ord",
            "chr",
            "print",
        ),
    )
)

# What a class may inherit from a library without becoming callable.
_PLAIN_BASES = frozenset(
    (
        *("typing.NamedTuple", "typing.TypedDict", "typing_extensions.TypedDict", "enum.Enum"),
        *("enum.StrEnum", "enum.IntEnum", "abc.ABC", "typing.Generic", "pydantic.BaseModel"),
        *("dict", "list", "tuple", "set", "str", "int", "float", "Exception"),
    )
)


def yields_no_function(interpreter: Interpreter, call: Call, results: PathTable[Result]) -> bool:
    """Tell whether what a call returns is certainly nothing to call, by its value or annotation.

    `results` are the paths of libraries whose values the SDK can store, which no function is.
    """
    match call.meaning:
        case Operation():
            return True
        case Effect() as effect:
            return not (_hands_on(effect) and _may_be_function(call.arguments.all_values()))
        case _:
            pass
    called = [*functions_in(call.callee)]
    if any(not is_plain(function) for function in called):
        return False
    if _is_data(interpreter, call.result, results):
        return True
    only_functions = all(isinstance(s, Function | Bound) for s in call.callee.shapes)
    return (
        bool(called)
        and only_functions
        and not call.callee.open
        and all(_declares_data(interpreter, function) for function in called)
    )


def _hands_on(effect: Effect) -> bool:
    """Tell whether the result of a call with this effect may be what the call was given."""
    return effect.code == _CONCURRENCY or effect.path.rpartition(".")[2] in _CHOOSING


def _is_data(interpreter: Interpreter, value: Value, results: PathTable[Result]) -> bool:
    """Tell whether a value is certainly nothing that can be called."""
    return (
        bool(value.shapes)
        and not value.open
        and all(_is_datum(interpreter, shape, value, results) for shape in value.shapes)
    )


def _is_datum(
    interpreter: Interpreter, shape: Shape, value: Value, results: PathTable[Result]
) -> bool:
    match shape:
        case Opaque():
            return _was_deserialised(shape)
        case Constant() | Text() | Container() | Variable() | ModuleShape() | Duration():
            return True
        case Instance():
            has_call = own_member(interpreter, shape, "__call__") is not None
            return not has_call and _has_plain_bases(shape.cls)
        case External():
            made_of_data = shape.path.endswith(")") and _is_made_of_data(shape.path, value)
            return made_of_data or is_plain_value(shape.path, results)
        case _:
            return False


def _was_deserialised(shape: Opaque) -> bool:
    """Tell whether something is, or is part of, what the SDK hands over: an event, a result."""
    while shape.parent is not None:
        shape = shape.parent
    body = shape.site.body
    return shape.label == "result" or (isinstance(body, Body) and shape.site.node is body.node)


def _is_made_of_data(path: str, value: Value) -> bool:
    """Tell whether the call of a library by this path gives data, such as what an effect gave."""
    if re.split(r"[.(]", path, maxsplit=1)[0] in _DATA_MODULES:
        return True
    effects = (origin for origin in value.origins if isinstance(origin, Effect))
    return sdk_name(path) in ("BatchResult()", "Callback()") or any(
        path.startswith(f"{effect.path}()") and not _hands_on(effect) for effect in effects
    )


def _has_plain_bases(cls: Class) -> bool:
    known = all(base.shapes and not base.open for c in cls.ancestry() for base in c.bases)
    return known and all(base.path in _PLAIN_BASES for base in cls.foreign_bases())


def _declares_data(interpreter: Interpreter, function: Function) -> bool:
    """Tell whether a function is annotated to return what cannot be called."""
    returns = getattr(function.node, "returns", None)
    types = None if returns is None else types_of(interpreter, function.frame, returns.annotation)
    return types is not None and all(_is_data_type(shape) for shape in types)


def _is_data_type(shape: Shape) -> bool:
    match shape:
        case Constant():
            return shape.content is None
        case External():
            return shape.path in _DATA_TYPES
        case Class():
            has_call = any("__call__" in ancestor.members.env for ancestor in shape.ancestry())
            return not has_call and _has_plain_bases(shape)
        case _:
            return False


def _may_be_function(value: Value) -> bool:
    """Tell whether a value, or something in it, may be a function for all that is known."""
    return any(
        held.open or not all(_is_plain_data(shape) for shape in held.shapes)
        for held in deep_values(value)
    )


def _is_plain_data(shape: Shape) -> bool:
    if isinstance(shape, Container):
        return not shape.pending
    return isinstance(shape, Constant | Text | Variable)

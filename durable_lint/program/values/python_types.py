"""Of which of Python's own types a value is, as far as that is certain."""

from __future__ import annotations

import re
import types
from collections import Counter, OrderedDict, abc, defaultdict, deque
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import partial
from numbers import Number, Real
from os import PathLike
from pathlib import Path, PurePath
from random import Random, SystemRandom
from typing import Final
from uuid import UUID

from durable_lint.program.values.shapes import (
    Bound,
    Class,
    Constant,
    Container,
    External,
    Function,
    ModuleShape,
    Partial,
    Text,
)
from durable_lint.program.values.values import Shape, Value

_CLASSES: Final[Mapping[str, type]] = {
    **{
        kind.__name__: kind
        for kind in (
            *(str, int, float, bool, bytes, bytearray, complex, range, memoryview, slice),
            *(list, tuple, dict, set, frozenset, map, zip, filter, enumerate, reversed),
        )
    },
    **{
        f"{module}.{kind.__name__}": kind
        for module, kinds in (
            ("datetime", (datetime, date, time, timedelta, timezone)),
            ("decimal", (Decimal,)),
            ("fractions", (Fraction,)),
            ("uuid", (UUID,)),
            ("pathlib", (Path, PurePath)),
            ("random", (Random, SystemRandom)),
            ("collections", (deque, Counter, OrderedDict, defaultdict)),
            ("types", (types.SimpleNamespace, types.NoneType)),
        )
        for kind in kinds
    },
}

# What the functions of a module, and the methods of its classes that make objects, give.
_FUNCTIONS: Final[Mapping[str, type]] = {
    f"{owner}.{name}": kind
    for owner, kind, names in (
        ("datetime.datetime", datetime, "now utcnow today fromtimestamp utcfromtimestamp"),
        ("datetime.datetime", datetime, "fromisoformat strptime combine"),
        ("datetime.date", date, "today fromtimestamp fromisoformat fromordinal"),
        ("datetime.time", time, "fromisoformat"),
        ("dateutil.parser", datetime, "parse isoparse"),
        ("uuid", UUID, "uuid1 uuid3 uuid4 uuid5"),
        ("pathlib.Path", Path, "cwd home"),
        ("decimal.Decimal", Decimal, "from_float"),
        ("re", re.Match, "search match fullmatch"),
        ("re", re.Pattern, "compile"),
        ("base64", bytes, "b64encode b64decode urlsafe_b64encode urlsafe_b64decode"),
        ("os", bytes, "urandom"),
        ("secrets", bytes, "token_bytes"),
        ("hmac", bytes, "digest"),
    )
    for name in names.split()
}

# What only tells classes from one another.
_ABSTRACT: Final[Mapping[str, type]] = {
    **{f"numbers.{kind.__name__}": kind for kind in (Number, Real)},
    **{
        f"{module}.{name}": getattr(abc, name)
        for module in ("collections.abc", "typing")
        for name in ("Mapping", "MutableMapping", "Sequence", "Iterable", "Iterator", "Set")
    },
    "enum.Enum": Enum,
    "os.PathLike": PathLike,
    "object": object,
}

_DIGESTS: Final = re.compile(r"(hashlib\.\w+|hmac\.new)\(\)\.digest\(\)")

# What the members of an object give; those of a class are those of its bases, too.
_MEMBERS: Final[Mapping[tuple[type, str], type]] = {
    (owner, name): kind
    for owner, kind, names in (
        (datetime, date, "date()"),
        (datetime, time, "time() timetz()"),
        (datetime, datetime, "replace() astimezone()"),
        (date, date, "replace()"),
        (time, time, "replace()"),
        (Decimal, Decimal, "quantize() normalize() copy_abs() sqrt() to_integral_value()"),
        (UUID, bytes, "bytes bytes_le"),
        (UUID, str, "hex urn"),
        (str, bytes, "encode()"),
        (bytes, str, "decode() hex()"),
        (str, str, "upper() lower() strip() title() format() replace() join()"),
        (date, str, "isoformat() strftime()"),
        (time, str, "isoformat() strftime()"),
        (date, int, "year month day hour minute second weekday() toordinal()"),
        (timedelta, float, "total_seconds()"),
        (timedelta, int, "days seconds microseconds"),
        (PurePath, PurePath, "parent parents[] with_suffix() with_name() joinpath()"),
        (Path, Path, "parent parents[] with_suffix() with_name() joinpath()"),
        (Path, Path, "resolve() absolute() expanduser()"),
        (Path, str, "name stem suffix read_text()"),
        (Path, bytes, "read_bytes()"),
        (re.Pattern, re.Match, "search() match() fullmatch()"),
        (re.Match, str, "group()"),
    )
    for name in names.split()
}

_KINDS: Final[Mapping[str, type]] = {
    **{name: kind for name, kind in _CLASSES.items() if "." not in name},
    **{kind.__name__: kind for kind in (deque, Counter, OrderedDict, defaultdict)},
    "namedtuple": tuple,
    "SimpleNamespace": types.SimpleNamespace,
    "generator": types.GeneratorType,
    "iterator": type(iter(())),
    "dict_keys": type({}.keys()),
    "dict_values": type({}.values()),
    "dict_items": type({}.items()),
}

# What arithmetic makes of two types: a type, or that of one of the operands. Others are unknown.
_LEFT, _RIGHT = "left", "right"
_OPERATIONS: Final[tuple[tuple[str, type, type, type | str], ...]] = (
    ("Subtract", date, date, timedelta),
    ("Subtract", date, timedelta, _LEFT),
    ("Add", date, timedelta, _LEFT),
    ("Add", timedelta, date, _RIGHT),
    ("Add", timedelta, timedelta, timedelta),
    ("Subtract", timedelta, timedelta, timedelta),
    *(
        ("Multiply", left, right, timedelta)
        for number in (int, float)
        for left, right in ((timedelta, number), (number, timedelta))
    ),
    *(("Divide", timedelta, number, timedelta) for number in (int, float)),
    *(
        (sign, left, right, Decimal)
        for sign in ("Add", "Subtract", "Multiply", "Divide")
        for left, right in ((Decimal, Decimal), (Decimal, int), (int, Decimal))
    ),
    *(
        (sign, left, right, complex)
        for sign in ("Add", "Subtract", "Multiply", "Divide")
        for number in (complex, int, float)
        for left, right in ((complex, number), (number, complex))
    ),
)


def class_at(path: str) -> type | None:
    """Return the class of Python's own that a resolved path leads to."""
    return _CLASSES.get(path) or _ABSTRACT.get(path)


def path_of(shape: Shape) -> str | None:
    """Return the path of the class of Python's own that an object certainly is of, if any."""
    kind = type_of(shape)
    return next((path for path, known in _CLASSES.items() if known is kind), None)


def name_of(kind: type) -> str:
    """Return the path of an object of one of Python's own classes."""
    return next(f"{path}()" for path, known in _CLASSES.items() if known is kind)


def type_at(path: str) -> type | None:
    """Return the type of the object at a resolved path such as `datetime.datetime.now()`."""
    path = path.replace("(...)", "()")
    member = path.rpartition(".")[2]
    if path.endswith("()"):
        plain = path[:-2]
        known = _CLASSES.get(plain) or _FUNCTIONS.get(plain)
        if known is not None:
            return known
        if _DIGESTS.fullmatch(path):
            return bytes
    owner = path[: -len(member) - 1]
    holder = type_at(owner) if owner.endswith(")") or "." in owner else None
    kinds = holder.__mro__ if holder is not None else ()
    return next((_MEMBERS[kind, member] for kind in kinds if (kind, member) in _MEMBERS), None)


def type_of(shape: Shape) -> type | None:
    """Return the type of Python's own that an object certainly is of; None for any other."""
    match shape:
        case Constant():
            return type(shape.content) if shape.enumeration is None else None
        case Text():
            return str
        case Container():
            return _KINDS.get(shape.kind)
        case External():
            return type if class_at(shape.path) else type_at(shape.path)
        case Function():
            return types.FunctionType
        case Bound():
            return types.MethodType
        case Partial():
            # What stands for a library's function may be a class that it makes.
            return partial if not _is_library(shape) else None
        case Class():
            return type
        case ModuleShape():
            return types.ModuleType
        case _:
            return None


def is_something(shape: Shape) -> bool:
    """Tell whether an object is certainly of one of Python's own types, and not None."""
    # Looking for a pattern may find nothing.
    return type_of(shape) not in (None, type(None), re.Match)


def is_always_true(shape: Shape) -> bool:
    """Tell whether an object is of one of Python's own types whose objects are all true."""
    kind = type_of(shape)
    tells = hasattr(kind, "__bool__") or hasattr(kind, "__len__")
    return is_something(shape) and not tells


def operated(left: Value, operator: str, right: Value) -> type | None:
    """Return the type of the result of an arithmetic operator, by its name in libcst.

    None where it is not known, or is not the same for all that the operands may be.
    """
    if left.open or right.open:
        return None
    sign = operator.removesuffix("Assign")
    found = {_operated(a, sign, b) for a in left.shapes for b in right.shapes}
    return found.pop() if len(found) == 1 else None


def _operated(left: Shape, sign: str, right: Shape) -> type | None:
    one, other = type_of(left), type_of(right)
    if one is None or other is None:
        return None
    for wanted, first, second, result in _OPERATIONS:
        if sign == wanted and issubclass(one, first) and issubclass(other, second):
            return result if isinstance(result, type) else one if result == _LEFT else other
    return None


def _is_library(shape: Partial) -> bool:
    return any(isinstance(inner, External) for inner in shape.function.shapes)

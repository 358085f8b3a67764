"""What the SDK's serialiser takes, and gives back as it was.

Measured on SDK 3.0.0 (`serdes.py`): None, str, int, float, bool, bytes, UUID, Decimal, datetime,
date, and list, tuple and dict of these are stored; anything else is a `SerDesError`, and of what is
derived from these only the plain value comes back. What the calls of a library give is said by the
rule pages, in `[tables.results]`: paths whose value is `stored`, and among these such as are
`refused`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from durable_lint.catalogue import Rule
from durable_lint.durable.paths import PathTable
from durable_lint.durable.shapes import Handler
from durable_lint.program.values.operators import DATA
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
    Partial,
    Text,
    Variable,
)
from durable_lint.program.values.values import Shape, Value

_CONTAINERS = frozenset(("list", "tuple", "dict"))
_PLAIN_TYPES = (str, bytes, int, float, list, tuple, dict, datetime, date, UUID, Decimal)

# What plain values hand out that is not plain: views, times of day, time zones, records.
_NOT_PLAIN = frozenset(
    (
        "items",
        "keys",
        "values",
        "time",
        "timetz",
        "timetuple",
        "utctimetuple",
        "isocalendar",
        "utcoffset",
        "dst",
        "tzinfo",
        "resolution",
        "min",
        "max",
        "maketrans",
        "as_tuple",
        "bytes_le",
    )
)
_MEMBERS = {
    (name, callable(getattr(kind, name)))
    for kind in _PLAIN_TYPES
    for name in dir(kind)
    if not name.startswith("_") and name not in _NOT_PLAIN
}
_PLAIN_METHODS = frozenset(name for name, is_method in _MEMBERS if is_method)
_PLAIN_ATTRIBUTES = frozenset(name for name, is_method in _MEMBERS if not is_method)

# Functions of Python itself that give plain values, whatever they are given.
_PLAIN_FUNCTIONS = frozenset(
    (
        "str",
        "int",
        "float",
        "bool",
        "bytes",
        "len",
        "round",
        "repr",
        "ascii",
        "format",
        "ord",
        "chr",
        "hex",
        "oct",
        "bin",
        "json.loads",
        "json.dumps",
        "decimal.Decimal",
        "uuid.UUID",
    )
)

# Members that hand out plain values whatever has them: responses, files, cursors, processes.
_METHODS_OF_ANYTHING = frozenset(
    (
        "json",
        "read",
        "readline",
        "readlines",
        "read_text",
        "read_bytes",
        "decode",
        "isoformat",
        "hexdigest",
        "digest",
        "strftime",
        "timestamp",
        "total_seconds",
        "fetchone",
        "fetchall",
        "fetchmany",
        "tolist",
        "item",
        "model_dump",
        "model_dump_json",
        "to_dict",
        "getvalue",
    )
)
_ATTRIBUTES_OF_ANYTHING = frozenset(
    (
        "text",
        "content",
        "status_code",
        "ok",
        "hex",
        "stdout",
        "stderr",
        "returncode",
        "rowcount",
    )
)


class Result(StrEnum):
    """Whether the SDK's serialiser takes the value at a path."""

    STORED = "stored"
    REFUSED = "refused"
    IN_PROCESS = "in-process"
    """The call acts on the process it runs in, which a step does not do again on replay."""


def results_table(rules: Iterable[Rule]) -> PathTable[Result]:
    """Return what all pages say, by path."""
    return PathTable(
        (pattern, Result(verdict))
        for rule in rules
        for verdict, patterns in rule.tables.get("results", {}).items()
        for pattern in patterns
    )


def storable(value: Value, results: PathTable[Result]) -> bool | None:
    """Return whether a step may return `value`; None where that is not known."""
    verdicts: set[bool | None] = set()
    # A list may hold itself.
    seen: set[Shape] = set()
    waiting = [value]
    while waiting:
        held = waiting.pop()
        if held.open or not held.shapes:
            verdicts.add(None)
        for shape in held.shapes:
            if shape not in seen:
                seen.add(shape)
                verdicts.add(_shape(shape, results))
                if isinstance(shape, Container):
                    waiting += [*shape.items.values(), *shape.rest]
    return next((verdict for verdict in (False, None) if verdict in verdicts), True)


def _shape(shape: Shape, results: PathTable[Result]) -> bool | None:
    match shape:
        case Constant() | Text() | Variable() | Opaque():
            return True
        case Container():
            return shape.kind in _CONTAINERS
        case Function() | Bound() | Partial() | Class() | Instance() | ModuleShape() | Handler():
            return False
        case External() if shape in DATA.shapes:
            return None
        case External():
            return is_plain(shape.path, results)
        case _:
            return False


def is_plain(path: str, results: PathTable[Result]) -> bool:
    """Tell whether the value at a resolved path is known to be one that is stored."""
    known = results.find(path)
    if known is not None:
        return known is Result.STORED
    path = path.replace("[]", "")
    is_call = path.endswith("()")
    plain = path.removesuffix("()")
    if plain in _PLAIN_FUNCTIONS:
        return is_call
    owner, _, name = plain.rpartition(".")
    if name in (_METHODS_OF_ANYTHING if is_call else _ATTRIBUTES_OF_ANYTHING):
        return True
    if name in (_PLAIN_METHODS if is_call else _PLAIN_ATTRIBUTES):
        return bool(owner) and is_plain(owner, results)
    return False

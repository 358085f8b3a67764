"""What the SDK certainly cannot write down: results of operations, and of handlers.

Measured on SDK 3.0.0: the result of an operation goes through its serialiser (`serdes.py`), which
takes bytes, UUID, Decimal, datetime and date besides what JSON has; the result of a handler goes
through `json.dumps` (`execution.py`). Both refuse keys that `json.dumps` refuses. Of what is
derived from a type that they take, they take the plain value.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

import libcst as cst

from durable_lint.durable.paths import PathTable
from durable_lint.program.running.containers import choice_of
from durable_lint.program.running.declared import UNKNOWN_BODY
from durable_lint.program.running.narrowing import DOUBT
from durable_lint.program.values.frames import Write
from durable_lint.program.values.python_types import class_at, type_of
from durable_lint.program.values.shapes import (
    Class,
    Constant,
    Container,
    External,
    Instance,
    Opaque,
    Site,
)
from durable_lint.program.values.values import Shape, Value

_JSON = (str, int, float, types.NoneType)
_HOLDERS = (list, tuple, dict)
# Bases that say nothing of how an object is written down.
_MARKERS = frozenset(
    (
        *("abc.ABC", "typing.Generic", "typing.Protocol", "Exception", "ValueError"),
        *("enum.Enum", "enum.Flag", "RuntimeError", "KeyError", "LookupError", "TypeError"),
        *("pydantic.BaseModel", "pydantic.main.BaseModel"),
    )
)
# What neither replaces a class nor derives it from another one.
_KEEPING_DECORATORS = ("dataclasses.", "functools.total_ordering", "enum.unique", "typing.")
_MAX_DEPTH = 8


@dataclass(frozen=True)
class Format:
    """A way to write values down: the types it takes, and library objects that it does not.

    `objects` are the names of the types of the latter, by resolved path.
    """

    takes: tuple[type, ...]
    objects: tuple[PathTable[str], ...]

    def refused(self, value: Value) -> str | None:
        """Return the type of something that `value`, at least at times, certainly holds.

        None where nothing is known that is refused, and for what code has asked what it is.
        """
        return next(self._in(value, 0), None)

    def _in(self, value: Value, depth: int) -> Iterator[str]:
        for shape in value.shapes if depth < _MAX_DEPTH else ():
            if not _is_declared(shape) and not _is_in_doubt(value, shape):
                yield from self._of(shape, depth)

    def _of(self, shape: Shape, depth: int) -> Iterator[str]:
        kind = type_of(shape)
        match shape:
            case Container() if kind is not None and issubclass(kind, _HOLDERS):
                yield from self._held(shape, kind, depth)
            case Constant(enumeration=Class() as cls) | Instance(cls=cls):
                if _is_of_its_own(cls):
                    yield cls.name
            case External() if (name := self._library_object(shape.path)) is not None:
                if not _is_changed(shape):
                    yield name
            case Opaque(site=Site(node=cst.ExceptHandler() as handler), parent=None):
                yield _caught(handler)
            case _:
                if kind is not None and not issubclass(kind, self.takes):
                    yield _name(shape, kind)

    def _held(self, container: Container, kind: type, depth: int) -> Iterator[str]:
        for key in (*container.items, *(s for value in container.keys for s in value.shapes)):
            if isinstance(key, Shape):
                yield from self._key(key)
        for key, value in container.items.items():
            if key not in container.unsettled:
                yield from self._in(value, depth + 1)
        if None in container.unsettled:
            return
        for value in container.rest:
            found = list(self._in(value, depth + 1))
            # Under a key that is not known, one value may replace the other.
            if found and (not issubclass(kind, dict) or self._all_refused(container, depth)):
                yield found[0]

    def _key(self, key: Shape) -> Iterator[str]:
        """Yield the type of a key, if `json.dumps` refuses such a key."""
        kind = type_of(key)
        if kind is not None and not issubclass(kind, _JSON) and not _is_declared(key):
            yield kind.__name__
        elif isinstance(key, Instance) and _is_named_tuple(key.cls):
            yield key.cls.name
        elif kind is None:
            yield from self._of(key, _MAX_DEPTH)

    def _all_refused(self, container: Container, depth: int) -> bool:
        return all(
            not _is_in_doubt(value, shape) and next(self._of(shape, depth + 1), None)
            for value in container.rest
            for shape in value.shapes
        )

    def _library_object(self, path: str) -> str | None:
        if "[]" in path:
            return None
        found = (table.find(path) for table in self.objects)
        return next((name for name in found if name is not None), None)


def checkpoint_format(objects: PathTable[str]) -> Format:
    """Return how the SDK stores the results of operations, but for `objects`."""
    takes = (*_JSON, *_HOLDERS, bytes, bytearray, memoryview, UUID, Decimal, date)
    return Format(takes, (objects,))


def response_format(*objects: PathTable[str]) -> Format:
    """Return how the SDK hands over the result of a handler, but for `objects`."""
    return Format((*_JSON, *_HOLDERS), objects)


def _is_in_doubt(value: Value, shape: Shape) -> bool:
    """Whether code has asked what the shape of a value is; what a holder holds is asked itself."""
    kind = type_of(shape) if isinstance(shape, Container) else None
    holds = kind is not None and issubclass(kind, _HOLDERS)
    return (choice_of(value) if holds else value.origins) >= DOUBT


def _is_declared(shape: Shape) -> bool:
    """Whether an object is known by an annotation only, which can lie."""
    site = getattr(shape, "site", None)
    return isinstance(site, Site) and site.frame.body is UNKNOWN_BODY


def _is_of_its_own(cls: Class) -> bool:
    """Whether the objects of a class are certainly not derived from anything that is taken."""
    for ancestor in cls.ancestry():
        known = all(isinstance(base.only(), Class | External) for base in ancestor.bases)
        kept = all(path.startswith(_KEEPING_DECORATORS) for path in ancestor.decorators)
        if not known or not kept or "__new__" in ancestor.members.env or ancestor.node.keywords:
            return False
    return all(base.path in _MARKERS for base in cls.foreign_bases())


def _is_named_tuple(cls: Class) -> bool:
    return any(base.path == "typing.NamedTuple" for base in cls.foreign_bases())


def _is_changed(shape: External) -> bool:
    """Tell whether the code that got an object from a library has changed it, by items or the like.

    What it is refused for may be gone.
    """
    made_in = shape.site.maker.host if shape.site is not None else None
    events = made_in.events.values() if made_in is not None else ()
    return any(isinstance(event, Write) and event.target == shape for event in events)


def _caught(handler: cst.ExceptHandler) -> str:
    match handler.type:
        case cst.Name(value=name) | cst.Attribute(attr=cst.Name(value=name)):
            return name
        case _:
            return "exception"


def _name(shape: Shape, kind: type) -> str:
    """Return what messages call a type; an iterator by what has made it."""
    if isinstance(shape, Container) and shape.kind == "iterator":
        call = shape.site.frame.host.call_at(shape.site.node)
        callee = call.callee.only() if call is not None else None
        if isinstance(callee, External):
            return callee.path if class_at(callee.path) else "iterator"
    return kind.__name__

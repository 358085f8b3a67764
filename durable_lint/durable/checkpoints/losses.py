"""Results that come back from a checkpoint as plainer objects than they were.

Measured on SDK 3.0.0: of what is derived from a type that the serialiser takes, the plain value
comes back, a `bytearray` as bytes, and a named tuple as a tuple.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import libcst as cst

from durable_lint.durable.checkpoints.returns import is_stored_by_default
from durable_lint.durable.shapes import Operation
from durable_lint.program.values.frames import Frame
from durable_lint.program.values.python_types import class_at, type_of
from durable_lint.program.values.shapes import Class, Constant, Container, Instance, Opaque
from durable_lint.program.values.values import Shape

_PLAIN = (int, str, float, bytes, list, tuple, dict)
_PLAIN_BY_BASE = {
    "typing.NamedTuple": tuple,
    "enum.IntEnum": int,
    "enum.IntFlag": int,
    "enum.StrEnum": str,
}


@dataclass(frozen=True, slots=True)
class Loss:
    """An attribute that is read from what came back of `operation`, and only the original had."""

    operation: Operation
    node: cst.CSTNode
    frame: Frame
    original: str
    plain: str
    name: str


def loss(frame: Frame, node: cst.CSTNode, shape: Shape, name: str) -> Loss | None:
    """Return the loss that reading the attribute `name` of `shape` at `node` meets, if any."""
    operation = _stored_by(shape)
    bodies = operation.bodies if operation is not None else ()
    returned = [frame.result for _, frames in bodies for frame in frames]
    original = returned[0].only() if len(returned) == 1 else None
    plain = _plain(original) if original is not None else None
    if operation is None or original is None or plain is None or hasattr(plain, name):
        return None
    if isinstance(shape, Container) and not _came_of(shape, original, plain):
        return None
    return Loss(operation, node, frame.host, _name(original), plain.__name__, name)


def _stored_by(shape: Shape) -> Operation | None:
    """Return the operation that has handed back an object, as the SDK stores it by default."""
    match shape:
        case Opaque(label="result", parent=None, site=site):
            node, frame = site.node, site.frame
        case Container() if shape.site.copied is not None:
            node, frame = shape.site.copied
        case _:
            return None
    call = frame.host.call_at(node)
    operation = call.meaning if call is not None else None
    if isinstance(operation, Operation) and is_stored_by_default(operation):
        return operation
    return None


def _came_of(container: Container, original: Shape, plain: type) -> bool:
    """Whether a container is what came back for `original`, not for something that it holds."""
    made = original.site if isinstance(original, Container) else None
    return container.kind == plain.__name__ and made == replace(container.site, copied=None)


def _plain(original: Shape) -> type | None:
    """Return the type that comes back instead of that of an object; None where it is kept."""
    match original:
        case Constant(enumeration=Class() as cls) | Instance(cls=cls):
            bases = [base.path for base in cls.foreign_bases()]
            known = (_PLAIN_BY_BASE.get(path) or class_at(path) for path in bases)
            return next((kind for kind in known if kind in _PLAIN), None)
        case Container(kind="namedtuple"):
            return tuple
        case _:
            kind = type_of(original)
            if kind is bytearray:
                return bytes
            if kind is None or kind in _PLAIN:
                return None
            return next((plain for plain in (list, tuple, dict) if issubclass(kind, plain)), None)


def _name(original: Shape) -> str:
    match original:
        case Constant(enumeration=Class() as cls) | Instance(cls=cls):
            return cls.name
        case Container():
            return original.kind
        case _:
            return "object"

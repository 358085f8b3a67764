"""Values that are fetched once and kept: lazy initialisation and memoised reads.

A function that asks whether a module's variable, or an object that a module owns, already has the
value before it fetches and keeps it, is a cache. So is one that `functools` makes into one.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from durable_lint.program.modules.syntax import descendants
from durable_lint.program.running.interpreter import Interpreter
from durable_lint.program.values.contents import deep_origins
from durable_lint.program.values.frames import Call, Cell, Frame, Region, Return, Write
from durable_lint.program.values.shapes import (
    Class,
    Container,
    External,
    Instance,
    Opaque,
    Site,
)
from durable_lint.program.values.values import Shape, Value

_CACHES = frozenset(
    (
        "functools.cache",
        "functools.lru_cache",
        "functools.lru_cache()",
        "cachetools.cached()",
        "cachetools.func.ttl_cache()",
        "cachetools.func.lru_cache()",
    )
)
# They keep the value on the object.
_CACHED_PROPERTIES = frozenset(("functools.cached_property", "cached_property"))


# What another process makes anew and differently, however long this one keeps it.
MADE_UP = frozenset(("LDF101", "LDF102", "LDF103", "LDF110"))


def is_cached(interpreter: Interpreter, frame: Frame) -> bool:
    """Tell whether the frame's function is decorated as a cache that outlives the execution."""
    function = frame.function
    decorators = function.decorators if function is not None else ()
    if any(path in _CACHES for path in decorators):
        return True
    return any(path in _CACHED_PROPERTIES for path in decorators) and _is_of_kept(
        interpreter, frame
    )


def _is_of_kept(interpreter: Interpreter, frame: Frame) -> bool:
    """Tell whether the object that a method runs for outlives the execution, or may do so."""
    receiver = next(iter(frame.given.values()), None)
    if not isinstance(receiver, Value) or not receiver.shapes:
        return True
    return any(_is_kept_object(interpreter, shape) for shape in receiver.shapes)


def is_kept(interpreter: Interpreter, frame: Frame, origin: object) -> bool:
    """Tell whether `frame` keeps what comes of `origin` where it first looks for it."""
    return any(
        origin in deep_origins(write.value)
        and _is_kept_object(interpreter, write.target)
        and _looked_up(interpreter, frame, write)
        for write in _writes(frame)
    )


def _writes(frame: Frame) -> Iterator[Write]:
    """Yield the changes that a frame makes, and those of what it calls under a test."""
    for event in frame.all_events():
        if isinstance(event, Write):
            yield event
        elif isinstance(event, Call) and event.regions:
            for callee in event.callees:
                for inner in callee.all_events():
                    if isinstance(inner, Write):
                        yield inner.made_by(event)


def outlives(target: Cell | Shape) -> bool:
    """Tell whether a variable or object belongs to a module or class, and so to the process."""
    match target:
        case Cell():
            return target.frame.outer is None
        case Opaque():
            return target.site.maker.host.outer is None
        case Container() | Instance() | External(site=Site()):
            return target.site is not None and target.site.owner is None
        case Class():
            return target.frame.outer is None
        case _:
            return False


def _is_kept_object(interpreter: Interpreter, target: Cell | Shape) -> bool:
    """Tell whether an object outlives the execution, if only because a module got hold of it."""
    if outlives(target):
        return True
    if not isinstance(target, Container | Instance):
        return False
    if any(is_cached(interpreter, frame) for frame in target.site.maker.ancestors()):
        return True
    return any(target in value.index() for value in _held_by_modules(interpreter))


def _held_by_modules(interpreter: Interpreter) -> Iterator[Value]:
    """Yield the values of the variables of all modules and of their classes."""
    for frame in interpreter.frames:
        if frame.outer is None:
            for value in _values(frame):
                yield value
                for shape in value.shapes:
                    if isinstance(shape, Class):
                        yield from _values(shape.members)


def _values(frame: Frame) -> Iterator[Value]:
    return (value for value in frame.env.values() if isinstance(value, Value))


def _looked_up(interpreter: Interpreter, frame: Frame, write: Write) -> bool:
    """Whether a test that reads the target comes before the write, or has it in its branch."""
    read = {
        access.node
        for access in interpreter.reads.get(write.target, ())
        if access.frame is frame and access.order < write.last
    }
    if not read:
        return False
    looks = [_look_of(frame, region) for region in write.regions if region.kind != "try"]
    returns = [e for e in frame.all_events() if isinstance(e, Return) and e.order < write.order]
    looks += [_look_of(frame, r) for event in returns for r in event.regions]
    return any(node in read for look in looks if look for node in descendants(look))


def _look_of(frame: Frame, region: Region) -> cst.CSTNode | None:
    """Return the code that decides whether that of a region runs: a test, or what is tried."""
    node = region.node
    if region.kind == "branch":
        return node.test if isinstance(node, cst.If | cst.IfExp) else node
    tried = frame.module.parents.get(node) if region.kind == "handler" else node
    return tried.body if isinstance(tried, cst.Try) else None

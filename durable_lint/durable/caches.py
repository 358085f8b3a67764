"""Values that are fetched once and kept: lazy initialisation and memoised reads.

A function that asks whether a module's variable, or an object that a module owns, already has the
value before it fetches and keeps it, is a cache. So is one that `functools` makes into one.
"""

from __future__ import annotations

import libcst as cst

from durable_lint.program.frames import Cell, Frame, Return, Write
from durable_lint.program.interpreter import Interpreter
from durable_lint.program.shapes import (
    Class,
    Container,
    External,
    Instance,
    Opaque,
)
from durable_lint.program.syntax import descendants
from durable_lint.program.values import Shape, Value

_CACHE_DECORATORS = frozenset(
    (
        "functools.cache",
        "functools.lru_cache",
        "functools.lru_cache()",
        "cachetools.cached()",
        "cachetools.func.ttl_cache()",
        "cachetools.func.lru_cache()",
    )
)


# These keep a value in the object that is asked for it.
_OBJECT_CACHES = frozenset(("functools.cached_property", "cached_property"))

# What another process makes anew and differently, however long this one keeps it.
MADE_UP = frozenset(("LDF101", "LDF102", "LDF103", "LDF110"))


def is_cached(frame: Frame) -> bool:
    """Tell whether the frame's function is decorated as a cache that lives on between runs."""
    decorators = frame.function.decorators if frame.function is not None else ()
    if any(path in _OBJECT_CACHES for path in decorators):
        owner = next(iter(frame.given.values()), None)
        return isinstance(owner, Value) and all(outlives(shape) for shape in owner.shapes)
    return any(path in _CACHE_DECORATORS for path in decorators)


def is_kept(interpreter: Interpreter, frame: Frame, origin: object) -> bool:
    """Tell whether `frame` keeps the value of `origin` where it first looks for it."""
    return any(
        isinstance(event, Write)
        and origin in event.value.origins
        and outlives(event.target)
        and _looked_up(interpreter, frame, event)
        for event in frame.all_events()
    )


def outlives(target: Cell | Shape) -> bool:
    """Tell whether a variable or object belongs to a module or class, and so to the process."""
    match target:
        case Cell():
            return target.frame.outer is None
        case Container() | Instance() | Opaque():
            return target.site.maker.host.outer is None
        case External():
            return target.site is not None and target.site.maker.host.outer is None
        case Class():
            return target.frame.outer is None
        case _:
            return False


def _looked_up(interpreter: Interpreter, frame: Frame, write: Write) -> bool:
    """Whether a test that reads the target comes before the write, or has it in its branch."""
    read = {
        access.node
        for access in interpreter.reads.get(write.target, ())
        if access.frame is frame and access.order < write.last
    }
    if not read:
        return False
    tests = [region.node for region in write.regions if region.kind == "branch"]
    returns = [e for e in frame.all_events() if isinstance(e, Return) and e.order < write.order]
    tests += [r.node for event in returns for r in event.regions if r.kind == "branch"]
    return any(node in read for test in tests for node in descendants(_condition(test)))


def _condition(node: cst.CSTNode) -> cst.CSTNode:
    return node.test if isinstance(node, cst.If | cst.IfExp) else node

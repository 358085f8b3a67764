"""Values that a test chooses: what stands behind a name depends on the way that was taken to it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.values.frames import Frame, Leave, Region, Write
from durable_lint.program.values.shapes import Constant, Container
from durable_lint.program.values.values import Shape, Value, join

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

Origins = frozenset[Hashable]


def deciding(frame: Frame, regions: Iterable[Region]) -> Origins:
    """Return the origins of all that decides whether code in `regions` of a frame runs."""
    tests = [frame.host.test_of(region) for region in regions]
    return frozenset[Hashable]().union(*(test.value.origins for test in tests if test is not None))


def deciding_rounds(frame: Frame, loop: cst.CSTNode) -> Origins:
    """Return the origins of all that decides how often a loop of a frame goes round."""
    found = deciding(frame, [Region("loop", loop)])
    for event in frame.host.events.values():
        nodes = [region.node for region in event.regions]
        if isinstance(event, Leave) and loop in nodes:
            found |= deciding(frame, event.regions[nodes.index(loop) :])
    return found


def choose(
    interpreter: Interpreter, frame: Frame, origins: Origins, arms: Iterable[cst.CSTNode]
) -> None:
    """Let all that is bound or changed in one of some `arms` depend on what chose the arm.

    What is the same literal in the end was not chosen.
    """
    if not origins:
        return
    names = frozenset[str]().union(*(interpreter.scope(arm).bound for arm in arms))
    changed = _changed(frame, arms)
    for name, bound in frame.env.items():
        if isinstance(bound, Value) and (name in names or changed.intersection(bound.shapes)):
            frame.env[name] = chosen(bound, origins)


def chosen(value: Value, origins: Origins) -> Value:
    """Return `value` as one of several that `origins` choose from."""
    return value if isinstance(value.only(), Constant) else value.mixed_with(origins)


def chosen_by_returns(frame: Frame) -> Value:
    """Return what a function returns, as chosen by what decides which `return` is reached."""
    returns = [e for e in frame.events.values() if isinstance(e, Leave) and e.how == "return"]
    origins = frozenset[Hashable]().union(*(deciding(frame, e.regions) for e in returns))
    return chosen(frame.result, origins)


def count_origins(iterable: Value) -> Origins:
    """Return the origins of the number of elements; those of the elements are not among them."""
    if not all(isinstance(shape, Container) for shape in iterable.shapes):
        return iterable.origins
    contents = join(s.content() for s in iterable.shapes if isinstance(s, Container))
    return iterable.origins - contents.origins


def _changed(frame: Frame, arms: Iterable[cst.CSTNode]) -> set[object]:
    """Return the objects that the code of some arms changes."""
    blocks = set(map(id, arms))
    return {
        event.target
        for event in frame.host.events.values()
        if isinstance(event, Write)
        and isinstance(event.target, Shape)
        and any(id(region.arm) in blocks for region in event.regions)
    }

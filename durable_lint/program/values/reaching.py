"""Which changes to variables and objects may be part of what a reader finds there.

A state says this for one moment of the walk, of each variable and object that was changed until
then by somebody else than the variable's own block. None stands for the content before all these
changes. What is known to concern one item or attribute only is kept apart from the whole.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

from durable_lint.program.values.frames import Cell, Seen, State, Write
from durable_lint.program.values.shapes import Class, Container, Instance
from durable_lint.program.values.values import Shape, Value, join

BEFORE: Seen = frozenset((None,))
_NOTHING: Seen = frozenset()

_Parts = Mapping[Hashable, Seen]
_UNCHANGED: _Parts = {}


def seen(state: State, target: Cell | Shape, part: Hashable = None) -> Seen:
    """Return the changes that may be found in `target`, or in that one part of it."""
    parts = state.get(target)
    if parts is None:
        return BEFORE
    whole = parts.get(None, BEFORE)
    if part is None:
        return whole.union(*(own - BEFORE for own in parts.values()))
    own = parts.get(part, BEFORE)
    return (own - BEFORE) | whole if None in own else own


def replacement(state: State, target: Cell | Shape, part: Hashable = None) -> Value | None:
    """Return what certainly was assigned to a module's variable, or to a part of its object.

    None where something else may still be there. Of other objects one may stand for several.
    """
    if not state or not _exists_once(target):
        return None
    writes = seen(state, target, part)
    values = [write.value for write in writes if write is not None and write.part == part]
    return join(values) if values and len(values) == len(writes) else None


def _exists_once(target: Cell | Shape) -> bool:
    match target:
        case Cell() | Class():
            return target.frame.outer is None
        case Container() | Instance():
            return target.site.maker.outer is None
        case _:
            return False


def changed(state: State, write: Write, *, replaces: bool) -> State:
    """Return the state after `write`, which leaves nothing of what was there if it `replaces`."""
    own: Seen = frozenset((write,))
    parts = dict(state.get(write.target, _UNCHANGED))
    if replaces:
        parts = {None: own} if write.part is None else {**parts, write.part: own}
    elif write.part is None:
        parts = {None: BEFORE, **parts}
        parts = {part: found | own for part, found in parts.items()}
    else:
        parts[write.part] = parts.get(write.part, BEFORE) | own
    return {**state, write.target: parts}


def renewed(state: State, target: Cell | Shape) -> State:
    """Return the state after `target` was assigned by its own block, or made anew."""
    if target not in state:
        return state
    rest = dict(state)
    del rest[target]
    return rest


def merged(states: Sequence[State]) -> State:
    """Return the state where any of `states` may be the one that was left."""
    first = states[0]
    if all(state is first for state in states):
        return first
    result: dict[Cell | Shape, _Parts] = {}
    for target in dict.fromkeys(target for state in states for target in state):
        ways = [state.get(target, _UNCHANGED) for state in states]
        if all(way is ways[0] for way in ways):
            result[target] = ways[0]
            continue
        parts = dict.fromkeys((None, *(part for way in ways for part in way)))
        result[target] = {
            part: _NOTHING.union(*(way.get(part, BEFORE) for way in ways)) for part in parts
        }
    return result


@dataclass(frozen=True, slots=True)
class _Gain:
    """What code adds to the changes of one target, by part, and which parts it does not replace."""

    parts: _Parts
    kept: frozenset[Hashable]


# What code does to each target that it changes or makes; None stands for the latter.
Effect = Mapping[Cell | Shape, _Gain | None]


def effect(entry: State, left: State) -> Effect:
    """Return what code does that finds the one state and leaves the other."""
    found: dict[Cell | Shape, _Gain | None] = {}
    for target in {*entry, *left} if entry is not left else ():
        before, after = entry.get(target, _UNCHANGED), left.get(target)
        if after is None:
            found[target] = None
        elif after is not before:
            parts = {
                part: after.get(part, BEFORE) - before.get(part, BEFORE) for part in (None, *after)
            }
            kept = (p for p in parts if after.get(p, BEFORE) & before.get(p, BEFORE))
            found[target] = _Gain(parts, frozenset(kept))
    return found


def repeated(state: State, done: Effect) -> State:
    """Return the state after code has run once more."""
    if not done:
        return state
    result = dict(state)
    for target, gain in done.items():
        if gain is None:
            result.pop(target, None)
        else:
            result[target] = _added(result.get(target, _UNCHANGED), gain)
    return result


def _added(current: _Parts, gain: _Gain) -> _Parts:
    whole = gain.parts[None]
    parts = {None: BEFORE, **current} if None in gain.kept else {None: _NOTHING}
    parts = {part: found | whole for part, found in parts.items()}
    for part, own in gain.parts.items():
        if part is not None:
            parts[part] = own | (parts.get(part, BEFORE) if part in gain.kept else _NOTHING)
    return parts

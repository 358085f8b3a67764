"""Which changes to variables and objects may be part of what a reader finds there.

A state says this for one moment of the walk, of each variable and object that was changed until
then by somebody else than the variable's own block. None stands for the content before all these
changes. What is known to concern one item or attribute only is kept apart from the whole.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from durable_lint.program.frames import Cell, Seen, State, Write
from durable_lint.program.values import Shape

BEFORE: Seen = frozenset((None,))

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
        parts = dict.fromkeys((None, *(part for way in ways for part in way)))
        result[target] = {
            part: frozenset[Write | None]().union(*(way.get(part, BEFORE) for way in ways))
            for part in parts
        }
    return result


def repeated(state: State, entry: State, left: State) -> State:
    """Return the state after code that once turned `entry` into `left` has run again."""
    if entry is left:
        return state
    result = dict(state)
    for target in {*entry, *left}:
        before, after = entry.get(target, _UNCHANGED), left.get(target)
        if after is None:
            result.pop(target, None)
        elif after is not before:
            result[target] = _repeated(result.get(target, _UNCHANGED), before, after)
    return result


def _repeated(current: _Parts, before: _Parts, after: _Parts) -> _Parts:
    def gained(part: Hashable) -> Seen:
        return after.get(part, BEFORE) - before.get(part, BEFORE)

    def kept(part: Hashable) -> bool:
        return bool(after.get(part, BEFORE) & before.get(part, BEFORE))

    parts = {None: BEFORE, **current} if kept(None) else {None: frozenset[Write | None]()}
    parts = {part: found | gained(None) for part, found in parts.items()}
    for part in after:
        if part is not None:
            found = parts.get(part, BEFORE) if kept(part) else frozenset[Write | None]()
            parts[part] = found | gained(part)
    return parts

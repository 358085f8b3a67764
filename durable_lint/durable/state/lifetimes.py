"""Whose a variable or object is, and which changes to it are lost with the body that made them.

What a body changes outside of itself is gone on replay, when its stored result is handed back and
its code does not run. It matters where somebody looks at it afterwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import libcst as cst

from durable_lint.durable.flow.flow import is_log
from durable_lint.durable.flow.routes import Callers, is_root
from durable_lint.durable.options import is_certainly, option
from durable_lint.durable.sdk import Role
from durable_lint.durable.shapes import Body, Operation, Prepared
from durable_lint.durable.walk import Walk
from durable_lint.program.modules.syntax import descendants
from durable_lint.program.running.changes import is_buffer, is_one_shot
from durable_lint.program.running.looks import reachable
from durable_lint.program.values.frames import Access, Cell, Frame, Write
from durable_lint.program.values.reaching import seen
from durable_lint.program.values.shapes import (
    Bound,
    Class,
    Container,
    External,
    Function,
    Instance,
    Opaque,
    Partial,
)
from durable_lint.program.values.values import NOTHING, Shape, Value

_NO_DATA = frozenset(("field", "coroutine"))


@dataclass(frozen=True, slots=True)
class Change:
    """A change that code of `body` makes to what is not its own; `owner` is None for a module's.

    A `body` without a parent runs on every invocation.
    """

    write: Write
    body: Body
    owner: Body | None


class Lifetimes:
    """The owners and readers of everything that one walk saw changed."""

    def __init__(self, walk: Walk, callers: Callers) -> None:
        self._walk = walk
        self._callers = callers

    def changes(self) -> Iterator[Change]:
        """Yield each change to something known that is not the changing body's own."""
        for event in self._walk.events:
            if not isinstance(event, Write) or not _is_known(event.target):
                continue
            body = self.account(event.frame.body)
            owner = owner_of(event.target)
            if owner is None and body is not None:
                yield Change(event, body, None)
            elif isinstance(owner, Body) and body is not None:
                known = self.account(owner)
                if known is not None and known != body and body.inside(known):
                    yield Change(event, body, known)

    def account(self, body: object) -> Body | None:
        """Return the body on whose account code runs: that which a virtual context belongs to.

        None where a configuration that decides this cannot be read.
        """
        while isinstance(body, Body):
            operation = self._operations.get(body)
            virtual = _is_virtual(body.role, operation) if operation is not None else False
            if not virtual:
                return body if virtual is False else None
            body = body.parent
        return None

    @cached_property
    def _operations(self) -> dict[Body, Operation]:
        return {body: made for made in self._walk.operations for body, _ in made.bodies}

    def operation(self, body: Body) -> Operation | None:
        """Return the operation that runs a body."""
        return self._operations.get(body)

    def changed_in(self, body: Body) -> set[cst.CSTNode]:
        """Return where code of a body changes what is not its own."""
        return {change.write.node for change in self.changes() if change.body == body}

    def lost_reads(self, change: Change) -> list[Access]:
        """Return the looks at what a body changed that do not find it changed on replay."""
        return [
            access
            for access in self._reads(change.write)
            if self._misses(access, change.write, change.body)
        ]

    def reads(self, change: Change) -> list[Access]:
        """Return all looks at what is changed in the same execution."""
        root = _root(change.body)
        return [
            access
            for access in self._reads(change.write)
            if isinstance(access.body, Body)
            and _root(access.body) == root
            and (access.part is None or change.write.part in (None, access.part))
        ]

    def _reads(self, write: Write) -> Iterator[Access]:
        for access in self._walk.interpreter.reads.get(write.target, ()):
            if id(access.node) not in self._logged:
                yield access

    @cached_property
    def _logged(self) -> set[int]:
        """What stands in the arguments of log calls, by id."""
        return {
            id(node)
            for call in self._walk.calls
            if is_log(call)
            for item in call.arguments.items
            if item.node is not None
            for node in descendants(item.node)
        }

    def _misses(self, access: Access, write: Write, changed_by: Body) -> bool:
        reader = self.account(access.body)
        if reader is None:
            return False
        if not reader.inside(changed_by):
            return self._sees(access, write) and not _are_siblings(reader, changed_by)
        return self._next_run_misses(access, write, changed_by)

    def _next_run_misses(self, access: Access, write: Write, body: Body) -> bool:
        """Tell whether another run of the body looks at what its earlier run has left.

        Each run finds its own change, so only those looks count that come before all changes.
        """
        target, part = write.target, access.part
        looks = self._walk.interpreter.reads[target]
        first = next(a for a in looks if a.node is access.node and _start(a.frame, body))
        start = _start(first.frame, body)
        if start is None or not first.seen & seen(start.entry, target, part):
            return False
        return any(
            write in seen(state, target, part)
            for run in self._starts.get(body, ())
            for state in (run.entry, *(s for outer in self._around(run) for s in outer.recalls))
        )

    @cached_property
    def _starts(self) -> dict[object, list[Frame]]:
        found: dict[object, list[Frame]] = defaultdict(list)
        for frame in self._walk.frames:
            if is_root(frame):
                found[frame.body].append(frame)
        return found

    def _sees(self, access: Access, write: Write) -> bool:
        """Tell whether a look finds the change, if only where the code around it runs again."""
        target, part = write.target, access.part
        return write in access.seen or any(
            write in seen(state, target, part)
            for outer in self._around(access.frame)
            if access.seen & seen(outer.entry, target, part)
            for state in outer.recalls
        )

    def _around(self, frame: Frame) -> Iterator[Frame]:
        """Yield a frame and all that lead to it, those that start its body included."""
        found = {id(frame)}
        waiting = [frame]
        while waiting:
            current = waiting.pop()
            yield current
            outer = [call.frame for call in self._callers.of(current)]
            if is_root(current) and isinstance(current.body, Body):
                outer.append(current.body.frame)
            for caller in outer:
                if id(caller) not in found:
                    found.add(id(caller))
                    waiting.append(caller)


def owner_of(target: Cell | Shape) -> object:
    """Return the body that a variable or object was made for; None for a module's own."""
    match target:
        case Cell() | Class() | Function():
            return target.frame.body
        case Container() | Instance() | Opaque():
            return target.site.owner
        case External() if target.site is not None:
            return target.site.owner
        case _:
            return None


def _is_known(target: Cell | Shape) -> bool:
    """Whether it is known what changing the variable or object means."""
    match target:
        case Cell() | Class() | Function() | Instance():
            return True
        case Container():
            return target.kind not in _NO_DATA
        case Opaque():
            while target.parent is not None:
                target = target.parent
            return target.site.body is not None or target.label == "result"
        case _:
            return is_buffer(target) or is_one_shot(target)


def _is_virtual(role: Role, operation: Operation) -> bool | None:
    """Whether a body's code runs on every invocation of its caller; None if that is not known."""
    if role is Role.CHILD:
        return _is_set(operation, "is_virtual", to=True)
    if role is Role.RETRY:
        return _is_set(operation, "wrap_with_run_in_child_context", to=False)
    return False


def _is_set(operation: Operation, name: str, *, to: bool) -> bool | None:
    value = option(operation, name)
    if is_certainly(value, to):
        return True
    return False if value == NOTHING or is_certainly(value, not to) else None


def _root(body: Body) -> Body:
    while body.parent is not None:
        body = body.parent
    return body


def _are_siblings(one: Body, other: Body) -> bool:
    """Whether the bodies are, or lie in, branches of one operation that run at the same time."""
    body: Body | None = one
    while body is not None:
        if body.node is other.node and body.parent == other.parent:
            return other.role.concurrent
        body = body.parent
    return False


def _start(frame: Frame, body: Body) -> Frame | None:
    """Return the run of `body` that an activation belongs to."""
    for outer in frame.ancestors():
        if outer.body == body and is_root(outer):
            return outer
    return None


def drives_operations(walk: Walk, reads: Sequence[Access]) -> bool:
    """Tell whether one of the looks goes over what was changed, to make operations of it."""
    loops = {id(loop) for loop in map(_loop_over, reads) if loop is not None}
    return any(
        id(region.node) in loops and walk.is_or_makes_operation(call)
        for call in walk.calls
        for region in call.regions
        if region.kind == "loop"
    )


def _loop_over(access: Access) -> cst.CSTNode | None:
    parent = access.frame.module.parents.get(access.node)
    goes_over = isinstance(parent, cst.For | cst.CompFor) and parent.iter is access.node
    return parent if goes_over else None


def holds_callable(value: Value) -> bool:
    """Tell whether a value is, or holds, something to be called later."""
    return any(
        isinstance(shape, Function | Bound | Partial | Prepared)
        for shape in reachable(value.shapes)
    )

"""One activation of a block of code, and what was seen to happen in it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import libcst as cst

from durable_lint.program.modules.scopes import Scope
from durable_lint.program.modules.syntax import function_name
from durable_lint.program.values.values import (
    NOTHING,
    Shape,
    Value,
    join,
)

if TYPE_CHECKING:
    from durable_lint.program.modules.imports import Deferred, Import
    from durable_lint.program.modules.module import Module
    from durable_lint.program.values.arguments import Arguments
    from durable_lint.program.values.shapes import Function


@dataclass(frozen=True, slots=True)
class Region:
    """A part of a compound statement that code lies in.

    `kind` is one of try, handler, else, finally, with, exit, loop, branch; `test` is what a branch
    asks, what an except clause catches, or what a `with` manages. `arm` tells the ways apart that
    go on from one test.
    """

    kind: str
    node: cst.CSTNode
    test: Value = NOTHING
    arm: cst.CSTNode | None = None


@dataclass(eq=False, slots=True, repr=False)
class Event:
    """Something that happens at `node` when `frame` runs.

    `order` counts through the whole walk; `last` is the order of the latest pass over a loop.
    """

    node: cst.CSTNode
    frame: Frame
    regions: tuple[Region, ...]
    order: int
    last: int = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.order

    def merge(self, later: Self) -> None:
        """Take in the same event as seen on a later pass over a loop."""
        self.last = later.last


@dataclass(eq=False, slots=True, repr=False)
class Call(Event):
    """A call, or an attribute of a library that is read.

    `meaning` is what the layer above makes of it; `callees` are the activations it led to. It is
    `applied` where library code calls on behalf of another call at the same node, as `map` does.
    """

    callee: Value
    arguments: Arguments
    result: Value = NOTHING
    callees: list[Frame] = field(default_factory=list)
    meaning: object = None
    applied: bool = False

    def merge(self, later: Self) -> None:
        """Take in the same call as seen on a later pass over a loop."""
        self.last = later.last
        self.callee = join([self.callee, later.callee])
        self.arguments = later.arguments
        self.result = join([self.result, later.result])
        self.lead_to(later.callees)
        self.meaning = later.meaning or self.meaning

    def lead_to(self, frames: Iterable[Frame]) -> None:
        """Note that the call ran the code of `frames`."""
        self.callees.extend(frame for frame in frames if frame not in self.callees)


@dataclass(frozen=True, slots=True)
class Cell:
    """A variable: a name in the frame that owns it."""

    frame: Frame
    name: str


@dataclass(eq=False, slots=True, repr=False)
class Write(Event):
    """A variable or an object is changed.

    `how` is name, item, attribute, method, delete or advance. `part` is the item (a Constant), the
    attribute (its name) or the POSITION that alone is changed; None stands for all of it, and for a
    part that is not known. `builds` tells whether the new content depends on the old one, `before`
    which changes the old one may come from, and `pattern` what `node` is unpacked in.
    """

    target: Cell | Shape
    how: str
    label: str
    value: Value = NOTHING
    part: Hashable = None
    builds: bool = False
    before: Seen = frozenset()
    pattern: cst.CSTNode | None = None

    def merge(self, later: Self) -> None:
        """Take in the same change as seen on a later pass over a loop."""
        self.last = later.last
        self.value = join([self.value, later.value])
        self.before |= later.before

    def made_by(self, call: Call) -> Write:
        """Return this change as the code sees it that makes `call`, which leads to it."""
        how, label, value, part = self.how, self.label, self.value, self.part
        where = (call.node, call.frame, call.regions, call.order)
        return Write(*where, self.target, how, label, value, part)


# The part of an iterator, or of an open file, that is changed by taking from it.
POSITION = ("position",)

# The changes that somebody may find, None among them for the content before all changes; and these
# by variable or object and its part.
Seen = frozenset[Write | None]
State = Mapping[Cell | Shape, Mapping[Hashable, Seen]]


@dataclass(eq=False, slots=True, repr=False)
class Test(Event):
    """A value decides what runs next, how often, or what its negation is.

    `node` is what branches or loops by it, and so that of the region that the value decides on.
    """

    value: Value

    def merge(self, later: Self) -> None:
        """Take in the same event as seen on a later pass over a loop."""
        self.last = later.last
        self.value = join([self.value, later.value])


@dataclass(eq=False, slots=True, repr=False)
class Iteration(Event):
    """A value is iterated by a loop, a comprehension, unpacking or a builtin."""

    value: Value

    def merge(self, later: Self) -> None:
        """Take in the same event as seen on a later pass over a loop."""
        self.last = later.last
        self.value = join([self.value, later.value])


@dataclass(eq=False, slots=True, repr=False)
class Return(Event):
    """A function returns; `node` is the returned expression, or the statement without one."""

    value: Value

    def merge(self, later: Self) -> None:
        """Take in the same event as seen on a later pass over a loop."""
        self.last = later.last
        self.value = join([self.value, later.value])


@dataclass(eq=False, slots=True, repr=False)
class Leave(Event):
    """Control leaves the block that it is in, by `how`: raise, return, break, continue or yield.

    `value` is what is raised, NOTHING where what is being handled is raised again. `end` says that
    the end of an except clause or a `finally` may be reached; `node` is then the clause or `try`.
    """

    how: str
    value: Value = NOTHING

    def merge(self, later: Self) -> None:
        """Take in the same event as seen on a later pass over a loop."""
        self.last = later.last
        self.value = join([self.value, later.value])


@dataclass(frozen=True, slots=True)
class Access:
    """A variable or object is read, by code that runs for `body`.

    `part` is the item, attribute or POSITION that alone is read, None for all of it; `seen` are the
    changes that may be found there.
    """

    order: int
    body: object
    frame: Frame
    node: cst.CSTNode
    value: Value
    part: Hashable = None
    seen: Seen = frozenset((None,))


Env = dict[str, "Value | Deferred"]


@dataclass(frozen=True, slots=True)
class Moment:
    """What the names of a frame stand for at one point of its run, and the state of objects."""

    env: Env
    state: State


@dataclass(slots=True)
class Jumps:
    """The moments of each `break` and `continue` of one loop."""

    breaks: list[Moment] = field(default_factory=list)
    continues: list[Moment] = field(default_factory=list)


@dataclass(eq=False, slots=True, repr=False)
class Frame:
    """One activation: names and their values now, and the events of its own code.

    A comprehension or class body runs in a frame of its own but for the account of `host`, the
    function or module that it stands in. `body` is the layer above's word for what the code runs
    for; callees inherit it. `call` is where it was called, `given` what its parameters got. `loops`
    are those being run, `raises` the moments of each `raise` of the `try` statements being run,
    innermost last; `repeated` are loops that were gone over before, and `blocks` the frames of
    comprehensions.
    `entry` and `left` are the states of objects (see `reaching`) before and after, `exits` those at
    each return, and `recalls` those where this activation was taken for another one.
    """

    node: cst.CSTNode
    module: Module
    scope: Scope
    outer: Frame | None = None
    caller: Frame | None = None
    function: Function | None = None
    body: object = None
    env: Env = field(default_factory=dict)
    regions: tuple[Region, ...] = ()
    result: Value = NOTHING
    yielded: list[Value] = field(default_factory=list)
    annotations: dict[str, cst.BaseExpression] = field(default_factory=dict)
    depth: int = 0
    call: cst.CSTNode | None = None
    inline: bool = False
    loops: list[Jumps] = field(default_factory=list)
    repeated: set[cst.CSTNode] = field(default_factory=set)
    raises: list[list[Moment]] = field(default_factory=list)
    blocks: dict[cst.CSTNode, Frame] = field(default_factory=dict)
    stars: list[Import] = field(default_factory=list)
    given: Mapping[str, Value | Deferred] = field(default_factory=dict)
    entry: State = field(default_factory=dict)
    left: State = field(default_factory=dict)
    exits: list[State] = field(default_factory=list)
    recalls: list[State] = field(default_factory=list)
    events: dict[tuple[type, int, str], Event] = field(default_factory=dict)

    @property
    def host(self) -> Frame:
        """The function or module on whose account this frame runs."""
        frame = self
        while frame.inline and frame.outer is not None:
            frame = frame.outer
        return frame

    @property
    def name(self) -> str:
        """How messages call the code of this frame."""
        return function_name(self.host.node)

    def owner_of(self, name: str) -> Frame | None:
        """Return the frame whose block binds `name` as seen from here; None for builtins."""
        if name in self.scope.global_names:
            return self.module_frame()
        if name in self.scope.bound or name in self.env:
            return self
        frame = self.outer
        while frame is not None:
            visible = type(frame.node) is not cst.ClassDef
            if visible and (name in frame.env or name in frame.scope.bound):
                return frame
            frame = frame.outer
        return None

    def module_frame(self) -> Frame:
        """Return the frame of the module that this code stands in."""
        frame = self
        while frame.outer is not None:
            frame = frame.outer
        return frame

    def ancestors(self) -> Iterator[Frame]:
        """Yield this frame and its callers, innermost first."""
        frame: Frame | None = self
        while frame is not None:
            yield frame
            frame = frame.caller

    def call_at(self, node: cst.CSTNode, variant: str = "") -> Call | None:
        """Return the call that this frame makes at `node`, None where it makes none.

        `variant` is the method that syntax calls there, or `resumed` for a generator that it runs.
        """
        event = self.events.get((Call, id(node), variant))
        return event if isinstance(event, Call) else None

    def test_of(self, region: Region) -> Test | None:
        """Return what decides whether, or how often, code in a region runs, if anything does."""
        if region.kind not in ("branch", "loop"):
            return None
        event = self.events.get((Test, id(region.node), ""))
        return event if isinstance(event, Test) else None

    def all_events(self) -> list[Event]:
        """Return the events of this frame in the order they were first seen."""
        return list(self.events.values())

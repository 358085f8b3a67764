"""The shapes that the SDK adds to a program: contexts, operations, bodies and what makes them."""

from __future__ import annotations

from dataclasses import dataclass, field

import libcst as cst

from durable_lint.durable.sdk import Role
from durable_lint.program.values.arguments import Argument, Arguments
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import Site
from durable_lint.program.values.values import Shape, Value


@dataclass(frozen=True, slots=True, repr=False)
class Body:
    """One callable run by the SDK: the handler, a step body, a branch, ...

    Code that runs for a body carries it; `parent` is the body that started the operation, and
    `call` the operation's call, None for an entry point.
    """

    role: Role
    node: cst.CSTNode
    frame: Frame
    subject: Shape
    parent: Body | None = None

    def __hash__(self) -> int:
        # Asked for very often; the subject and the parents are left to the comparison.
        return hash((self.role.value, id(self.node), id(self.frame)))

    @property
    def replayed(self) -> bool:
        """Whether its code runs again on every invocation."""
        return self.role.replayed

    def inside(self, other: Body) -> bool:
        """Whether this body is `other` or was started, at whatever depth, by it."""
        body: Body | None = self
        while body is not None:
            if body == other:
                return True
            body = body.parent
        return False

    @property
    def step(self) -> Body | None:
        """The outermost step body that this code runs in, itself included."""
        found: Body | None = None
        body: Body | None = self
        while body is not None:
            if not body.replayed:
                found = body
            body = body.parent
        return found


@dataclass(frozen=True, slots=True)
class Context(Shape):
    """The context object that a body receives; `durable` ones make operations."""

    body: Body
    durable: bool = True


@dataclass(frozen=True, slots=True)
class OperationMethod(Shape):
    """An operation read from a context, not called yet."""

    context: Context
    name: str


@dataclass(frozen=True, slots=True)
class Factory(Shape):
    """A function decorated by `durable_step` or its kin: calling it makes a body."""

    role: Role
    function: Value


@dataclass(frozen=True, slots=True)
class Prepared(Shape):
    """What a factory returns when it is called at `site`: a body with arguments, not run yet."""

    role: Role
    function: Value
    arguments: Arguments
    site: Site


@dataclass(frozen=True, slots=True)
class BranchObject(Shape):
    """`ParallelBranch(func=...)`, made at `site`; `node` is the expression of the function."""

    function: Value
    site: Site
    node: cst.CSTNode


@dataclass(frozen=True, slots=True)
class Duration(Shape):
    """A `Duration` of so many seconds, None if unknown; `cut` if a fraction of one was cut off."""

    seconds: float | None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Handler(Shape):
    """A function wrapped by `durable_execution`."""

    function: Value


@dataclass(eq=False, slots=True, repr=False)
class Operation:
    """The meaning of a call that makes a checkpoint.

    `arguments` are bound to the operation's own parameter names; `bodies` are what it runs, each
    with the frames that this led to.
    """

    name: str
    context: Context
    arguments: dict[str, Argument]
    call: Call
    bodies: list[tuple[Body, list[Frame]]] = field(default_factory=list)

    @property
    def with_article(self) -> str:
        """How messages speak of one."""
        return f"{'an' if self.name == 'invoke' else 'a'} {self.name}"


@dataclass(frozen=True, slots=True, repr=False)
class Effect:
    """The meaning of a call, or read, that is unfit for replayed code."""

    code: str
    path: str
    why: str
    node: cst.CSTNode
    frame: Frame

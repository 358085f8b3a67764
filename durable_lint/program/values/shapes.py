"""The things that a value can be at run time: functions, instances, literals, containers, ...

Shapes of mutable objects compare by the place and the frame that made them: one identity each.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import libcst as cst

from durable_lint.program.modules.linearise import linearise
from durable_lint.program.modules.syntax import FunctionNode, function_name
from durable_lint.program.values.values import NOTHING, UNKNOWN, Shape, Value, join

if TYPE_CHECKING:
    from durable_lint.program.modules.module import Module
    from durable_lint.program.values.arguments import Arguments
    from durable_lint.program.values.frames import Frame, Region
    from durable_lint.program.values.order import Order


@dataclass(frozen=True, slots=True, repr=False)
class Site:
    """Where an object was made: the node, in one frame.

    `body` is what the object was made for, where that is not what the frame runs for. An object
    that is made after the image of another one has that one's node and frame, and `copied` where.
    """

    node: cst.CSTNode
    frame: Frame
    body: object = None
    copied: tuple[cst.CSTNode, Frame] | None = None

    @property
    def born_at(self) -> cst.CSTNode:
        """The expression that made the object."""
        return self.node if self.copied is None else self.copied[0]

    @property
    def maker(self) -> Frame:
        """The frame whose code made the object."""
        return self.frame if self.copied is None else self.copied[1]

    def __hash__(self) -> int:
        return hash((id(self.node), id(self.frame)))

    @property
    def owner(self) -> object:
        """What the object was made for: the `body` of its maker, None at a module's top level."""
        return self.maker.body if self.body is None else self.body


@dataclass(frozen=True, slots=True)
class Constant(Shape):
    """A literal; `kind` keeps `1`, `True` and `1.0` apart.

    A member of an enumeration is taken for its value, of which it is the member called `member`.
    """

    most: ClassVar[int] = 64

    kind: str
    content: object
    enumeration: Class | None = field(default=None, compare=False)
    member: str = field(default="", compare=False)

    @property
    def bare(self) -> Constant:
        """The value itself, where this is a member of an enumeration that has it."""
        return Constant(type(self.content).__name__, self.content)


@dataclass(frozen=True, slots=True)
class Text(Shape):
    """A string of which only some parts are known: literal text and holes.

    `depth` tells how deep such strings are nested in the holes.
    """

    parts: tuple[str | Value, ...]
    depth: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class External(Shape):
    """A member of a library, by its resolved path; `()` stands for the result of a call.

    `site` tells objects apart that calls have made; members and types have none.
    """

    most: ClassVar[int] = 16

    path: str
    site: Site | None = None

    @property
    def alike(self) -> Hashable:
        """Its path."""
        return self.path


@dataclass(frozen=True, slots=True)
class ModuleShape(Shape):
    """A module of the project."""

    module: Module


@dataclass(frozen=True, slots=True)
class NamespacePackage(Shape):
    """Folders of project modules, without an `__init__.py`, that share a name."""

    folders: tuple[Path, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Function(Shape):
    """A function or lambda of the project, together with the frame that defined it.

    `binding` is how it is read from an object: plain, static or class. `decorators` are the paths
    of those of a library; "" is one of the project that returned this function. `regions` are the
    compound statements that it was made in.
    """

    most: ClassVar[int] = 256

    node: FunctionNode
    frame: Frame
    defaults: dict[str, Value] = field(compare=False, default_factory=dict)
    owner: Class | None = field(compare=False, default=None)
    binding: str = field(compare=False, default="plain")
    decorators: tuple[str, ...] = field(compare=False, default=())
    regions: tuple[Region, ...] = field(compare=False, default=())

    @property
    def name(self) -> str:
        """How messages call it."""
        return function_name(self.node)

    @property
    def alike(self) -> Hashable:
        """Its definition."""
        return self.node


@dataclass(frozen=True, slots=True)
class Bound(Shape):
    """A method together with the object it was read from."""

    most: ClassVar[int] = 256

    function: Function
    receiver: Value

    @property
    def alike(self) -> Hashable:
        """Its definition."""
        return self.function.node


@dataclass(frozen=True, slots=True)
class Property(Shape):
    """An attribute that runs `getter` when it is read and `setter` when it is assigned."""

    getter: Value
    setter: Value = NOTHING


@dataclass(frozen=True, slots=True)
class Partial(Shape):
    """`functools.partial`: a callable with some arguments already given.

    One that `is_method` is bound to the object that it is read from, as functions are.
    """

    function: Value
    positional: tuple[Value, ...]
    keywords: tuple[tuple[str, Value], ...]
    is_method: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Class(Shape):
    """A class of the project; `members` is the frame of its body."""

    most: ClassVar[int] = 64

    node: cst.ClassDef
    frame: Frame
    members: Frame = field(compare=False)
    bases: tuple[Value, ...] = field(compare=False)
    decorators: tuple[str, ...] = field(compare=False, default=())
    _order: list[Class] = field(init=False, compare=False, default_factory=list)

    @property
    def name(self) -> str:
        """How messages call it."""
        return self.node.name.value

    def ancestry(self) -> list[Class]:
        """Return this class and its bases inside the project, in the order of lookup."""
        if not self._order:
            bases = [
                shape
                for base in self.bases
                for shape in base.shapes
                if isinstance(shape, Class) and shape is not self
            ]
            self._order.extend(linearise(self, bases, [base.ancestry() for base in bases]))
        return self._order

    def defines(self, name: str) -> bool:
        """Tell whether the class, or a base inside the project, has a member `name` of its own."""
        return any(name in ancestor.members.env for ancestor in self.ancestry())

    def foreign_bases(self) -> list[External]:
        """Return the bases of the class and its ancestors that come from a library."""
        return [
            shape
            for ancestor in self.ancestry()
            for base in ancestor.bases
            for shape in base.shapes
            if isinstance(shape, External) and shape.path != "object"
        ]


@dataclass(frozen=True, slots=True)
class Instance(Shape):
    """An object of a project class.

    `begun` is what the constructors of bases outside the project have made of it, `given` what the
    constructor that every dataclass has was given for its fields.
    """

    most: ClassVar[int] = 16

    cls: Class
    site: Site
    attributes: dict[str, Value] = field(compare=False, default_factory=dict)
    begun: dict[External, Value] = field(compare=False, default_factory=dict)
    given: dict[str, Value] = field(compare=False, default_factory=dict)

    def parts(self, cls: Class) -> Value:
        """Return the library's objects that it is, by the bases of `cls`: its own, or one above."""
        found = [
            self.begun.get(base) or Value((External(f"{base.path}()", self.site),), open=False)
            for base in cls.foreign_bases()
        ]
        return join([*found, UNKNOWN])

    def put(self, name: str, value: Value) -> None:
        """Record that the attribute `name` may be `value`."""
        earlier = self.attributes.get(name)
        self.attributes[name] = value if earlier is None else join([earlier, value])

    @property
    def alike(self) -> Hashable:
        """Its class."""
        return self.cls


@dataclass(frozen=True, slots=True)
class Initialiser(Shape):
    """`__init__` of a base class outside the project, for an object of the project."""

    base: External
    instance: Instance


@dataclass(frozen=True, slots=True)
class Super(Shape):
    """`super()` inside a method of `cls`, for the object `receiver`."""

    cls: Class
    receiver: Value


@dataclass(frozen=True, slots=True)
class Pending:
    """A generator or coroutine function that was called: its code has not run yet."""

    function: Function
    arguments: Arguments


@dataclass(frozen=True, slots=True)
class Container(Shape):
    """A list, tuple, set, dict, iterator or the like; `kind` is the type's name.

    `items` holds what is known by index or constant key, `rest` everything else that it may hold,
    and `keys` what the keys may be that are no constants. A generator or coroutine is `pending`
    until somebody iterates or awaits it. `orders` are those that it was filled in and that nothing
    fixes (see `order`). `unsettled` are the keys, None for `rest`, whose content may be there no
    more, for it was taken out or replaced.
    """

    kind: str
    site: Site
    items: dict[object, Value] = field(compare=False, default_factory=dict)
    rest: dict[Value, None] = field(compare=False, default_factory=dict)
    pending: dict[Pending, None] = field(compare=False, default_factory=dict)
    orders: set[Order] = field(compare=False, default_factory=set)
    keys: dict[Value, None] = field(compare=False, default_factory=dict)
    unsettled: dict[object, None] = field(compare=False, default_factory=dict)

    def absorb(self, other: Container) -> None:
        """Take over what `other` may hold."""
        for key, value in other.items.items():
            self.put(value, key)
        for value in other.rest:
            self.put(value)
        self.pending.update(other.pending)
        self.orders.update(other.orders)
        self.keys.update(other.keys)
        self.unsettled.update(other.unsettled)

    def content(self) -> Value:
        """Return what any element may be."""
        return join([*self.items.values(), *self.rest])

    def put(self, value: Value, key: object = None) -> None:
        """Record that the container may hold `value`, under `key` where it is known."""
        if key is None:
            self.rest[value] = None
        else:
            self.items[key] = join([self.items[key], value]) if key in self.items else value

    def replace(self, value: Value, key: object) -> None:
        """Record that `value` is what is under `key` from now on."""
        if key in self.items and join([self.items[key], value]) != self.items[key]:
            self.unsettle(key)
        self.put(value, key)

    def unsettle(self, key: object = None) -> None:
        """Record that what was put under `key`, or anywhere, may not be there any more."""
        self.unsettled.update(dict.fromkeys((key,) if key is not None else (None, *self.items)))


@dataclass(frozen=True, slots=True)
class Method(Shape):
    """A method of a container, a literal or other object that no project class describes."""

    receiver: Shape
    name: str


@dataclass(frozen=True, slots=True)
class Opaque(Shape):
    """An object of unknown type with a known birth: a parameter's value, or a part of one."""

    site: Site
    label: str
    parent: Opaque | None = None


@dataclass(frozen=True, slots=True)
class Variable(Shape):
    """An environment variable, read as `os.environ[name]` or the like."""

    name: str
    default: Value | None


# What items of a mapping are told apart by.
KEYS = (Constant, Class, Function, Instance)


def constant(content: object) -> Value:
    """Return the value of a literal."""
    return Value((Constant(type(content).__name__, content),), open=False)


def member_path(owner: str, name: str) -> str:
    """Return the path of a library's member; the members of `builtins` go by their names."""
    return name if owner == "builtins" else f"{owner}.{name}"

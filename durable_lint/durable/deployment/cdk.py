"""The Lambda functions that CDK code in Python makes, and which of them are certainly durable.

What makes one is the table of LDF504's page: constructs by their resolved path.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import libcst as cst

from durable_lint.program.values.arguments import spread
from durable_lint.program.values.frames import Call, Frame, Write
from durable_lint.program.values.shapes import (
    Class,
    Constant,
    Container,
    External,
    Initialiser,
    Instance,
    Site,
)
from durable_lint.program.values.values import Shape, Value

# The call that sets a property of the resource below the construct, and what it calls the property.
_OVERRIDES = {
    "add_property_override": "DurableConfig",
    "add_override": "Properties.DurableConfig",
}
_CONFIGURATIONS = ("DurableConfig()", "DurableConfigProperty()")
_NOTHING = Constant("NoneType", None)


@dataclass(frozen=True, eq=False)
class Made:
    """A function as CDK code makes it: the construct's path, its arguments, the code's place.

    `open` says that there may be arguments which are not known.
    """

    construct: str
    site: Site
    node: cst.CSTNode
    frame: Frame
    keywords: Mapping[str, Value]
    positional: tuple[Value, ...]
    open: bool

    @property
    def label(self) -> str:
        """The construct's id, or what kind of construct it is."""
        given = self.positional[1] if len(self.positional) > 1 else self.keywords.get("id")
        shape = given.only() if given is not None else None
        if isinstance(shape, Constant):
            return str(shape.content)
        return self.construct.rpartition(".")[2]


class Stacks:
    """The functions that the code of `frames` makes; `constructs` is the page's table."""

    def __init__(self, frames: Iterable[Frame], constructs: Mapping[str, Any]) -> None:
        self._constructs = constructs
        self._events = [event for frame in frames for event in frame.all_events()]
        self._made: dict[Site, Made | None] = {}

    @cached_property
    def calls(self) -> list[Call]:
        """Every call of the code."""
        return [event for event in self._events if isinstance(event, Call)]

    def method(self, callee: Shape) -> tuple[Site, str] | None:
        """Return where a function was made, and the name of the method of it that is called."""
        site = self._owner(callee)
        if site is None or not isinstance(callee, External):
            return None
        return site, callee.path.partition("().")[2]

    def functions(self) -> Iterator[Made]:
        """Yield every function that is made, once for each time that the code runs."""
        seen: set[Site] = set()
        for call in self.calls:
            for shape in call.result.shapes:
                made = self.function(shape)
                if made is not None and made.site not in seen:
                    seen.add(made.site)
                    yield made

    def function(self, shape: Shape) -> Made | None:
        """Return the function that a construct is, itself and not a version or alias of it."""
        site = self._site(shape)
        return self.made_at(site) if site is not None else None

    def _site(self, shape: Shape) -> Site | None:
        if isinstance(shape, External):
            construct = shape.path.removesuffix("()")
            return shape.site if shape.path != construct in self._constructs else None
        if isinstance(shape, Instance):
            return shape.site if self._construct_of(shape.cls) is not None else None
        return None

    def _construct_of(self, cls: Class) -> str | None:
        bases = (base.path for base in cls.foreign_bases())
        return next((path for path in bases if path in self._constructs), None)

    def made_at(self, site: Site) -> Made | None:
        """Return what the code makes at a place, None where no function is made there."""
        if site not in self._made:
            self._made[site] = self._read(site)
        return self._made[site]

    def _read(self, site: Site) -> Made | None:
        call = self._initialisers.get(site) or site.frame.call_at(site.node)
        if call is None:
            return None
        for shape in call.callee.shapes:
            construct = None
            if isinstance(shape, Class):
                construct = self._construct_of(shape)
            elif isinstance(shape, Initialiser):
                construct = shape.base.path
            elif isinstance(shape, External):
                construct = shape.path
            if construct is not None and construct in self._constructs:
                positional, keywords, extra = spread(call.arguments)
                return Made(
                    construct, site, call.node, call.frame, keywords, tuple(positional), extra.open
                )
        return None

    @cached_property
    def _initialisers(self) -> dict[Site, Call]:
        """The calls by which the project's subclasses initialise what they are based on."""
        return {
            shape.instance.site: call
            for call in self.calls
            for shape in call.callee.shapes
            if isinstance(shape, Initialiser)
        }

    def durable(self, made: Made) -> bool | None:
        """Tell whether a function is durable; None where it cannot be told."""
        if made.site in self._overridden:
            return True
        given = made.keywords.get(self._constructs[made.construct]["durable"])
        if given is None:
            return None if made.open else False
        if given.only() == _NOTHING:
            return False
        certain = bool(given.shapes) and not given.open and all(map(_configures, given.shapes))
        return True if certain else None

    @cached_property
    def _overridden(self) -> set[Site]:
        """Where functions were made that become durable by a change to the resource below them."""
        found: set[Site] = set()
        for event in self._events:
            if isinstance(event, Write) and event.label == "durable_config":
                owner = self._owner(event.target)
                if owner is not None and event.value.only() != _NOTHING:
                    found.add(owner)
        for call in self.calls:
            path = call.arguments.value(0).only()
            if isinstance(path, Constant):
                for shape in call.callee.shapes:
                    owner = self._owner(shape)
                    if owner is not None and _overrides(shape, str(path.content)):
                        found.add(owner)
        return found

    def _owner(self, shape: object) -> Site | None:
        """Return where the function was made that something belongs to."""
        if isinstance(shape, External) and shape.path.partition("()")[0] in self._constructs:
            return shape.site
        return None


def _overrides(method: Shape, path: str) -> bool:
    """Tell whether a method, called for the property at `path`, sets the durable configuration."""
    name = method.path.rpartition(".")[2] if isinstance(method, External) else ""
    return name in _OVERRIDES and path.startswith(_OVERRIDES[name])


def _configures(shape: Shape) -> bool:
    if isinstance(shape, External):
        return shape.path.endswith(_CONFIGURATIONS)
    return isinstance(shape, Container | Instance)

"""The arguments of a call, and how they meet the parameters of a function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from durable_lint.program.modules.syntax import FunctionNode
from durable_lint.program.values.shapes import Constant, Container
from durable_lint.program.values.values import (
    NOTHING,
    UNKNOWN,
    Value,
    join,
)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: its value, its keyword or star, and the expression where there is one."""

    value: Value
    keyword: str | None = None
    star: str = ""
    node: cst.BaseExpression | None = None


@dataclass(frozen=True, slots=True)
class Arguments:
    """All arguments of one call, in source order."""

    items: tuple[Argument, ...] = ()

    @classmethod
    def of(cls, *values: Value, **keywords: Value) -> Arguments:
        """Make arguments from values alone."""
        positional = [Argument(value) for value in values]
        return cls((*positional, *(Argument(v, keyword=k) for k, v in keywords.items())))

    def after(self, values: Sequence[Value]) -> Arguments:
        """Return these arguments with `values` put in front as positional ones."""
        return Arguments((*(Argument(value) for value in values), *self.items))

    @property
    def plain(self) -> bool:
        """Whether no argument is starred, so that positions are known."""
        return not any(item.star for item in self.items)

    def positional(self) -> list[Argument]:
        """Return the positional arguments before the first starred one."""
        found: list[Argument] = []
        for item in self.items:
            if item.star == "*":
                break
            if item.keyword is None and not item.star:
                found.append(item)
        return found

    def keywords(self) -> dict[str, Argument]:
        """Return the arguments given by keyword."""
        return {item.keyword: item for item in self.items if item.keyword is not None}

    def get(self, position: int | None, keyword: str | None = None) -> Argument | None:
        """Return the argument at a 0-based position or with a keyword; None where not given."""
        if keyword is not None and keyword in (named := self.keywords()):
            return named[keyword]
        found = self.positional()
        return found[position] if position is not None and position < len(found) else None

    def value(self, position: int | None, keyword: str | None = None) -> Value:
        """Return the value of `get`, NOTHING where the argument is not given."""
        found = self.get(position, keyword)
        return found.value if found else NOTHING

    def all_values(self) -> Value:
        """Return what any argument may be."""
        return join(item.value for item in self.items)


def starred_items(value: Value) -> list[Value] | None:
    """Return the items that `*value` spreads, None where their number is not known."""
    shape = value.only()
    if isinstance(shape, Container) and shape.kind in ("tuple", "list") and not shape.rest:
        return list(shape.items.values())
    return None


def spread(arguments: Arguments) -> tuple[list[Value], dict[str, Value], Value]:
    """Return positional values, keyword values, and what unknown stars may add to either."""
    positional: list[Value] = []
    keywords: dict[str, Value] = {}
    extra = NOTHING
    for item in arguments.items:
        if item.star == "*":
            items = starred_items(item.value)
            if items is None:
                extra = join([extra, UNKNOWN.mixed_with(item.value.origins)])
            else:
                positional.extend(items)
        elif item.star == "**":
            shape = item.value.only()
            if isinstance(shape, Container) and not shape.rest:
                for key, value in shape.items.items():
                    if isinstance(key, Constant) and isinstance(key.content, str):
                        keywords[key.content] = value
            else:
                extra = join([extra, UNKNOWN.mixed_with(item.value.origins)])
        elif item.keyword is not None:
            keywords[item.keyword] = item.value
        else:
            positional.append(item.value)
    return positional, keywords, extra


@dataclass(frozen=True, slots=True)
class Bindings:
    """What each parameter receives; `missing` ones get their default, or nothing at all."""

    given: dict[str, Value]
    star: list[Value]
    star_keywords: dict[str, Value]
    missing: list[cst.Param]
    extra: Value


def bind(node: FunctionNode, arguments: Arguments) -> Bindings:
    """Match arguments with the parameters of `node` as Python would; surplus ones are dropped."""
    positional, keywords, extra = spread(arguments)
    params = node.params
    given: dict[str, Value] = {}
    missing: list[cst.Param] = []
    in_order = [*params.posonly_params, *params.params]
    queue = list(positional)
    for param in in_order:
        name = param.name.value
        if queue:
            given[name] = queue.pop(0)
        elif name in keywords:
            given[name] = keywords.pop(name)
        else:
            missing.append(param)
    for param in params.kwonly_params:
        if param.name.value in keywords:
            given[param.name.value] = keywords.pop(param.name.value)
        else:
            missing.append(param)
    return Bindings(given, queue, keywords, missing, extra)

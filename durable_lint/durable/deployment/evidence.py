"""What a project says of the functions that it deploys: which are durable, and who is told what.

Templates and CDK stacks are read when the first question is asked. Where two places contradict
each other, nothing is known.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.durable.deployment.targets import Qualifier
from durable_lint.findings import Position
from durable_lint.templates.model import Function
from durable_lint.templates.tree import Node


@dataclass(frozen=True, slots=True)
class Place:
    """Where the project says something, about the function `owner`."""

    path: Path
    position: Position
    owner: str


@dataclass(frozen=True, slots=True)
class Named:
    """A function as some value names it; `durable` is None where that cannot be told."""

    label: str
    durable: bool | None
    qualifier: Qualifier

    @property
    def bare(self) -> bool:
        """Whether the function is named without any qualifier."""
        return self.qualifier is Qualifier.NONE


@dataclass(frozen=True, slots=True)
class Held:
    """The value of an environment variable: what it may name, None for what is not known."""

    place: Place
    named: tuple[Named | None, ...]


@dataclass(frozen=True, eq=False)
class Deployed:
    """A function that the project deploys; `place` is where it gets its name, or is made.

    `label` is its id in the template or stack, `handlers` the Python files that may hold its
    handler.
    """

    label: str
    durable: bool | None
    name: str | None
    place: Place
    handlers: frozenset[Path] = frozenset()
    variables: Mapping[str, Held] = field(default_factory=dict)


class Evidence:
    """Answers questions about the functions of one project; `root` is its folder."""

    def __init__(self, root: Path, gather: Callable[[], Iterable[Deployed]]) -> None:
        self._root = root
        self._gather = gather

    @cached_property
    def _functions(self) -> tuple[Deployed, ...]:
        return tuple(self._gather())

    @property
    def knows_durable_functions(self) -> bool:
        """Whether the project says of any function that it is durable."""
        return any(function.durable for function in self._functions)

    def named(self, name: str) -> Deployed | None:
        """Return the function that has this name, None where there is none or it is disputed."""
        found = [function for function in self._functions if function.name == name]
        agreed = len({function.durable for function in found}) == 1
        return found[0] if agreed and found[0].durable is not None else None

    def variable(self, name: str, file: Path) -> tuple[Held, ...]:
        """Return what the environment variable `name` may hold where the code of `file` runs.

        The functions whose handler lies in `file` decide, or else all that have the variable.
        Empty where nobody sets it.
        """
        own = [function for function in self._functions if file in function.handlers]
        deciding = own or self._functions
        return tuple(item.variables[name] for item in deciding if name in item.variables)

    def shown(self, place: Place) -> str:
        """Return a place as messages show it, relative to the project."""
        path = place.path
        if path.is_relative_to(self._root):
            path = path.relative_to(self._root)
        return f"{path.as_posix()}:{place.position.row}"


def nothing_known() -> Evidence:
    """Return the evidence of a project that deploys nothing."""
    return Evidence(Path(), tuple)


def deployed_by_template(deployment: Deployment) -> Iterable[Deployed]:
    """Yield the functions of a template."""
    for function in deployment.template.functions.values():
        name = function.entry("FunctionName")
        yield Deployed(
            function.logical_id,
            function.durable,
            deployment.function_name(function),
            _place(deployment, function, name[1] if name is not None else function.key),
            frozenset(
                Path(os.path.normpath(file)) for file, _ in deployment.handler_files(function)
            ),
            {
                key.value: Held(
                    _place(deployment, function, value), tuple(_named(deployment, value))
                )
                for key, value in function.variables()
            },
        )


def _named(deployment: Deployment, value: Node) -> Iterable[Named | None]:
    for pointer in deployment.readings(value):
        if pointer is None:
            yield None
        else:
            function: Function = pointer.function
            yield Named(function.logical_id, function.durable, pointer.qualifier)


def _place(deployment: Deployment, owner: Function, node: Node) -> Place:
    source = deployment.template.source
    return Place(source.path, source.position(node.start), owner.logical_id)

"""Where templates name the functions that a service will invoke: the tables of LDF505's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from durable_lint.templates.model import Resource
from durable_lint.templates.paths import select
from durable_lint.templates.tree import Node
from durable_lint.templates.values import literal


@dataclass(frozen=True)
class Invokers:
    """Property paths by resource type.

    `targets` are properties whose value is invoked as it stands, each with the path of a property
    that qualifies it where there is one; `documents` hold a text in which functions are named;
    `hands_on` are given to a reader who may add a qualifier; `grants` are IAM statements. The
    types in `waiting` wait for the function's answer, some only if a property has a value
    ("Path=Value"), and so do the SAM events in `waiting_events`.
    """

    targets: Mapping[str, tuple[tuple[str, str | None], ...]]
    documents: Mapping[str, tuple[str, ...]]
    hands_on: Mapping[str, tuple[str, ...]]
    grants: Mapping[str, tuple[str, ...]]
    waiting: Mapping[str, str]
    waiting_events: frozenset[str]

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any]) -> Invokers:
        """Read the `[tables.*]` of the rule page."""
        return cls(
            targets={name: _targets(row) for name, row in tables["invokers"].items()},
            documents={name: tuple(paths) for name, paths in tables["documents"].items()},
            hands_on={name: tuple(paths) for name, paths in tables["hands-on"].items()},
            grants={name: tuple(paths) for name, paths in tables["grants"].items()},
            waiting=tables["waiting"]["resources"],
            waiting_events=frozenset(tables["waiting"]["events"]),
        )

    def invoked(self, resource: Resource) -> Iterator[Node]:
        """Yield the values of `resource` that name a function to be invoked as they stand."""
        kind = "Custom::*" if resource.type.startswith("Custom::") else resource.type
        for path, qualifier in self.targets.get(kind, ()):
            qualified = qualifier is not None and any(select(resource.properties, qualifier))
            if not qualified:
                yield from select(resource.properties, path)

    def waits(self, resource: Resource) -> bool:
        """Tell whether `resource` waits for the answer of the function that it invokes."""
        condition = self.waiting.get(resource.type)
        if not condition:
            return condition is not None
        path, _, value = condition.partition("=")
        return any(literal(node) == value for node in select(resource.properties, path))


def _targets(row: list[str] | Mapping[str, Any]) -> tuple[tuple[str, str | None], ...]:
    if isinstance(row, list):
        return tuple((path, None) for path in row)
    return tuple((path, row["unless"]) for path in row["at"])

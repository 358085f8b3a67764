"""A YAML or JSON document as a tree whose nodes know their places, within fixed limits.

The tree is built from parser events and never recursively, aliases share the node that they stand
for, and the tree's size with every alias written out is counted while it grows: neither a deep
document nor a bomb of aliases costs more than its bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MAX_DEPTH = 200
MAX_NODES = 250_000

_MERGE = "<<"
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class TreeError(Exception):
    """A document cannot be read; `offset` is the 0-based place in its text."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


# Nodes are compared by identity: comparing shared subtrees by value could take forever.
@dataclass(frozen=True, slots=True, eq=False)
class Scalar:
    """A single value. `plain` ones are unquoted, and so may stand for null, a number or a flag."""

    value: str
    start: int
    end: int
    tag: str | None = None
    plain: bool = False
    weight: int = 1

    @property
    def is_null(self) -> bool:
        """Whether the value is the document's null."""
        return self.plain and self.tag is None and self.value in _NULLS


@dataclass(frozen=True, slots=True, eq=False)
class Sequence:
    """A list of nodes; `weight` counts the nodes in it with every alias written out."""

    items: tuple[Node, ...]
    start: int
    end: int
    tag: str | None = None
    weight: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Mapping:
    """Keys and values in their order; `flow` ones are written in braces."""

    entries: tuple[tuple[Node, Node], ...]
    start: int
    end: int
    tag: str | None = None
    weight: int = 1
    flow: bool = False

    def items(self) -> Iterator[tuple[Scalar, Node]]:
        """Yield the entries whose keys are scalars, those of merged mappings (`<<`) last."""
        merged: list[Node] = []
        for key, value in self.entries:
            if isinstance(key, Scalar):
                if key.plain and key.value == _MERGE:
                    merged.extend(value.items if isinstance(value, Sequence) else [value])
                else:
                    yield key, value
        for other in merged:
            if isinstance(other, Mapping):
                yield from other.items()

    def entry(self, name: str) -> tuple[Scalar, Node] | None:
        """Return the key and value under `name`, the mapping's own before merged ones."""
        return next(((key, value) for key, value in self.items() if key.value == name), None)

    def get(self, name: str) -> Node | None:
        """Return the value under `name`, None where there is none."""
        found = self.entry(name)
        return found[1] if found else None


Node = Scalar | Sequence | Mapping


def child(node: Node | None, *path: str) -> Node | None:
    """Follow `path` through mappings; None as soon as a key is missing."""
    for name in path:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


class Builder:
    """Turns the events of a parser into a tree, and refuses what is too deep or too large."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self._open: list[_Open] = []
        self._anchors: dict[str, Node | None] = {}
        self._count = 0

    def scalar(self, node: Scalar, anchor: str | None = None) -> None:
        """Add a single value."""
        self._add(node, anchor)

    def open(self, kind: str, start: int, tag: str | None, anchor: str | None, flow: bool) -> None:
        """Begin a container: `kind` is "mapping" or "sequence"."""
        if len(self._open) >= MAX_DEPTH:
            raise TreeError(f"nested more than {MAX_DEPTH} levels deep", start)
        if anchor is not None:
            self._anchors[anchor] = None
        self._open.append(_Open(kind, start, tag, anchor, flow, []))

    def close(self, end: int) -> None:
        """End the container that was begun last."""
        top = self._open.pop()
        weight = 1 + sum(node.weight for node in top.nodes)
        if weight > MAX_NODES:
            raise TreeError(f"more than {MAX_NODES:,} values once aliases are expanded", top.start)
        nodes = tuple(top.nodes)
        node: Node
        if top.kind == "mapping":
            entries = tuple(zip(nodes[::2], nodes[1::2], strict=True))
            node = Mapping(entries, top.start, end, top.tag, weight, top.flow)
        else:
            node = Sequence(nodes, top.start, end, top.tag, weight)
        self._add(node, top.anchor)

    def alias(self, anchor: str, start: int) -> None:
        """Add the node that `anchor` names once more."""
        if anchor not in self._anchors:
            raise TreeError(f"alias *{anchor} has no anchor", start)
        node = self._anchors[anchor]
        if node is None:
            raise TreeError(f"alias *{anchor} stands inside its own anchor", start)
        self._add(node, None)

    def _add(self, node: Node, anchor: str | None) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise TreeError(f"more than {MAX_NODES:,} values", node.start)
        if anchor is not None:
            self._anchors[anchor] = node
        if self._open:
            self._open[-1].nodes.append(node)
        elif self.root is None:
            self.root = node


@dataclass(slots=True)
class _Open:
    kind: str
    start: int
    tag: str | None
    anchor: str | None
    flow: bool
    nodes: list[Node]

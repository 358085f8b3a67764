"""Finding nodes by the dotted paths in which rule pages write property names down."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.templates.tree import Mapping, Node, Scalar, Sequence
from durable_lint.templates.values import branches


def select(node: Node | None, path: str) -> Iterator[Node]:
    """Yield the nodes under a path such as `Targets.*.Arn`.

    `*` is every item of a list or value of a mapping, `**` everything below. Lists on the way need
    no `*` where the path goes on with a name, and both sides of an `Fn::If` are followed, for
    CloudFormation takes a list or a condition at most places.
    """
    found = [] if node is None else [node]
    for name in path.split("."):
        sides = [side for node in found for side in branches(node)]
        found = [below for side in sides for below in _step(side, name)]
    # What lies in a list is met twice by `**`: in the list, and as its item.
    yield from dict.fromkeys(found)


def _step(node: Node, name: str) -> Iterator[Node]:
    if name == "**":
        yield from _descendants(node)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from [item] if name == "*" else _step(item, name)
    elif isinstance(node, Mapping):
        if name == "*":
            yield from (value for _, value in node.items())
        else:
            value = node.get(name)
            yield from () if value is None else (value,)


def _descendants(node: Node) -> Iterator[Node]:
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        match current:
            case Scalar():
                pass
            case Sequence():
                waiting.extend(reversed(current.items))
            case Mapping():
                waiting.extend(value for _, value in reversed(list(current.items())))

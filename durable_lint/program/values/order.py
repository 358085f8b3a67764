"""The order in which things come: where nothing fixes it, and what depends on it.

A set, or a folder that is listed, has no order of its own. What is made of one element is the same
whenever it comes, so that an element tells an order only to what happens in its own round; a list
or a text that is made of all of them tells it to everybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.modules.syntax import COMPREHENSIONS
from durable_lint.program.values.contents import deep_shapes, deep_values
from durable_lint.program.values.shapes import Constant, Container, External
from durable_lint.program.values.values import Shape, Value, value_of

if TYPE_CHECKING:
    from durable_lint.program.values.frames import Call, Frame

UNORDERED = frozenset(("set", "frozenset"))
MAPPINGS = frozenset(("dict", "defaultdict", "OrderedDict", "Counter"))

_LISTINGS = frozenset(
    ("os.listdir()", "os.scandir()", "os.walk()", "os.fwalk()", "glob.glob()", "glob.iglob()")
)
_PATH_LISTINGS = (".iterdir()", ".glob()", ".rglob()", ".walk()")
# The hash of a number is the same in every process.
_NUMBERS = frozenset(("int()", "float()", "bool()", "len()", "ord()", "range()[]"))
# Functions that make a text of their first argument, with all that is in it.
_TEXT_MAKERS = frozenset(("str", "repr", "ascii", "format", "json.dumps", "str().join"))


@dataclass(frozen=True, slots=True)
class Rounds:
    """What one activation runs once for each element: a loop, a clause, a call such as `map`.

    What stands in `block` makes objects of its own in each round.
    """

    node: cst.CSTNode
    frame: Frame
    block: cst.CSTNode | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Order:
    """An origin: the value depends on the order in which what is at `node` gives its elements.

    It does so for what happens in `rounds` only; for everybody where that is None. `source` is
    what has no order.
    """

    node: cst.CSTNode
    frame: Frame
    source: Shape = field(compare=False)
    rounds: Rounds | None = None


def orders_of(value: Value, node: cst.CSTNode, frame: Frame) -> frozenset[Order]:
    """Return the orders that `value`, which stands at `node`, gives its elements in."""
    found: set[Order] = set()
    for shape in value.shapes:
        if _is_unordered(shape):
            found.add(Order(node, frame.host, shape))
        elif isinstance(shape, Container):
            found |= shape.orders
    return frozenset(found)


def _is_unordered(shape: Shape) -> bool:
    match shape:
        case Container():
            return shape.kind in UNORDERED and not _is_settled(shape.content())
        case External():
            listed = shape.path.startswith("pathlib.") and shape.path.endswith(_PATH_LISTINGS)
            return listed or shape.path in _LISTINGS
        case _:
            return False


def _is_settled(content: Value) -> bool:
    """Tell whether a set of such elements comes in the same order in every process."""
    if isinstance(content.only(), Constant):
        return True
    return not content.open and all(_is_number(shape) for shape in content.shapes)


def _is_number(shape: Shape) -> bool:
    match shape:
        case Constant():
            return isinstance(shape.content, int | float)
        case External():
            return shape.path in _NUMBERS
        case Container(kind="tuple"):
            return _is_settled(shape.content())
        case _:
            return False


def one_of(shape: Shape, node: cst.CSTNode, frame: Frame) -> frozenset[Order]:
    """Return the orders that decide which element is taken by position from what is at `node`.

    What a condition has let through may be a single element.
    """
    if isinstance(shape, Container):
        made = shape.site.node
        chosen = isinstance(made, COMPREHENSIONS) and any(c.ifs for c in _clauses(made))
        if chosen or shape.kind in MAPPINGS:
            return frozenset()
    return orders_of(value_of(shape), node, frame)


def _clauses(node: cst.BaseComp) -> Iterator[cst.CompFor]:
    clause: cst.CompFor | None = node.for_in
    while clause is not None:
        yield clause
        clause = clause.inner_for_in


def fill(container: Container, value: Value, node: cst.CSTNode, frame: Frame) -> None:
    """Note that a container is given all that `value`, which stands at `node`, gives."""
    if container.kind not in UNORDERED:
        container.orders.update(orders_of(value, node, frame))


def which(value: Value) -> frozenset[Order]:
    """Return the orders that decide which of several objects `value` is."""
    return frozenset(origin for origin in value.origins if isinstance(origin, Order))


def origins_in(value: Value) -> frozenset[Order]:
    """Return the orders that `value`, and each single thing that it holds, depends on."""
    return frozenset[Order]().union(*(which(held) for held in deep_values(value)))


def orders_in(value: Value) -> frozenset[Order]:
    """Return the orders that `value`, with all that it holds, depends on.

    Two dicts are equal in whatever order they hold the same.
    """
    return origins_in(value).union(
        *(
            shape.orders
            for shape in deep_shapes(value)
            if isinstance(shape, Container) and shape.kind not in MAPPINGS
        )
    )


def written(value: Value, node: cst.CSTNode, frame: Frame) -> frozenset[Order]:
    """Return the orders that a text of `value`, which stands at `node`, depends on."""
    return orders_in(value) | orders_of(value, node, frame)


def told_by(path: str, call: Call) -> frozenset[Order]:
    """Return the orders that the text depends on which a library's function makes, if it does."""
    given = call.arguments.get(0)
    if given is None or path not in _TEXT_MAKERS:
        return frozenset()
    if "sort_keys" in call.arguments.keywords():
        return orders_in(given.value)
    return written(given.value, given.node or call.node, call.frame)

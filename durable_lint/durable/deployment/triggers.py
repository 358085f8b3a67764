"""Where CDK code connects something to a durable function itself: the tables of LDF504's page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import libcst as cst

from durable_lint.durable.deployment.cdk import Made, Stacks
from durable_lint.program.values.frames import Call
from durable_lint.program.values.shapes import External, Initialiser
from durable_lint.program.values.values import Value


@dataclass(frozen=True, slots=True)
class Trigger:
    """A call that takes a function, as the expression `function`, and what it makes of it.

    `made` are the durable functions, all unqualified, that the expression may stand for; empty
    where it is, or may be, anything else. `method` is the function's own method that is called.
    """

    call: Call
    function: cst.CSTNode
    what: str
    method: str | None
    fixable: bool
    made: tuple[Made, ...]


def triggers(stacks: Stacks, tables: Mapping[str, Any]) -> Iterator[Trigger]:
    """Yield each function that a call in the tables is given, or is a method of."""
    methods = {name: _row(row) for name, row in tables["methods"].items()}
    takers = {path: _row(row) for path, row in tables["triggers"].items()}
    for call in stacks.calls:
        yield from _method(stacks, call, methods)
        for shape in call.callee.shapes:
            made = shape.base if isinstance(shape, Initialiser) else shape
            if isinstance(made, External) and made.path in takers:
                yield from _taken(stacks, call, made.path, takers[made.path])


def _row(row: str | list[str | int] | Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a row of the tables in its long form."""
    if isinstance(row, str):
        return {"what": row}
    return {"argument": row} if isinstance(row, list) else row


def _method(stacks: Stacks, call: Call, rows: Mapping[str, Mapping[str, Any]]) -> Iterator[Trigger]:
    named = [stacks.method(shape) for shape in call.callee.shapes]
    known = [item for item in named if item is not None]
    node = call.node
    if not known or known[0][1] not in rows or not isinstance(node, cst.Call):
        return
    name = known[0][1]
    row = rows[name]
    wanted = row.get("only-if-argument")
    if isinstance(node.func, cst.Attribute) and (wanted is None or _is_given(call, wanted)):
        made = [stacks.made_at(site) for site, _ in known]
        found = tuple(item for item in made if item is not None and stacks.durable(item))
        certain = found if len(found) == len(named) else ()
        yield Trigger(call, node.func.value, row["what"], name, row.get("fix", True), certain)


def _is_given(call: Call, paths: list[str]) -> bool:
    return any(
        isinstance(shape, External) and shape.path.removesuffix("()") in paths
        for item in call.arguments.items
        for shape in item.value.shapes
    )


def _taken(stacks: Stacks, call: Call, path: str, row: Mapping[str, Any]) -> Iterator[Trigger]:
    positional = call.arguments.positional()
    keywords = call.arguments.keywords()
    for place in row["argument"]:
        if isinstance(place, int):
            argument = positional[place] if place < len(positional) else None
        else:
            argument = keywords.get(place)
        if argument is not None and argument.node is not None:
            found = _durable(stacks, argument.value)
            what = _shown(path)
            yield Trigger(call, argument.node, what, None, row.get("fix", True), found)


def _durable(stacks: Stacks, value: Value) -> tuple[Made, ...]:
    """Return the functions that a value stands for, if all are certainly durable."""
    made = [stacks.function(shape) for shape in value.shapes]
    found = tuple(item for item in made if item is not None and stacks.durable(item))
    return found if len(found) == len(value.shapes) and not value.open else ()


def _shown(path: str) -> str:
    """Return a path without its packages: `LambdaIntegration`, `Secret.add_rotation_schedule`."""
    segments = path.replace("()", "").split(".")
    first = next((i for i, name in enumerate(segments) if name[:1].isupper()), len(segments) - 1)
    return ".".join(segments[first:])

"""Packs calls of many rows into few modules, and remembers which lines are whose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle

from tests.recall.forms import (
    BUILTINS,
    IMPORTS,
    LOCAL_IMPORTS,
    MORE_OBJECTS,
    OBJECTS,
    TYPES,
    Form,
)
from tests.recall.names import Row
from tests.recall.templates import SDK

SIZE = 150


@dataclass(frozen=True)
class Spelling:
    """A row in one form; `alone` says that it needs a function of its own."""

    row: Row
    form: Form
    call: str
    alone: bool = False

    @property
    def name(self) -> str:
        """How a miss of it is called."""
        return f"{self.row.path}{self.call} ({self.form.name})"


@dataclass
class Place:
    """The rows of one spelling in a module: where it is replayed code, and where a step body."""

    spelling: Spelling
    replayed: set[int] = field(default_factory=set)
    stepped: set[int] = field(default_factory=set)


def spellings(rows: Iterable[Row]) -> Iterator[Spelling]:
    """Yield each row in every common form and, in turn, in some of the others."""
    local, objects, types = cycle(LOCAL_IMPORTS), cycle(MORE_OBJECTS), cycle(TYPES)
    for row in rows:
        for form in IMPORTS if row.module else BUILTINS:
            yield Spelling(row, form, row.call)
        if row.module:
            yield Spelling(row, next(local), row.call, alone=True)
            yield Spelling(row, next(local), row.call, alone=True)
        if row.receiver:
            yield from (Spelling(row, form, row.call) for form in OBJECTS)
            yield Spelling(row, next(objects), row.call, alone=True)
            yield Spelling(row, next(objects), row.call, alone=True)
            if row.receiver.count("(") == 1 and row.receiver != "open()":
                yield Spelling(row, next(types), row.call, alone=True)


def modules(wanted: Iterable[Spelling]) -> Iterator[tuple[str, list[Place]]]:
    """Yield the text of modules that have all of `wanted`, and the places of these."""
    ordered = sorted(wanted, key=lambda spelling: spelling.alone)
    for start in range(0, len(ordered), SIZE):
        yield _module(ordered[start : start + SIZE])


def _module(batch: list[Spelling]) -> tuple[str, list[Place]]:
    lines = SDK.splitlines()
    places = [Place(spelling) for spelling in batch]
    for number, place in enumerate(places):
        row, form = place.spelling.row, place.spelling.form
        if "{o}" in form.head + form.body or "{t}" in form.head + form.body:
            lines += [f"import {row.module} as m{number}"] if row.module else []
        _add(lines, place.replayed, _text(place.spelling, form.head, number), "")
    together = [(n, p) for n, p in enumerate(places) if not p.spelling.alone]
    functions = [together, *([(n, p)] for n, p in enumerate(places) if p.spelling.alone)]
    for number, members in enumerate(functions):
        lines += ["@durable_execution", f"def handler{number}(event, context):", "    event"]
        for unique, place in members:
            body = _text(place.spelling, place.spelling.form.body, unique)
            _add(lines, place.replayed, body, "    ")
        lines += ["    def work(_):", "        event"]
        for unique, place in members:
            body = _text(place.spelling, place.spelling.form.body, unique)
            _add(lines, place.stepped, body, "        ")
        lines += ["    return context.step(work)"]
    return "\n".join(lines) + "\n", places


def _add(lines: list[str], rows: set[int], text: str, indent: str) -> None:
    for line in text.splitlines():
        lines.append(f"{indent}{line}" if line else "")
        rows.add(len(lines))


def _text(spelling: Spelling, template: str, number: int) -> str:
    row = spelling.row
    made = row.receiver
    if row.module:
        made = f"m{number}{made[len(row.module) :]}"
    return template.format(
        m=row.module,
        f=row.member,
        r=row.rest,
        c=spelling.call,
        o=made,
        t=made.removesuffix("()"),
        k=row.method,
        n=number,
    )

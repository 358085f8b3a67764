"""Packs calls of many rows into few modules, and remembers which lines are whose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import cycle

from tests.recall.forms import (
    BUILTINS,
    CONTEXT,
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
    """A row in one form, and the rule that finds it; `alone` says that it needs a function."""

    row: Row
    form: Form
    code: str | None
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


def all_spellings(rows: Iterable[Row]) -> Iterator[Spelling]:
    """Yield each row in every form."""
    for row in rows:
        for forms, alone in _families(row):
            for form in forms:
                yield Spelling(row, form, row.code, row.call, alone)
        yield from _exempt(row)


def some_spellings(rows: Iterable[Row]) -> Iterator[Spelling]:
    """Yield each row in one form of every family: import styles, and ways to come by objects.

    The forms take turns, so that each is tried with many rows.
    """
    turns: dict[tuple[Form, ...], Iterator[Form]] = {}
    for row in rows:
        for forms, alone in _families(row):
            turn = turns.setdefault(forms, cycle(forms))
            yield Spelling(row, next(turn), row.code, row.call, alone)
        yield from _exempt(row)


def _families(row: Row) -> Iterator[tuple[tuple[Form, ...], bool]]:
    """Yield the families of forms in which a row can be written, and whether alone."""
    if row.is_given:
        yield (CONTEXT,), False
        return
    yield (IMPORTS if row.module else BUILTINS), False
    if row.module:
        yield LOCAL_IMPORTS, True
    if row.receiver:
        yield OBJECTS, False
        yield MORE_OBJECTS, True
        if row.is_typed:
            yield TYPES, True


def _exempt(row: Row) -> Iterator[Spelling]:
    """Yield calls of a row with each of the arguments that exempt it."""
    for arguments in row.exempting:
        yield Spelling(row, (IMPORTS if row.module else BUILTINS)[0], None, f"({arguments})")


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
        if form in (*OBJECTS, *MORE_OBJECTS, *TYPES) and row.module:
            lines += [f"import {row.module} as m{number}"]
        _add(lines, place.replayed, _text(place.spelling, form.head, number), "")
    together = [(n, p) for n, p in enumerate(places) if not p.spelling.alone]
    functions = [together, *([(n, p)] for n, p in enumerate(places) if p.spelling.alone)]
    for number, members in enumerate(functions):
        lines += ["@durable_execution", f"def handler{number}(event, context):", "    event"]
        for unique, place in members:
            lines.append("    if event:")
            body = _text(place.spelling, place.spelling.form.body, unique)
            _add(lines, place.replayed, body, "        ")
        lines += ["    def work(_):", "        event"]
        for unique, place in members:
            lines.append("        if event:")
            body = _text(place.spelling, place.spelling.form.body, unique)
            _add(lines, place.stepped, body, "            ")
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

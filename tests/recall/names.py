"""Every row of the names tables as calls in Python, in every import style and receiver form."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from durable_lint.catalogue import NameEntry, Rule, catalogue
from durable_lint.checks.replayed_effect import CODES
from durable_lint.durable.effects import NamesTable
from durable_lint.durable.sdk import PACKAGE


@dataclass(frozen=True)
class Row:
    """A path that fits a row of a table, and the rule that finds it; None where it is exempt.

    `call` is what stands behind the path: `()`, or nothing where the row is about an attribute.
    `exempting` are arguments with which it is exempt, `on_the_way` the rules that find the calls in
    the path itself.
    """

    pattern: str
    path: str
    code: str | None
    call: str
    exempting: tuple[str, ...]
    on_the_way: frozenset[str]

    @property
    def names(self) -> list[str]:
        """The names before the first call in the path."""
        return self.path.partition("(")[0].split(".")

    @property
    def module(self) -> str:
        """The module to import; empty for a builtin."""
        return ".".join(self.names[: _module_length(tuple(self.names))])

    @property
    def member(self) -> str:
        """What is imported from the module."""
        return self.names[_module_length(tuple(self.names))]

    @property
    def rest(self) -> str:
        """The path behind the member, with its dots and calls."""
        start = len(".".join(self.names[: _module_length(tuple(self.names)) + 1]))
        return self.path[start:]

    @property
    def is_given(self) -> bool:
        """Whether the path begins at what the SDK passes to a body."""
        return self.path.startswith(f"{PACKAGE}.")

    @property
    def receiver(self) -> str:
        """The path of the object whose method is called; empty where there is none."""
        return self.path[: self.path.rindex(")") + 1] if "(" in self.path else ""

    @property
    def is_typed(self) -> bool:
        """Whether the receiver is an object of a class, so that an annotation can name it."""
        made_by = self.receiver.removesuffix("()")
        return "(" not in made_by and made_by.rpartition(".")[2][:1].isupper()

    @property
    def method(self) -> str:
        """The path behind the receiver, with its leading dot."""
        return self.path[len(self.receiver) :]


def all_rows() -> Iterator[Row]:
    """Yield a row for each path of the tables whose rules are about calls in replayed code."""
    rules = catalogue()
    named = [rule for rule in rules.rules if rule.code in (*CODES, "LDF601")]
    table = NamesTable(
        (rule.code, pattern, entry) for rule in named for pattern, entry in rule.names.items()
    )
    yield from _rows(named, table)


def _rows(rules: Iterable[Rule], table: NamesTable) -> Iterator[Row]:
    for rule in rules:
        for pattern, entry in rule.names.items():
            path = concrete(pattern)
            match = table.find(path)
            attribute = entry is not None and entry.attribute
            needed = _needed(entry)
            exempting: tuple[str, ...] = ()
            if entry is not None and match is not None and match.entry is entry:
                exempting = tuple(_argument(item) for item in entry.unless_argument)
                exempting += ("",) if needed else ()
            code = match.code if match is not None else None
            call = "" if attribute else f"({needed})"
            yield Row(pattern, path, code, call, exempting, frozenset(_on_the_way(table, path)))


def _on_the_way(table: NamesTable, path: str) -> Iterator[str]:
    """Yield the rules that find the calls in `path`."""
    for end in (match.start() for match in re.finditer(r"\(\)", path)):
        match = table.find(path[:end])
        if match is not None:
            yield match.code


def concrete(pattern: str) -> str:
    """Return a path that fits `pattern`."""
    path = re.sub(r"(?<=\.)\*\*(?=\(|$|\.)|(?<=^)\*\*(?=\.)", "thing", pattern)
    path = re.sub(r"(?<=\.)\*(?=\(\))", "Thing", path.replace("**", ""))
    return re.sub(r"(?<![\w)])\*(?![\w])", "thing", path).replace("*", "")


def _argument(exempting: int | str) -> str:
    return ", ".join(["1"] * (exempting + 1)) if isinstance(exempting, int) else f"{exempting}=1"


def _needed(entry: NameEntry | None) -> str:
    """Return the arguments without which a row does not hold."""
    if entry is None or not (entry.only_value or entry.only_argument):
        return ""
    if entry.only_value:
        return repr(entry.only_value[0])
    return _argument(entry.only_argument[0])


@cache
def _module_length(names: tuple[str, ...]) -> int:
    """Return how many of `names` are the module's."""
    if names[0] in sys.stdlib_module_names:
        sizes = range(len(names) - 1, 0, -1)
        return next((size for size in sizes if _exists(names[:size])), 1)
    words = 1
    while words < len(names) - 1 and names[words].islower():
        words += 1
    return words if len(names) > 1 else 0


def _exists(names: tuple[str, ...]) -> bool:
    try:
        return find_spec(".".join(names)) is not None
    except (ImportError, ValueError):
        return False

"""Import statements as deferred values: a module is opened when a name from it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.modules.module import Module
from durable_lint.program.modules.scopes import imported_name
from durable_lint.program.modules.syntax import dotted_name

if TYPE_CHECKING:
    from durable_lint.program.values.values import Value


class Deferred:
    """What a name stands for, found out when the name is used."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Import(Deferred):
    """What an import binds a name to: a module, or `member` of one.

    `level` counts the dots of a relative import.
    """

    importer: Module
    module: str
    member: str | None = None
    level: int = 0


@dataclass(frozen=True, slots=True)
class Either(Deferred):
    """Any of several things, by the path that was taken to here; some are imports."""

    choices: tuple[Value | Deferred, ...]


def imports_of(node: cst.Import | cst.ImportFrom, importer: Module) -> Iterator[tuple[str, Import]]:
    """Yield each name that an import statement binds, with what it stands for.

    A star import yields the name `*`.
    """
    if isinstance(node, cst.Import):
        for alias in node.names:
            module = dotted_name(alias.name) or ""
            name = imported_name(alias)
            yield name, Import(importer, module if alias.asname else name)
        return
    module = dotted_name(node.module) or ""
    level = len(node.relative)
    if isinstance(node.names, cst.ImportStar):
        yield "*", Import(importer, module, None, level)
        return
    for alias in node.names:
        member = dotted_name(alias.name)
        yield imported_name(alias), Import(importer, module, member, level)

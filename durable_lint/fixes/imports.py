"""Names of the SDK that a fix needs: as the code already has them, or imported."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from durable_lint.durable.sdk import PACKAGE, sdk_name
from durable_lint.findings import Edit, Position
from durable_lint.fixes.ground import Ground
from durable_lint.fixes.places import parents_of
from durable_lint.program.modules.imports import Import, imports_of
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.syntax import dotted_name, own_nodes
from durable_lint.program.values.frames import Frame


def sdk_reference(
    ground: Ground, frame: Frame, node: cst.CSTNode, name: str, module_name: str
) -> tuple[str, tuple[Edit, ...]] | None:
    """Return how code at `node` can write the SDK's `name`, with the edit that imports it.

    `module_name` is the SDK's module that has it. None where the file has no place for an import.
    """
    known = _known(ground, frame, node, name)
    if known is not None:
        return known, ()
    top = frame.module_frame()
    free = top.owner_of(name) is None and ground.is_global(frame, node, name)
    alias = name if free else f"Durable{name}"
    if top.owner_of(alias) is not None or not ground.is_global(frame, node, alias):
        return None
    imported = name if free else f"{name} as {alias}"
    source = f"{PACKAGE}.{module_name}"
    among = _among_others(frame.module, source, imported)
    if among is not None:
        return alias, (among,)
    place = _place(frame.module)
    if place is None:
        return None
    return alias, (Edit(place, place, f"\nfrom {source} import {imported}"),)


def _known(ground: Ground, frame: Frame, node: cst.CSTNode, name: str) -> str | None:
    """Return a name that stands for the SDK's `name` at `node`."""
    for part in own_nodes(frame.module.tree):
        if isinstance(part, cst.Import | cst.ImportFrom) and _is_certain(frame.module, part):
            for bound, what in imports_of(part, frame.module):
                if _is(what, name) and ground.is_global(frame, node, bound):
                    return bound
    owner = frame.owner_of(name)
    bound_here = owner.env.get(name) if owner is not None else None
    if owner is None or owner is frame.module_frame():
        return None
    if not isinstance(bound_here, Import) or not _is(bound_here, name):
        return None
    return name if ground.is_bound_before(owner, frame, node, name) else None


def _is_certain(module: Module, part: cst.CSTNode) -> bool:
    """Whether an import is made when the code runs: not below `if TYPE_CHECKING`, say."""
    return not any(isinstance(node, cst.If) for node in parents_of(module, part))


def _is(what: Import, name: str) -> bool:
    return what.member is not None and sdk_name(f"{what.module}.{what.member}") == name


def _among_others(module: Module, source: str, imported: str) -> Edit | None:
    """Return the edit that adds a name to an import of `source` at the top, by the alphabet."""
    for statement in module.tree.body:
        parts = statement.body if isinstance(statement, cst.SimpleStatementLine) else ()
        for part in parts:
            if isinstance(part, cst.ImportFrom) and not isinstance(part.names, cst.ImportStar):
                if not part.relative and dotted_name(part.module) == source:
                    return _inserted(module, part.names, imported)
    return None


def _inserted(module: Module, names: Sequence[cst.ImportAlias], imported: str) -> Edit:
    for alias in names:
        span = module.span(alias)
        if alias.evaluated_name > imported:
            start = module.source.offset(span.start)
            before = module.source.line(span.start.row)[: span.start.column - 1]
            stands_alone = bool(before) and not before.strip()
            return Edit(start, start, f"{imported},\n{before}" if stands_alone else f"{imported}, ")
    end = module.source.offset(module.span(names[-1]).end)
    return Edit(end, end, f", {imported}")


def _place(module: Module) -> int | None:
    """Return the offset behind the last import of the SDK at the top, else the last of any."""
    found: tuple[bool, cst.CSTNode] | None = None
    for statement in module.tree.body:
        parts = statement.body if isinstance(statement, cst.SimpleStatementLine) else ()
        imports = [part for part in parts if isinstance(part, cst.Import | cst.ImportFrom)]
        modules = [what.module for part in imports for _, what in imports_of(part, module)]
        of_sdk = any(name.split(".")[0] == PACKAGE for name in modules)
        if imports and (found is None or of_sdk >= found[0]):
            found = (of_sdk, statement)
    if found is None:
        return None
    row = module.span(found[1]).end.row
    return module.source.offset(Position(row, len(module.source.line(row)) + 1))

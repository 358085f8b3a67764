"""Names of the SDK that a fix needs: as the file already has them, or imported."""

from __future__ import annotations

import libcst as cst

from durable_lint.durable.sdk import PACKAGE, sdk_name
from durable_lint.findings import Edit
from durable_lint.program.frames import Frame
from durable_lint.program.imports import Import, imports_of
from durable_lint.program.module import Module
from durable_lint.program.scopes import scope_of


def sdk_reference(frame: Frame, name: str, module_name: str) -> tuple[str, tuple[Edit, ...]] | None:
    """Return how code of `frame` can write the SDK's `name`, with the edit that imports it.

    `module_name` is the SDK's module that has it. None where the plain name means something else.
    """
    module = frame.module
    top = frame.module_frame()
    last_import: cst.CSTNode | None = None
    for statement in module.tree.body:
        if not isinstance(statement, cst.SimpleStatementLine):
            continue
        for part in statement.body:
            if not isinstance(part, cst.Import | cst.ImportFrom):
                continue
            for bound, what in imports_of(part, module):
                if what.module.split(".")[0] == PACKAGE:
                    last_import = statement
                if _is(what, name):
                    return (bound, ()) if _means_import(frame, bound) else None
    if not _means_import(frame, name) or name in top.env or last_import is None:
        return None
    end = module.span(last_import).end
    offset = module.source.offset(end)
    line_end = module.source.text.find("\n", offset)
    place = len(module.source.text) if line_end < 0 else line_end
    if module.source.text[place - 1 : place] == "\r":
        place -= 1
    text = f"\nfrom {PACKAGE}.{module_name} import {name}"
    return name, (Edit(place, place, text),)


def _is(what: Import, name: str) -> bool:
    return what.member is not None and sdk_name(f"{what.module}.{what.member}") == name


def _means_import(frame: Frame, name: str) -> bool:
    current: Frame | None = frame
    while current is not None and current.outer is not None:
        if name in current.scope.bound:
            return False
        current = current.outer
    return True


def binds(module: Module, name: str) -> bool:
    """Tell whether the module's top level binds `name`."""
    return name in scope_of(module.tree).bound

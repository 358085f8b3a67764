"""Where an expression stands: what may be written there, and how."""

from __future__ import annotations

import libcst as cst

from durable_lint.findings import Edit
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.syntax import descendants

_STRINGS = (cst.SimpleString, cst.FormattedString, cst.TemplatedString)


def replacement(module: Module, node: cst.CSTNode, text: str) -> Edit:
    """Return the edit that puts `text` in the place of `node`, apart from a word before it."""
    span, source = module.span(node), module.source
    start = source.offset(span.start)
    before = source.text[start - 1 : start] + text[:1]
    gap = " " if before.isidentifier() and len(before) == 2 else ""
    return Edit(start, source.offset(span.end), gap + text)


def text_of(module: Module, node: cst.CSTNode) -> str:
    """Return the text of `node`, its lines ended as edits end them."""
    return plain_newlines(module.text(node))


def plain_newlines(text: str) -> str:
    """Return `text` with its lines ended as edits end them."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def quote_at(module: Module, node: cst.CSTNode) -> str | None:
    """Return the quote for a short string at `node`; None where neither can stand.

    Before Python 3.12 the quotes of a formatted string cannot be used inside of its fields.
    """
    taken = "".join(
        parent.end
        for parent in parents_of(module, node)
        if isinstance(parent, cst.FormattedString | cst.TemplatedString)
    )
    return next((quote for quote in ('"', "'") if quote not in taken), None)


def parents_of(module: Module, node: cst.CSTNode) -> list[cst.CSTNode]:
    """Return the nodes around `node`, innermost first."""
    found: list[cst.CSTNode] = []
    while node in module.parents:
        node = module.parents[node]
        found.append(node)
    return found


def is_target(module: Module, node: cst.CSTNode) -> bool:
    """Tell whether something is assigned to `node`, to a part of it, or whether it is deleted."""
    parent = module.parents[node]
    while isinstance(parent, cst.Attribute | cst.Subscript) and parent.value is node:
        node, parent = parent, module.parents[parent]
    while isinstance(parent, cst.Element | cst.StarredElement | cst.Tuple | cst.List):
        node, parent = parent, module.parents[parent]
    match parent:
        case cst.AssignTarget() | cst.AsName():
            return True
        case cst.AnnAssign() | cst.AugAssign() | cst.Del() | cst.For() | cst.CompFor():
            return parent.target is node
        case cst.NamedExpr():
            return parent.target is node
        case _:
            return False


def has_string_across_lines(module: Module, node: cst.CSTNode) -> bool:
    """Tell whether `node` has a string that another indentation would change."""
    spans = (module.span(inner) for inner in descendants(node) if isinstance(inner, _STRINGS))
    return any(span.start.row != span.end.row for span in spans)

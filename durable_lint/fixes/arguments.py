"""One more argument for a call, set as the others are."""

from __future__ import annotations

import libcst as cst

from durable_lint.findings import Edit
from durable_lint.program.modules.module import Module


def add_argument(module: Module, call: cst.Call, text: str) -> Edit | None:
    """Return the edit that adds `text` as the last argument; None where none may follow."""
    source = module.source
    end = source.offset(module.span(call).end) - 1
    if not call.args:
        return Edit(end, end, text)
    last = call.args[-1]
    if isinstance(last.value, cst.GeneratorExp) and not last.value.lpar:
        return None
    if not isinstance(last.comma, cst.Comma):
        place = source.offset(module.span(last).end)
        return Edit(place, place, f", {text}")
    comma = module.span(last.comma).end
    if comma.row == module.span(call).end.row:
        place = source.offset(comma)
        return Edit(place, place, f" {text}")
    # A comment behind the comma stays with the argument that it speaks of.
    line = source.line(comma.row)
    place = source.offset(comma) - (comma.column - 1) + len(line)
    start = module.span(last).start
    written = source.line(start.row)
    indent = written[: len(written) - len(written.lstrip())]
    return Edit(place, place, f"\n{indent}{text},")

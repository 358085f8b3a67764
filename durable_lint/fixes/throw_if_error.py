"""A batch whose result nobody looks at raises its failures: `.throw_if_error()`."""

from __future__ import annotations

import libcst as cst

from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.program.values.frames import Call

METHOD = "throw_if_error()"


def throw_if_error(call: Call) -> Fix | None:
    """Return the fix for a batch that is a statement of its own or is bound to a name."""
    module = call.frame.module
    source = module.source
    end = module.span(call.node).end
    place = source.offset(end)
    parent = module.parents[call.node]
    match parent:
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]) if name != "_":
            line = module.parents[parent]
            if not isinstance(line, cst.SimpleStatementLine) or len(line.body) != 1:
                return None
            # Behind the whole line, so that a comment stays where it is.
            end = module.whole_span(parent.value).end
            place = source.offset(end) + len(source.line(end.row)) - (end.column - 1)
            indent = source.line(module.span(parent).start.row)
            indent = indent[: len(indent) - len(indent.lstrip())]
            text = f"\n{indent}{name}.{METHOD}"
        case cst.Expr() | cst.Assign(targets=[cst.AssignTarget(target=cst.Name())]):
            text = f".{METHOD}"
        case _:
            return None
    return Fix(f"add {METHOD}", (Edit(place, place, text),), Applicability.UNSAFE)

"""Arguments of an operation that stand in each other's places: the name first, `map(f, xs)`."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from durable_lint.durable.given import signature_of
from durable_lint.durable.shapes import Operation
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.places import text_of
from durable_lint.program.module import Module


def name_last(operation: Operation) -> Fix | None:
    """Return the fix that gives the name, which stands first, by keyword after the rest.

    None where the rest does not fit into the places before the name.
    """
    args = _positional(operation)
    rest = len(args) - 1
    if not 1 <= rest <= signature_of(operation).parameters.index("name"):
        return None
    if "name" in operation.call.arguments.keywords():
        return None
    module = operation.call.frame.module
    texts = [text_of(module, arg) for arg in args]
    return _fix(module, args, [*texts[1:], f"name={texts[0]}"], "give the name last, by keyword")


def swap_first_two(operation: Operation) -> Fix | None:
    """Return the fix that lets the first two arguments change places."""
    args = _positional(operation)[:2]
    module = operation.call.frame.module
    texts = [text_of(module, arg) for arg in reversed(args)]
    return _fix(module, args, texts, "put the inputs before the function")


def into_list(operation: Operation, count: int) -> Fix | None:
    """Return the fix that makes one list of the first `count` arguments."""
    args = _positional(operation)[:count]
    if not args:
        return None
    module = operation.call.frame.module
    start = module.source.offset(module.span(args[0]).start)
    end = module.source.offset(module.span(args[-1]).end)
    edits = (Edit(start, start, "["), Edit(end, end, "]"))
    return Fix("put the functions into a list", edits, Applicability.SAFE, True)


def _positional(operation: Operation) -> list[cst.Arg]:
    node = operation.call.node
    args = node.args if isinstance(node, cst.Call) else ()
    return [arg for arg in args if arg.keyword is None and not arg.star]


def _fix(
    module: Module, args: Sequence[cst.Arg], texts: Sequence[str], message: str
) -> Fix | None:
    """Return the fix that writes `texts` in the places of `args`, each of which keeps its line."""
    if not args:
        return None
    source = module.source
    spans = [module.span(arg) for arg in args]
    edits = tuple(
        Edit(source.offset(span.start), source.offset(span.end), text)
        for span, text in zip(spans, texts, strict=True)
    )
    return Fix(message, edits, Applicability.SAFE, True)

"""Arguments of an operation that stand in each other's places: the name first, `map(f, xs)`."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import libcst as cst

from durable_lint.durable.flow.given import is_callable, signature_of
from durable_lint.durable.shapes import Operation
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.fixes.places import text_of
from durable_lint.program.modules.module import Module
from durable_lint.program.values.shapes import Container
from durable_lint.program.values.values import Value


def name_last(operation: Operation) -> Fix | None:
    """Return the fix that gives the name, which stands first, by keyword after the rest.

    None where the rest does not fit into the places before the name.
    """
    args = _positional(operation)
    signature = signature_of(operation)
    before = signature.parameters[: signature.parameters.index("name")]
    rest = dict(zip(before, operation.call.arguments.positional()[1:], strict=False))
    function = rest.get(signature.body or "")
    if len(rest) != len(args) - 1 or function is None or not _can_be_run(function.value):
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


def config_by_keyword(operation: Operation) -> Fix | None:
    """Return the fix that gives the config, which stands in the place of the name, by keyword.

    None where it is not the last positional argument, or the operation has a config besides.
    """
    args = _positional(operation)
    place = signature_of(operation).parameters.index("name")
    if "config" in operation.arguments or len(args) != place + 1:
        return None
    module = operation.call.frame.module
    start = module.source.offset(module.span(args[place]).start)
    edit = Edit(start, start, "config=")
    return Fix("give the config by keyword", (edit,), Applicability.SAFE)


def into_list(operation: Operation) -> Fix | None:
    """Return the fix that makes one list of the functions that stand first."""
    given = operation.call.arguments.positional()
    count = len(list(takewhile(lambda item: is_callable(item.value), given)))
    args = _positional(operation)[:count]
    if not args:
        return None
    module = operation.call.frame.module
    start = module.source.offset(module.span(args[0]).start)
    end = module.source.offset(module.span(args[-1]).end)
    edits = (Edit(start, start, "["), Edit(end, end, "]"))
    return Fix("put the functions into a list", edits, Applicability.SAFE, True)


def _can_be_run(value: Value) -> bool:
    is_list = bool(value.shapes) and all(isinstance(s, Container) for s in value.shapes)
    return is_list or is_callable(value)


def _positional(operation: Operation) -> list[cst.Arg]:
    node = operation.call.node
    args = node.args if isinstance(node, cst.Call) else ()
    return [arg for arg in args if arg.keyword is None and not arg.star]


def _fix(module: Module, args: Sequence[cst.Arg], texts: Sequence[str], message: str) -> Fix | None:
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

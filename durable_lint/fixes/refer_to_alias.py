"""Let a template name a function's alias instead of the bare function."""

from __future__ import annotations

from durable_lint.durable.deployment import Deployment
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.templates.model import Function
from durable_lint.templates.tree import Mapping, Node, Scalar
from durable_lint.templates.values import Reference, intrinsic, literal, reference


def refer_to_alias(
    deployment: Deployment, node: Node, function: Function, applicability: Applicability
) -> Fix | None:
    """Return the fix that makes `node`, which names the bare `function`, name its alias.

    None where the function has no alias, or more than one, or where the reference is put together
    in a way that cannot be edited in place.
    """
    alias = deployment.alias_reference(function)
    edits = _edits(deployment, node, function, alias) if alias is not None else ()
    return Fix(f"refer to `{alias}`", edits, applicability) if edits else None


def advice(deployment: Deployment, function: Function) -> str:
    """Return what to write instead of the bare function, for a message."""
    alias = deployment.alias_reference(function)
    return f"refer to `{alias}`" if alias else "refer to a version or alias"


def _edits(deployment: Deployment, node: Node, function: Function, alias: str) -> tuple[Edit, ...]:
    template = deployment.template
    end = template.end(node)
    bare = Reference(function.logical_id)
    arn = Reference(function.logical_id, "Arn")
    if reference(node) in {bare, arn}:
        if not isinstance(node, Mapping):
            return (Edit(node.start, end, f"!Ref {alias}"),)
        ((key, argument),) = node.entries
        return (
            Edit(key.start, key.end, _quoted("Ref", template.text(key))),
            Edit(argument.start, template.end(argument), _quoted(alias, template.text(argument))),
        )
    call = intrinsic(node)
    if call is None or call[0] != "Sub":
        return ()
    if node is call[1] and isinstance(node, Scalar) and node.value in {_filled(bare), _filled(arn)}:
        return (Edit(node.start, end, f"!Ref {alias}"),)
    written = _filled(arn)
    text = template.source.text[node.start : end]
    if text.count(written) != 1:
        return ()
    # SAM makes `${Fn.Alias}` work, but validators of plain CloudFormation do not know it.
    published = literal(function.get("AutoPublishAlias")) if function.serverless else None
    named = f"{written}:{published}" if published else _filled(Reference(alias))
    place = node.start + text.index(written)
    return (Edit(place, place + len(written), named),)


def _filled(named: Reference) -> str:
    """Return how `Sub` has a reference written in its text."""
    attribute = f".{named.attribute}" if named.attribute else ""
    return f"${{{named.logical_id}{attribute}}}"


def _quoted(text: str, like: str) -> str:
    """Return `text` in the quotes of `like`; a list of strings in JSON counts as quoted."""
    quote = next((mark for mark in ('"', "'") if mark in like), "")
    return f"{quote}{text}{quote}"

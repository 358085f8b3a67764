"""Let a template name a function's alias instead of the bare function."""

from __future__ import annotations

from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.templates.model import Function, Template
from durable_lint.templates.tree import Mapping, Node, Scalar
from durable_lint.templates.values import Reference, intrinsic, reference

_QUOTES = ('"', "'")


def refer_to_alias(
    deployment: Deployment, node: Node, function: Function, applicability: Applicability
) -> Fix | None:
    """Return the fix that makes `node`, which names the bare `function`, name its alias.

    None where the function has no alias, or more than one, or where the name is put together in a
    way that cannot be edited in place.
    """
    alias = deployment.alias_reference(function)
    if alias is None:
        return None
    edits = _referring(deployment.template, node, function, alias) or _qualifying(
        deployment, node, function
    )
    return Fix(f"refer to `{alias}`", edits, applicability) if edits else None


def advice(deployment: Deployment, function: Function) -> str:
    """Return what to write instead of the bare function, for a message."""
    alias = deployment.alias_reference(function)
    return f"refer to `{alias}`" if alias else "refer to a version or alias"


def _referring(template: Template, node: Node, function: Function, alias: str) -> tuple[Edit, ...]:
    """Return what turns `node` into a `Ref` to the alias, where it is nothing but a reference."""
    bare = (Reference(function.logical_id), Reference(function.logical_id, "Arn"))
    filled = {_filled(named) for named in bare}
    is_sub = isinstance(node, Scalar) and node.tag == "!Sub" and node.value in filled
    if is_sub or (reference(node) in bare and not isinstance(node, Mapping)):
        return (Edit(node.start, template.end(node), f"!Ref {alias}"),)
    if reference(node) in bare and isinstance(node, Mapping):
        ((key, argument),) = node.entries
        return (
            Edit(key.start, key.end, _quoted("Ref", template.text(key))),
            Edit(argument.start, template.end(argument), _quoted(alias, template.text(argument))),
        )
    return ()


def _qualifying(deployment: Deployment, node: Node, function: Function) -> tuple[Edit, ...]:
    """Return what puts the alias's name behind the function in a text, if it is clear where.

    SAM lets `Sub` have `${Fn.Alias}` too, but validators of plain CloudFormation do not know it.
    """
    name = deployment.alias_name(function)
    call = intrinsic(node)
    if name is None or (call is not None and call[0] != "Sub"):
        return ()
    end = deployment.template.end(node)
    text = deployment.template.text(node)
    arn = _filled(Reference(function.logical_id, "Arn"))
    if text.count(arn) == 1:
        place = node.start + text.index(arn) + len(arn)
    elif isinstance(node, Scalar) and "\n" not in text and "/" not in node.value:
        place = end - 1 if text.endswith(_QUOTES) else end
    else:
        return ()
    return (Edit(place, place, f":{name}"),)


def _filled(named: Reference) -> str:
    """Return how `Sub` has a reference written in its text."""
    attribute = f".{named.attribute}" if named.attribute else ""
    return f"${{{named.logical_id}{attribute}}}"


def _quoted(text: str, like: str) -> str:
    """Return `text` in the quotes of `like`; a list of strings in JSON counts as quoted."""
    quote = next((mark for mark in _QUOTES if mark in like), "")
    return f"{quote}{text}{quote}"

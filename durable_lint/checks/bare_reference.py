"""LDF505: a template's resource that names a durable function without version or alias."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.durable.deployment.targets import Hole, Parts
from durable_lint.findings import Applicability, Finding, Severity
from durable_lint.fixes.refer_to_alias import advice, refer_to_alias
from durable_lint.templates.model import Function, Resource
from durable_lint.templates.paths import select
from durable_lint.templates.tree import Node

CODE = "LDF505"
NAME = "unpublished-function"

_ENDS_OF_NAME = ('"', '\\"', "/invocations")


def check_template(deployment: Deployment) -> Iterator[Finding]:
    """Yield a finding for each value that a service invokes and that names the bare function."""
    seen: set[Node] = set()
    for resource in deployment.template.resources.values():
        for node, function in _bare(deployment, resource):
            if node not in seen:
                seen.add(node)
                yield _finding(deployment, resource, node, function)


def _bare(deployment: Deployment, resource: Resource) -> Iterator[tuple[Node, Function]]:
    for node in deployment.invokers.invoked(resource):
        yield from deployment.bare(node)
    for path in deployment.invokers.documents.get(resource.type, ()):
        for node in select(resource.properties, path):
            for parts, named in deployment.holes(node):
                function = _named_alone(parts, named)
                if function is not None:
                    yield node, function


def _named_alone(parts: Parts, named: dict[Hole, Function]) -> Function | None:
    """Return a function that a text names in full, with nothing behind the name."""
    for part, following in pairwise(parts):
        follows = isinstance(following, str) and following.startswith(_ENDS_OF_NAME)
        if follows and isinstance(part, Hole) and part in named:
            return named[part]
    return None


def _finding(deployment: Deployment, resource: Resource, node: Node, function: Function) -> Finding:
    template = deployment.template
    # A function whose own properties name its alias could never be made.
    fix = (
        refer_to_alias(deployment, node, function, Applicability.SAFE)
        if resource is not function
        else None
    )
    message = (
        f"{resource.type} {resource.logical_id} invokes durable function {function.logical_id} "
        f"without a version or alias, which Lambda refuses; {advice(deployment, function)}"
    )
    span = template.span(node)
    return Finding(CODE, NAME, message, template.source.path, span, Severity.ERROR, (), fix)

"""LDF505: the bare name of a durable function, given to code that the linter cannot see use it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.findings import Applicability, Finding, Severity
from durable_lint.fixes.refer_to_alias import advice, refer_to_alias
from durable_lint.templates.model import Function, Resource
from durable_lint.templates.paths import select
from durable_lint.templates.tree import Mapping, Node, child

CODE = "LDF505"
NAME = "unpublished-function"

_DEFINITIONS = ("Definition", "DefinitionString")


def check_template(deployment: Deployment) -> Iterator[Finding]:
    """Yield a finding for each environment variable or substitution that holds a bare function.

    A warning where the reader may still add a qualifier, an error where the template shows that it
    does not.
    """
    seen: set[Node] = set()
    for holder in deployment.template.functions.values():
        for key, value in holder.variables():
            if key.value not in deployment.judged_variables and value not in seen:
                seen.add(value)
                what = f"environment variable {key.value}"
                yield from _judge(deployment, holder, value, what, Severity.WARNING)
    for resource in deployment.template.resources.values():
        for path in deployment.invokers.hands_on.get(resource.type, ()):
            for values in select(resource.properties, path):
                yield from _substitutions(deployment, resource, values)


def _substitutions(deployment: Deployment, resource: Resource, values: Node) -> Iterator[Finding]:
    definition = "".join(
        deployment.template.text(node)
        for name in _DEFINITIONS
        if (node := child(resource.properties, name)) is not None
    )
    for key, value in values.items() if isinstance(values, Mapping) else ():
        uses = re.findall(rf"\$\{{{re.escape(key.value)}\}}(:?)", definition)
        if not uses or "" in uses:
            severity = Severity.ERROR if uses else Severity.WARNING
            what = f"substitution {key.value}"
            yield from _judge(deployment, resource, value, what, severity)


def _judge(
    deployment: Deployment, holder: Resource, value: Node, what: str, severity: Severity
) -> Iterator[Finding]:
    template = deployment.template
    for node, function in deployment.bare(value):
        # A function whose own properties name its alias could never be made.
        fix = (
            refer_to_alias(deployment, node, function, Applicability.UNSAFE)
            if holder is not function
            else None
        )
        message = (
            f"{what} of {holder.logical_id} names durable function {function.logical_id} without "
            f"a version or alias{_consequence(deployment, function, severity)}"
        )
        span = template.span(node)
        yield Finding(CODE, NAME, message, template.source.path, span, severity, (), fix)


def _consequence(deployment: Deployment, function: Function, severity: Severity) -> str:
    mend = advice(deployment, function)
    if severity is Severity.ERROR:
        return f", and the definition adds none: Lambda refuses to invoke it; {mend}"
    return f": Lambda refuses to invoke it unless the reader adds one; {mend}"

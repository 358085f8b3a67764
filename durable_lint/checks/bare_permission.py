"""LDF505: a permission to invoke a durable function that covers its unqualified name only."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.findings import Applicability, Finding, Severity
from durable_lint.fixes.refer_to_alias import advice, refer_to_alias
from durable_lint.templates.model import Function
from durable_lint.templates.paths import select
from durable_lint.templates.tree import Node, Sequence, child
from durable_lint.templates.values import intrinsic, literal, texts

CODE = "LDF505"
NAME = "unpublished-function"

_PERMISSION = "AWS::Lambda::Permission"
_SAM_POLICY = "LambdaInvokePolicy"
_INVOKING = ("lambda:invoke", "lambda:*")


def check_template(deployment: Deployment) -> Iterator[Finding]:
    """Yield a finding for each permission that opens only the bare function.

    Lambda attaches permissions to what they name: whoever invokes the alias is not covered by one
    on the function. Only `$LATEST` is, so a template that uses it for this function is left alone.
    """
    latest = {function for _, function in deployment.latest_references()}
    for resource in deployment.template.of_type(_PERMISSION):
        node = child(resource.properties, "FunctionName")
        action = literal(child(resource.properties, "Action")) or ""
        if node is not None and _invokes(action):
            subject = f"{_PERMISSION} {resource.logical_id}"
            yield from _judge(deployment, node, subject, latest, Severity.ERROR)
    granted = list(_granted(deployment))
    open_to_all = any(_has_wildcard(node) for _, node in granted) or _has_sam_policy(deployment)
    pointers = [pointer for _, node in granted for pointer in deployment.pointers(node)]
    covered = latest | {pointer.function for pointer in pointers if not pointer.bare}
    for owner, node in () if open_to_all else granted:
        subject = f"the policy of {owner}"
        yield from _judge(deployment, node, subject, covered, Severity.WARNING)


def _judge(
    deployment: Deployment, node: Node, subject: str, covered: set[Function], severity: Severity
) -> Iterator[Finding]:
    template = deployment.template
    for side, function in deployment.bare(node):
        if function in covered:
            continue
        message = (
            f"{subject} lets only the unqualified {function.logical_id} be invoked, which Lambda "
            f"refuses for a durable function; {advice(deployment, function)}"
        )
        fix = None
        if severity is Severity.ERROR:
            fix = refer_to_alias(deployment, side, function, Applicability.SAFE)
        span = template.span(side)
        yield Finding(CODE, NAME, message, template.source.path, span, severity, (), fix)


def _granted(deployment: Deployment) -> Iterator[tuple[str, Node]]:
    """Yield each resource that an IAM statement allows to be invoked, and who holds the policy."""
    for resource in deployment.template.resources.values():
        for path in deployment.invokers.grants.get(resource.type, ()):
            for statement in select(resource.properties, path):
                for single in statement.items if isinstance(statement, Sequence) else [statement]:
                    if _allows_invoking(single):
                        yield from ((resource.logical_id, node) for node in _listed(single))


def _allows_invoking(statement: Node) -> bool:
    actions = select(statement, "Action")
    listed = [item for node in actions for item in _items(node)]
    allows = literal(child(statement, "Effect")) != "Deny"
    return allows and any(_invokes(literal(action) or "") for action in listed)


def _listed(statement: Node) -> Iterator[Node]:
    for node in select(statement, "Resource"):
        yield from _items(node)


def _items(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) and intrinsic(node) is None else (node,)


def _invokes(action: str) -> bool:
    return action == "*" or action.lower().startswith(_INVOKING)


def _has_wildcard(node: Node) -> bool:
    found = texts(node)
    return not found or any("*" in (part or "*") for text in found for part in _written(text))


def _written(text: tuple[object, ...]) -> Iterator[str]:
    return (part for part in text if isinstance(part, str))


def _has_sam_policy(deployment: Deployment) -> bool:
    policies = select(deployment.template.root, f"Resources.*.Properties.Policies.{_SAM_POLICY}")
    return any(True for _ in policies)

"""LDF505: a durable function that may run longer than those who wait for its answer can wait."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.findings import Finding, Hop, Severity
from durable_lint.templates.model import Function
from durable_lint.templates.tree import Scalar, child

CODE = "LDF505"
NAME = "unpublished-function"

_LONGEST_WAIT_SECONDS = 15 * 60


def check_template(deployment: Deployment) -> Iterator[Finding]:
    """Yield a finding for each execution timeout that a synchronous invocation does not allow."""
    template = deployment.template
    for function in deployment.durable_functions:
        timeout = child(function.get("DurableConfig"), "ExecutionTimeout")
        if not isinstance(timeout, Scalar) or timeout.tag or not timeout.value.isdecimal():
            continue
        if int(timeout.value) <= _LONGEST_WAIT_SECONDS:
            continue
        route = tuple(_waiting(deployment, function))
        if route:
            message = (
                f"durable function {function.logical_id} may run for {timeout.value} seconds, but "
                f"{route[0].message}, and Lambda refuses that for executions of more than "
                f"{_LONGEST_WAIT_SECONDS}; lower the timeout or invoke it asynchronously"
            )
            span = template.span(timeout)
            path = template.source.path
            yield Finding(CODE, NAME, message, path, span, Severity.ERROR, route)


def _waiting(deployment: Deployment, function: Function) -> Iterator[Hop]:
    """Yield what invokes `function` and waits for its answer."""
    template = deployment.template

    def hop(node: Scalar, kind: str) -> Hop:
        position = template.source.position(node.start)
        message = f"{kind} waits for its answer"
        return Hop(template.source.path, position, function.logical_id, message)

    for key, kind, _ in function.events():
        if kind in deployment.invokers.waiting_events:
            yield hop(key, f"{kind} event {key.value}")
    for resource in filter(deployment.invokers.waits, template.resources.values()):
        for node in deployment.invokers.invoked(resource):
            if any(pointer.function is function for pointer in deployment.pointers(node)):
                yield hop(resource.key, f"{resource.type} {resource.logical_id}")

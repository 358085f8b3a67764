"""LDF503: a template that names a durable function as `$LATEST`."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.durable.deployment.targets import LATEST
from durable_lint.findings import Finding, Severity

CODE = "LDF503"
NAME = "latest-qualifier"


def check_template(deployment: Deployment) -> Iterator[Finding]:
    """Yield a finding for each value that runs a durable function as `$LATEST`."""
    template = deployment.template
    for node, function in deployment.latest_references():
        if function.durable:
            message = (
                f"durable function {function.logical_id} is run as `{LATEST}`, whose code changes "
                "under suspended executions with every deployment; use a version or alias"
            )
            span = template.span(node)
            yield Finding(CODE, NAME, message, template.source.path, span, Severity.WARNING)

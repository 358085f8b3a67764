"""LDF505: a durable function of a template that is never published under a version or alias."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.findings import Finding, Fix, Hop, Severity
from durable_lint.fixes.publish_alias import publish_alias
from durable_lint.templates.model import Function
from durable_lint.templates.tree import Mapping, Scalar

CODE = "LDF505"
NAME = "unpublished-function"


def check_template(deployment: Deployment) -> Iterator[Finding]:
    """Yield a finding for each `DurableConfig` whose function gets no version and no alias.

    An error where the template itself lets something invoke the bare function, else a warning.
    """
    template = deployment.template
    unpublished: dict[Scalar, list[Function]] = {}
    for function in deployment.durable_functions:
        if deployment.published(function) is False:
            unpublished.setdefault(_place(function), []).append(function)
    for place, functions in unpublished.items():
        route = tuple(hop for function in functions for hop in _invocations(deployment, function))
        yield Finding(
            CODE,
            NAME,
            _message(functions, route),
            template.source.path,
            template.span(place),
            Severity.ERROR if route else Severity.WARNING,
            route,
            _fix(deployment, functions[0]),
        )


def _place(function: Function) -> Scalar:
    entry = function.entry("DurableConfig")
    return entry[0] if entry is not None else function.key


def _invocations(deployment: Deployment, function: Function) -> Iterator[Hop]:
    """Yield what invokes the bare function: SAM's events and URL, and other resources."""
    template = deployment.template

    def hop(node: Scalar, kind: str) -> Hop:
        position = template.source.position(node.start)
        message = f"{kind} invokes the unqualified function"
        return Hop(template.source.path, position, function.logical_id, message)

    for key, kind, _ in function.events():
        yield hop(key, f"{kind} event {key.value}")
    url = function.entry("FunctionUrlConfig") if function.serverless else None
    if url is not None:
        yield hop(url[0], "the function URL")
    for resource in template.resources.values():
        for node in deployment.invokers.invoked(resource):
            if any(named is function for _, named in deployment.bare(node)):
                yield hop(resource.key, f"{resource.type} {resource.logical_id}")


def _message(functions: list[Function], route: tuple[Hop, ...]) -> str:
    names = ", ".join(function.logical_id for function in functions)
    subject = f"durable function {names}" if len(functions) == 1 else f"durable functions {names}"
    verb = "has" if len(functions) == 1 else "have"
    mend = (
        "add `AutoPublishAlias`"
        if functions[0].serverless
        else "add an `AWS::Lambda::Version` and an `AWS::Lambda::Alias`"
    )
    if route:
        cause = route[0].message.removesuffix(" invokes the unqualified function")
        return (
            f"{subject} {verb} no version and no alias, so {cause} invokes the unqualified "
            f"function, which Lambda refuses for durable ones; {mend}"
        )
    return (
        f"{subject} {verb} no version and no alias and can only run as `$LATEST`, where a "
        f"deployment changes the code under suspended executions; {mend}"
    )


def _fix(deployment: Deployment, function: Function) -> Fix | None:
    entry = function.entry("DurableConfig") if function.serverless else None
    if entry is None:
        return None
    key, value = entry
    fixes = (
        publish_alias(deployment.template, properties, key, value)
        for properties in (function.properties, function.shared)
        if isinstance(properties, Mapping)
    )
    return next((fix for fix in fixes if fix is not None), None)

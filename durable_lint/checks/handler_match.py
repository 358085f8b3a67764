"""LDF505: a template and a handler that do not agree on whether the function is durable."""

from __future__ import annotations

from collections.abc import Iterator

from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.findings import Finding, Severity
from durable_lint.templates.model import Function
from durable_lint.templates.tree import Node

CODE = "LDF505"
NAME = "unpublished-function"


def check_template(deployment: Deployment) -> Iterator[Finding]:
    """Yield a finding for each function whose `DurableConfig` and handler contradict each other."""
    template = deployment.template
    for function in template.functions.values():
        verdict = _is_durable(deployment, function)
        if verdict is None or function.durable is None or verdict == function.durable:
            continue
        handler = function.entry("Handler")
        config = function.entry("DurableConfig")
        place: Node = function.key
        if function.durable and config is not None:
            place = config[0]
            message = (
                f"function {function.logical_id} is durable, but its handler is not wrapped by "
                "`durable_execution` and cannot read what Lambda sends to durable functions"
            )
        else:
            place = handler[1] if handler is not None else place
            message = (
                f"the handler of function {function.logical_id} is durable, but the function has "
                "no `DurableConfig`: every invocation fails"
            )
        span = template.span(place)
        yield Finding(CODE, NAME, message, template.source.path, span, Severity.ERROR)


def _is_durable(deployment: Deployment, function: Function) -> bool | None:
    """Ask the project's Python about the function's handler."""
    handlers = deployment.handlers
    if handlers is None:
        return None
    # Of a plain function only a durable handler matters, and few files can hold one.
    answers = {
        handlers.is_durable(file, name)
        for file, name in deployment.handler_files(function)
        if function.durable or handlers.may_be_durable(file)
    }
    return answers.pop() if len(answers) == 1 else None

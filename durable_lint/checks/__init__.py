"""The opinions: each module of this package has one, and is found by walking the package."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from types import ModuleType

from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection


@cache
def _modules() -> tuple[ModuleType, ...]:
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}") for name in names)


def run(inspection: Inspection, failed: Callable[[Exception], None]) -> Iterator[Finding]:
    """Yield what every check of Python code finds, of the rules that are on.

    A check that raises costs only its own findings: `failed` is told.
    """
    for module in _modules():
        if not hasattr(module, "check") or not any(map(inspection.enabled, module.CODES)):
            continue
        try:
            found = list(module.check(inspection))
        except Exception as error:  # noqa: BLE001 - the other checks must have their say
            failed(error)
            continue
        yield from (finding for finding in found if inspection.enabled(finding.code))


def run_on_template(
    deployment: Deployment, failed: Callable[[Exception], None]
) -> Iterator[Finding]:
    """Yield what every check of templates finds; `failed` is told of one that raises."""
    for module in _modules():
        if hasattr(module, "check_template"):
            try:
                found = list(module.check_template(deployment))
            except Exception as error:  # noqa: BLE001 - the other checks must have their say
                failed(error)
                continue
            yield from found

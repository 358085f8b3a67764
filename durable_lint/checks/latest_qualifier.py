"""LDF503: Python code that runs a durable function as `$LATEST`."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from durable_lint.durable.deployment.target_values import Reading, read_targets
from durable_lint.durable.deployment.targets import LATEST, Qualifier
from durable_lint.findings import Finding
from durable_lint.inspection import Inspection
from durable_lint.program.values.values import Value

CODES = ("LDF503",)
_LATEST_VERSION = "latest_version"


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each target that is durable, or may be, and named as `$LATEST`."""
    yield from _invoked(inspection)
    yield from _named_by_clients(inspection)
    yield from _in_stacks(inspection)


def _invoked(inspection: Inspection) -> Iterator[Finding]:
    plain = inspection.walk.vocabulary.on_demand_functions
    for operation in inspection.walk.operations:
        target = operation.arguments.get("function_name")
        if operation.name == "invoke" and target is not None:
            for reading in _readings(inspection, target.value):
                listed = any(fnmatchcase(reading.name or "", pattern) for pattern in plain)
                is_plain = reading.durable is False or (listed and reading.durable is None)
                if _is_latest(reading) and not is_plain:
                    call = operation.call
                    yield inspection.finding("LDF503", call.frame, call.node, _message(reading))


def _named_by_clients(inspection: Inspection) -> Iterator[Finding]:
    for named in inspection.client_calls:
        for reading in _readings(inspection, named.target):
            durable = named.durable or reading.durable
            if durable and (_is_latest(reading) or (named.latest and reading.bare)):
                call = named.call
                yield inspection.finding("LDF503", call.frame, call.node, _message(reading))


def _in_stacks(inspection: Inspection) -> Iterator[Finding]:
    stacks = inspection.stacks
    for call in stacks.calls if stacks is not None else ():
        for item in call.arguments.items:
            for shape in item.value.shapes:
                named = stacks.method(shape) if stacks is not None else None
                if named is None or named[1] != _LATEST_VERSION or item.node is None:
                    continue
                made = stacks.made_at(named[0]) if stacks is not None else None
                if stacks is not None and made is not None and stacks.durable(made):
                    message = _consequence(f"the durable function {made.label}")
                    yield inspection.finding("LDF503", call.frame, item.node, message)


def _readings(inspection: Inspection, value: Value) -> Iterator[Reading]:
    return read_targets(value, inspection.evidence, inspection.walk.module.path)


def _is_latest(reading: Reading) -> bool:
    # What a variable holds is judged where it is set.
    return reading.qualifier is Qualifier.LATEST and reading.name is not None


def _message(reading: Reading) -> str:
    return _consequence(f'"{reading.shown}"')


def _consequence(subject: str) -> str:
    return (
        f"{subject} is run as `{LATEST}`, whose code changes under suspended executions with "
        "every deployment; use a version or alias"
    )

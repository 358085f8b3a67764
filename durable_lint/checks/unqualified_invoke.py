"""LDF501: `context.invoke` of a durable function without version or alias."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from durable_lint.durable.deployment.target_values import Reading, read_targets
from durable_lint.findings import Finding, Hop, Severity
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Call

CODES = ("LDF501",)


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield a finding for each target that is durable, or may be, and certainly not qualified."""
    for operation in inspection.walk.operations:
        target = operation.arguments.get("function_name")
        if operation.name != "invoke" or target is None:
            continue
        call = operation.call
        for reading in read_targets(target.value, inspection.evidence, inspection.walk.module.path):
            if reading.bare and _is_durable(inspection, reading):
                yield inspection.finding(
                    "LDF501",
                    call.frame,
                    call.node,
                    _message(inspection, reading),
                    route=_route(inspection, call, reading),
                    severity=None if reading.durable else Severity.WARNING,
                )


def _is_durable(inspection: Inspection, reading: Reading) -> bool:
    """Tell whether the target is durable, or a name of which nobody knows."""
    if reading.durable is not None or reading.name is None:
        return reading.durable is True
    plain = inspection.walk.vocabulary.on_demand_functions
    return not any(fnmatchcase(reading.name, pattern) for pattern in plain)


def _message(inspection: Inspection, reading: Reading) -> str:
    if reading.place is None:
        return (
            f'"{reading.shown}" has no version and no alias, so the invoke fails if the function '
            f"is durable; qualify it, or add {reading.name!r} to `on-demand-functions` if it is not"
        )
    place = inspection.evidence.shown(reading.place)
    names = "names" if reading.name is not None else "holds"
    return (
        f'"{reading.shown}" {names} the durable function {reading.label} ({place}) without a '
        "version or alias, so the invoke fails"
    )


def _route(inspection: Inspection, call: Call, reading: Reading) -> Iterator[Hop]:
    if reading.place is not None:
        yield inspection.hop_to(reading.place, f'"{reading.shown}" is {reading.label}, unqualified')
        yield inspection.hop(call.frame, call.node, f'invokes "{reading.shown}"')

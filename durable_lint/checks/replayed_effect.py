"""Every rule with a names table: a call in replayed code that differs, or acts, on each replay."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from durable_lint.durable.flow.flow import VALUE_ONLY, Use, Uses
from durable_lint.durable.flow.reach import Reached, called_name
from durable_lint.findings import Finding, Fix, Hop, Severity
from durable_lint.fixes.sleep_to_wait import sleep_to_wait
from durable_lint.fixes.wrap_in_step import wrap_in_step
from durable_lint.inspection import Inspection
from durable_lint.program.values.frames import Call

# The most harmful first: a helper with several effects is reported as the worst of them.
CODES = (
    "LDF105",
    "LDF104",
    "LDF107",
    "LDF106",
    "LDF115",
    "LDF307",
    "LDF103",
    "LDF102",
    "LDF101",
    "LDF110",
    "LDF111",
    "LDF108",
)

NAME_RULE = "LDF116"


def check(inspection: Inspection) -> Iterator[Finding]:
    """Yield one finding for each call at which effects are to be mended."""
    for call, reached in inspection.reach.sites():
        wanted = [item for item in reached if _wanted(inspection, item)]
        if wanted:
            yield _finding(inspection, call, wanted)


def _wanted(inspection: Inspection, item: Reached) -> bool:
    effect = item.effect
    if effect.code not in CODES or not inspection.enabled(effect.code):
        return False
    if len(item.calls) > 1 and inspection.silenced_at(effect.code, effect.frame, effect.node):
        return False
    only_names = inspection.flow.uses(effect).kinds == {Use.NAME}
    return not (only_names and inspection.enabled(NAME_RULE) and effect.code in VALUE_ONLY)


def _finding(inspection: Inspection, call: Call, reached: list[Reached]) -> Finding:
    ranked = sorted(reached, key=lambda item: _rank(inspection, item))
    worst = ranked[0]
    code = worst.effect.code
    severity = Severity.WARNING if inspection.flow.is_harmless(worst.effect) else None
    return inspection.finding(
        code,
        call.frame,
        call.node,
        _message(inspection, call, ranked),
        route=_routes(inspection, ranked),
        fix=_fix(inspection, call, ranked),
        severity=severity,
    )


def _rank(inspection: Inspection, item: Reached) -> tuple[bool, bool, int]:
    # What the call does itself comes before what it leads to.
    effect = item.effect
    return (inspection.flow.is_harmless(effect), len(item.calls) > 1, CODES.index(effect.code))


def _message(inspection: Inspection, call: Call, reached: list[Reached]) -> str:
    ending = _consequence(inspection.flow.uses(reached[0].effect))
    own = next((item.effect for item in reached if len(item.calls) == 1), None)
    led = [item.effect for item in reached if len(item.calls) > 1]
    if not led and own is not None:
        return f'"{own.path}" {own.why} in replayed code{ending}'
    reasons = list(dict.fromkeys(f'"{effect.path}", which {effect.why}' for effect in led))
    listed = ", and to ".join(reasons[:3])
    more = f", and to {len(reasons) - 3} more" if len(reasons) > 3 else ""
    does = f'"{called_name(call)}" leads' if own is None else f'"{own.path}" {own.why} and leads'
    return f"{does} to {listed}{more}, in replayed code{ending}"


def _consequence(uses: Uses) -> str:
    if uses.for_operations:
        return f", and {uses.for_operations}"
    match uses.worst:
        case Use.LOGGED:
            return "; the value is only logged"
        case Use.RETURNED if uses.after_last_operation:
            return "; the value is only returned, after the last operation"
        case _:
            return ""


def _routes(inspection: Inspection, reached: list[Reached]) -> Iterable[Hop]:
    """Return the hops to each effect, one after the other; each place of the code once."""
    hops: dict[Hop, None] = {}
    for item in reached:
        route = inspection.hops(item)
        if route[-1] not in hops:
            hops |= dict.fromkeys(route)
    return hops


def _fix(inspection: Inspection, call: Call, reached: list[Reached]) -> Fix | None:
    effects = [item.effect for item in reached]
    rules = [inspection.rules[effect.code] for effect in effects]
    if any(rule.fix is None for rule in rules):
        return None
    if len(reached[0].calls) == 1 and effects[0].code == "LDF307":
        return sleep_to_wait(inspection.ground, call)
    if any(effect.code == "LDF307" for effect in effects):
        return None
    applicability = max((rule.fix for rule in rules if rule.fix), key=_caution)
    return wrap_in_step(inspection.ground, call, applicability)


def _caution(applicability: object) -> int:
    return ("safe", "unsafe", "display").index(str(applicability))

"""Which function a Python value names, as far as the code and the project tell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from durable_lint.durable.deployment.evidence import Evidence, Place
from durable_lint.durable.deployment.targets import Hole, Parts, Qualifier, Verdict, judge
from durable_lint.program.values.shapes import Constant, Text, Variable
from durable_lint.program.values.values import Shape, Value


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a value may name as a function.

    `shown` is how messages name it; `durable` is None where nobody says. `place` is where the
    project says it, `label` what the function is called there. `name` is the function's own name,
    `*` for what is only known at run time; None for an environment variable.
    """

    shown: str
    verdict: Verdict
    qualifier: Qualifier | None
    durable: bool | None = None
    name: str | None = None
    label: str | None = None
    place: Place | None = None

    @property
    def bare(self) -> bool:
        """Whether the function is certainly named without a qualifier."""
        return self.verdict is Verdict.UNQUALIFIED


def read_targets(value: Value, evidence: Evidence, file: Path) -> Iterator[Reading]:
    """Yield what `value` may name, read where the code of `file` runs; nothing if it is not known.

    What stands beside an environment variable (`os.environ.get(name, "orders")`, or the same with
    `or`) is what holds where the variable is not set, and so not where the function is deployed.
    A name beside the same name with a qualifier is left out: the code adds one where it is missing.
    """
    shapes = [shape for shape in value.shapes if shape != Constant("NoneType", None)]
    if value.open or not all(isinstance(shape, Constant | Text | Variable) for shape in shapes):
        return
    variables = [shape for shape in shapes if isinstance(shape, Variable)]
    for shape in variables or shapes:
        if not any(_qualifies(other, shape) for other in shapes):
            yield from _read(shape, evidence, file)


def _qualifies(text: Shape, name: Shape) -> bool:
    """Tell whether a text is a name with a colon, and something else, behind it."""
    return _spelled(text).startswith(f"{_spelled(name)}:")


def _spelled(shape: Shape) -> str:
    """Return a text with a mark for each hole, the same for the same content."""
    match shape:
        case Constant():
            return str(shape.content)
        case Text():
            return "".join(p if isinstance(p, str) else _mark(p) for p in shape.parts)
    return f"\0{hash(shape)}\0"


def _mark(hole: Value) -> str:
    return f"\0{hash(hole.shapes[0] if len(hole.shapes) == 1 else hole)}\0"


def parts_of(shape: Shape) -> Parts | None:
    """Return the text of a string with a hole for what is not known; None for anything else."""
    match shape:
        case Constant(content=str(text)):
            return (text,)
        case Text(parts=parts):
            return tuple(part if isinstance(part, str) else Hole(part) for part in parts)
    return None


def _read(shape: Shape, evidence: Evidence, file: Path) -> Iterator[Reading]:
    if isinstance(shape, Variable):
        yield _variable(shape.name, evidence, file)
    elif isinstance(shape, Text) and len(shape.parts) == 1 and isinstance(shape.parts[0], Value):
        yield from read_targets(shape.parts[0], evidence, file)
    elif (parts := parts_of(shape)) is not None:
        yield read_text(parts, evidence)


def read_text(parts: Parts, evidence: Evidence) -> Reading:
    """Return what a text with holes names."""
    judgement = judge(parts)
    shown = _rendered(parts)
    name = judgement.literal_name
    function = evidence.named(name) if name is not None else None
    return Reading(
        shown,
        judgement.verdict,
        judgement.qualifier,
        function.durable if function is not None else None,
        _rendered(judgement.name) if judgement.name else None,
        function.label if function is not None else None,
        function.place if function is not None else None,
    )


def _variable(name: str, evidence: Evidence, file: Path) -> Reading:
    """Read an environment variable; certain only where all that set it agree."""
    held = evidence.variable(name, file)
    named = [item for each in held for item in each.named]
    known = [item for item in named if item is not None]
    if not known or len(known) < len(named) or len({item.durable for item in known}) > 1:
        return Reading(name, Verdict.UNKNOWN, None)
    if all(item.bare for item in known):
        verdict = Verdict.UNQUALIFIED
    elif any(item.bare for item in known):
        verdict = Verdict.UNKNOWN
    else:
        verdict = Verdict.QUALIFIED
    qualifiers = {item.qualifier for item in known}
    return Reading(
        name,
        verdict,
        qualifiers.pop() if len(qualifiers) == 1 else None,
        known[0].durable,
        label=known[0].label,
        place=held[0].place,
    )


def _rendered(parts: Parts) -> str:
    return "".join("*" if isinstance(part, Hole) else part for part in parts)

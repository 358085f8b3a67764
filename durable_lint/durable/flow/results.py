"""What becomes of the result of an operation: dropped, bound to names, or looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import libcst as cst

from durable_lint.durable.flow.routes import Callers
from durable_lint.durable.shapes import Operation
from durable_lint.durable.walk import Walk
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.syntax import descendants
from durable_lint.program.values.frames import Frame
from durable_lint.program.values.shapes import External

# What may stand between a value and the statement that returns it, so that it is returned as it is.
_DISPLAYS = (
    *(cst.Dict, cst.DictElement, cst.List, cst.Tuple, cst.Element),
    *(cst.FormattedString, cst.FormattedStringExpression),
)


@dataclass(slots=True)
class Fate:
    """What is done with an object.

    `uses` are the expressions that do something with it, each with its frame; `names` the local
    variables it is bound to, with their frames.
    """

    uses: list[tuple[Frame, cst.CSTNode]] = field(default_factory=list)
    names: set[tuple[Frame, str]] = field(default_factory=set)


class Results:
    """The fates of the objects that operations hand back."""

    def __init__(self, walk: Walk, callers: Callers) -> None:
        self._walk = walk
        self._callers = callers
        self._run = {frame.node for frame in walk.interpreter.frames}

    def objects(self, operation: Operation) -> Iterator[External]:
        """Yield the library objects that an operation hands back."""
        made = operation.call.result.shapes
        yield from (shape for shape in made if isinstance(shape, External) and shape.site)

    def fate(self, shape: External) -> Fate:
        """Return what is done with an object wherever it is looked at."""
        fate = Fate()
        seen: set[tuple[Frame, cst.CSTNode]] = set()
        waiting = [(a.frame, a.node) for a in self._walk.interpreter.reads.get(shape, ())]
        while waiting:
            frame, node = place = waiting.pop()
            if place in seen:
                continue
            seen.add(place)
            callers = self._callers.of(frame)
            returned = isinstance(frame.module.parents[node], cst.Return | cst.Lambda)
            if returned and callers and not any(call.applied for call in callers):
                waiting += [(call.frame, call.node) for call in callers]
            else:
                _follow(frame, node, fate)
        return fate

    def may_be_used_unseen(self, fate: Fate) -> bool:
        """Tell whether a function that nobody was seen to call speaks of one of the names."""
        return any(self._mentions_unseen(frame, name) for frame, name in fate.names)

    def _mentions_unseen(self, frame: Frame, name: str) -> bool:
        return any(
            isinstance(inner, cst.FunctionDef | cst.Lambda)
            and inner not in self._run
            and any(isinstance(n, cst.Name) and n.value == name for n in descendants(inner))
            for inner in descendants(frame.node)
        )


def _follow(frame: Frame, node: cst.CSTNode, fate: Fate) -> None:
    parent = frame.module.parents[node]
    match parent:
        case cst.Expr():
            return
        case cst.NamedExpr(target=cst.Name(value=name)):
            fate.names.add((frame, name))
            _follow(frame, parent, fate)
        case cst.Assign(targets=targets):
            _bind(frame, node, [item.target for item in targets], fate)
        case cst.AnnAssign(target=target):
            _bind(frame, node, [target], fate)
        case _:
            fate.uses.append((frame, parent))


def _bind(
    frame: Frame, node: cst.CSTNode, targets: list[cst.BaseAssignTargetExpression], fate: Fate
) -> None:
    for target in targets:
        if isinstance(target, cst.Name) and target.value in frame.scope.bound:
            fate.names.add((frame, target.value))
        else:
            fate.uses.append((frame, node))


def is_returned(module: Module, use: cst.CSTNode) -> bool:
    """Tell whether what a use does is to put the value, as it is, into what a function returns."""
    node = use
    while isinstance(node, _DISPLAYS):
        node = module.parents[node]
    return isinstance(node, cst.Return)

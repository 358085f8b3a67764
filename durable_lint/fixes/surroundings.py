"""What is around a place of the code that an operation, or the error of one, has to get through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property

import libcst as cst

from durable_lint.durable.sdk import sdk_name
from durable_lint.durable.walk import Walk
from durable_lint.fixes.happenings import Happenings
from durable_lint.program.values.frames import Call, Frame, Region
from durable_lint.program.values.shapes import External

_CATCHES_STEP_ERRORS = frozenset(
    ("BaseException", "Exception", "StepError", "DurableOperationError", "DurableExecutionsError")
)


class Surroundings:
    """The `try` and `with` statements around code, in its function and around calls of that."""

    def __init__(self, walk: Walk, happenings: Happenings) -> None:
        self._walk = walk
        self._happenings = happenings

    def allow_operation(
        self, frame: Frame, node: cst.CSTNode, *, may_fail: bool, suspends: bool
    ) -> bool:
        """Tell whether an operation at `node` may do what it does without being disturbed.

        A suspension is an exception on its way out: a clause that catches everything stops it, and
        a `finally` runs on each. One that `may_fail` fails with other exceptions than before.
        """
        for holder, region in self._regions(frame, node):
            if region.kind in ("finally", "exit"):
                return False
            if region.kind == "try" and isinstance(region.node, cst.Try | cst.TryStar):
                if any("BaseException" in names for names in self._caught(holder, region.node)):
                    return False
                if suspends and region.node.finalbody is not None:
                    return False
        return not may_fail or self.take_step_errors(frame, node)

    def take_step_errors(self, frame: Frame, node: cst.CSTNode) -> bool:
        """Tell whether each `try` that may be there for the errors of `node` gets a step's, too."""
        for holder, region in self._regions(frame, node):
            if region.kind == "try" and isinstance(region.node, cst.Try | cst.TryStar):
                caught = self._caught(holder, region.node)
                if caught and not any(names & _CATCHES_STEP_ERRORS for names in caught):
                    return False
        return True

    def have_with(self, frame: Frame, node: cst.CSTNode) -> bool:
        """Tell whether something is left with each suspension at `node`."""
        return any(region.kind == "with" for _, region in self._regions(frame, node))

    def _regions(self, frame: Frame, node: cst.CSTNode) -> Iterator[tuple[Frame, Region]]:
        """Yield the regions around `node`, and around the calls that lead to it, with whose."""
        own = next((e.regions for e in self._happenings.within(frame, node)), ())
        yield from ((frame, region) for region in own)
        seen = {id(frame)}
        waiting = [frame]
        while waiting:
            for call in self._callers.get(id(waiting.pop()), ()):
                yield from ((call.frame, region) for region in call.regions)
                if id(call.frame) not in seen:
                    seen.add(id(call.frame))
                    waiting.append(call.frame)

    @cached_property
    def _callers(self) -> dict[int, list[Call]]:
        found: dict[int, list[Call]] = defaultdict(list)
        for call in self._walk.calls:
            for callee in call.callees:
                if callee.body == call.frame.body:
                    found[id(callee)].append(call)
        return found

    def _caught(self, frame: Frame, statement: cst.Try | cst.TryStar) -> list[set[str]]:
        """Return the names of the exceptions of Python and the SDK that each clause catches."""
        return [self._named(frame, handler.type) for handler in statement.handlers]

    def _named(self, frame: Frame, types: cst.BaseExpression | None) -> set[str]:
        if types is None:
            return {"BaseException"}
        nodes = [types]
        if isinstance(types, cst.Tuple):
            nodes = [element.value for element in types.elements]
        interpreter = self._walk.interpreter
        interpreter.silent += 1
        try:
            values = [interpreter.evaluate(frame, item) for item in nodes]
        finally:
            interpreter.silent -= 1
        paths = {s.path for value in values for s in value.shapes if isinstance(s, External)}
        return {sdk_name(path) or path for path in paths}

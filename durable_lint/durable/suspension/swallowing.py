"""What swallows a suspension on its way out: a clause, a `finally` that leaves, a manager."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from durable_lint.durable.options import made_by
from durable_lint.durable.suspension.clauses import Handler, swallows
from durable_lint.durable.suspension.suspension import Matches, matches
from durable_lint.program.running.interpreter import Interpreter
from durable_lint.program.values.frames import Event, Frame, Leave, Region
from durable_lint.program.values.shapes import Constant, External
from durable_lint.program.values.values import NOTHING, Value

Try = cst.Try | cst.TryStar


@dataclass(frozen=True, slots=True)
class Swallower:
    """Where a suspension ends: an except clause, a statement in a `finally`, or a `with` item."""

    frame: Frame
    node: cst.CSTNode
    statement: cst.CSTNode


def yields(frame: Frame, item: cst.WithItem) -> Iterator[Leave]:
    """Yield where the generators behind an item of a `with` wait for the end of its block."""
    resumed = frame.call_at(item.item, "resumed")
    for generator in resumed.callees if resumed is not None else ():
        for event in generator.all_events():
            if isinstance(event, Leave) and event.how == "yield":
                yield event


class Blocks:
    """The compound statements of one frame, by what is known of their parts."""

    def __init__(self, interpreter: Interpreter, frame: Frame) -> None:
        self._interpreter = interpreter
        self._frame = frame
        self._caught: dict[cst.CSTNode, Value] = {}
        self._tries: dict[cst.CSTNode, Try] = {}
        for event in frame.all_events():
            for region in event.regions:
                if region.kind == "handler":
                    self._caught[region.node] = region.test
                elif isinstance(region.node, cst.Try | cst.TryStar):
                    for handler in region.node.handlers:
                        self._tries[handler] = region.node

    def caught(self, handler: Handler) -> Value:
        """Return what a clause catches; NOTHING where nothing is known to happen in it."""
        return self._caught.get(handler, NOTHING)

    def swallower(self, event: Event) -> Swallower | None:
        """Return what ends a suspension at `event` within the frame; None where nothing does."""
        ends = (self._end(region) for region in reversed(event.regions))
        return next((swallower for swallower in ends if swallower is not None), None)

    def passed(self, event: Event) -> Iterator[tuple[str, cst.CSTNode]]:
        """Yield what a suspension at `event` runs on its way out, innermost first.

        That is a clause that raises it again ("handler"), the `try` of a `finally` ("finally"), or
        an item of a `with` ("with").
        """
        for region in reversed(event.regions):
            statement = self._statement(region)
            if statement is not None and region.kind == "try":
                clause = self._catching(statement)
                if clause is not None:
                    yield "handler", clause
            if statement is not None and region.kind in ("try", "handler", "else"):
                if statement.finalbody is not None:
                    yield "finally", statement
            if region.kind == "with":
                yield "with", region.node
            if self._end(region) is not None:
                return

    def _statement(self, region: Region) -> Try | None:
        node = self._tries.get(region.node, region.node)
        return node if isinstance(node, cst.Try | cst.TryStar) else None

    def _end(self, region: Region) -> Swallower | None:
        """Return what ends a suspension that leaves a region."""
        statement = self._statement(region)
        found: cst.CSTNode | None = None
        if statement is not None and region.kind == "try":
            found = self._clause(statement) or self._leaving(statement)
        elif statement is not None and region.kind in ("handler", "else"):
            found = self._leaving(statement)
        elif isinstance(region.node, cst.WithItem):
            if not self._ends_exceptions(region, region.node):
                return self._in_generator(region.node)
            found = region.node.item
        node = statement or region.node
        return Swallower(self._frame, found, node) if found is not None else None

    def _in_generator(self, item: cst.WithItem) -> Swallower | None:
        """Return what ends the suspension where a generator manages the block: at its `yield`."""
        for event in yields(self._frame, item):
            swallower = Blocks(self._interpreter, event.frame).swallower(event)
            if swallower is not None:
                return swallower
        return None

    def _catching(self, statement: Try) -> Handler | None:
        """Return the clause that catches every suspension, and raises it again."""
        for handler in statement.handlers:
            if matches(self.caught(handler)) is Matches.ALL:
                return handler if self._clause(statement) is None else None
        return None

    def _clause(self, statement: Try) -> Handler | None:
        for handler in statement.handlers:
            about = matches(self.caught(handler))
            if about in (Matches.ALL, Matches.SOME):
                if swallows(self._interpreter, self._frame, handler):
                    return handler
                if about is Matches.ALL:
                    return None
        return None

    def _leaving(self, statement: Try) -> cst.CSTNode | None:
        """Return the statement by which a `finally` leaves in any case."""
        if statement.finalbody is None:
            return None
        for event in self._frame.all_events():
            if isinstance(event, Leave) and event.regions and event.regions[-1].node is statement:
                if event.regions[-1].kind == "finally":
                    if event.how == "end":
                        return None
                    if event.how in ("return", "break", "continue"):
                        return event.node
        return None

    def _ends_exceptions(self, region: Region, item: cst.WithItem) -> bool:
        """Tell whether a manager swallows every exception, or names suspensions to swallow."""
        for shape in region.test.shapes:
            if isinstance(shape, External) and shape.path == "contextlib.suppress()":
                call = made_by(shape)
                if call is not None and any(
                    matches(given.value) in (Matches.ALL, Matches.SOME)
                    for given in call.arguments.items
                ):
                    return True
        left = self._frame.call_at(item.item, "__exit__")
        answer = left.result.only() if left is not None else None
        return isinstance(answer, Constant) and bool(answer.content)

"""What an except clause does with a suspension: raise it again on every path, or swallow it.

The clause's statements are followed for an exception that is a suspension, so that a test such as
`isinstance(error, Exception)` has an answer. What depends on the exception in a way that is not
known is taken to raise it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Flag, auto

import libcst as cst

from durable_lint.durable.flow.routes import route_from
from durable_lint.durable.suspension.suspension import Matches, matches
from durable_lint.program.modules.syntax import own_nodes
from durable_lint.program.running.interpreter import Interpreter
from durable_lint.program.running.outcomes import Outcome
from durable_lint.program.values.frames import Call, Cell, Frame, Leave
from durable_lint.program.values.shapes import External, Opaque
from durable_lint.program.values.values import Value

Handler = cst.ExceptHandler | cst.ExceptStarHandler


class Way(Flag):
    """The ways out of some statements."""

    NONE = 0
    END = auto()
    AGAIN = auto()
    AWAY = auto()
    JUMP = auto()


def swallows(interpreter: Interpreter, frame: Frame, handler: Handler) -> bool:
    """Tell whether a clause of `frame` that gets a suspension may end without raising it again."""
    ways = _Clause(interpreter, frame, handler).through([handler.body])
    return bool(ways & (Way.END | Way.AWAY | Way.JUMP))


class _Clause:
    def __init__(self, interpreter: Interpreter, frame: Frame, handler: Handler) -> None:
        self._interpreter = interpreter
        self._frame = frame
        self._handler = handler

    def through(self, statements: Iterable[cst.CSTNode]) -> Way:
        """Return the ways out of statements that are run in order."""
        ways = Way.END
        for statement in statements:
            if not ways & Way.END:
                break
            ways = (ways & ~Way.END) | self._statement(statement)
        return ways

    def _statement(self, node: cst.CSTNode) -> Way:
        match node:
            case cst.SimpleStatementLine() | cst.IndentedBlock() | cst.SimpleStatementSuite():
                return self.through(node.body)
            case cst.If():
                return self._if(node)
            case cst.Match():
                arms = [self.through([case.body]) for case in node.cases]
                return self._chosen(node.subject, [*arms, Way.END])
            case cst.For() | cst.While():
                return (self.through([node.body]) & ~Way.JUMP) | Way.END
            case cst.With():
                return self.through([node.body])
            case cst.Try() | cst.TryStar():
                return self._try(node)
            case cst.FunctionDef() | cst.ClassDef():
                return Way.END
            case _:
                return self._simple(node)

    def _simple(self, node: cst.CSTNode) -> Way:
        if any(self._may_raise_again(call) for call in self._calls(node)):
            return Way.AGAIN
        match node:
            case cst.Break() | cst.Continue():
                return Way.JUMP
            case cst.Return():
                return Way.AWAY
            case _:
                leave = self._frame.events.get((Leave, id(node), "raise"))
                if isinstance(node, cst.Assert) or not isinstance(leave, Leave):
                    return Way.END
                return Way.AGAIN if self._raises_again(leave.value) else Way.AWAY

    def _raises_again(self, value: Value) -> bool:
        return value.open or not value.shapes or any(map(self._is_caught, value.shapes))

    def _is_caught(self, shape: object) -> bool:
        return isinstance(shape, Opaque) and shape.site.node is self._handler

    def _calls(self, node: cst.CSTNode) -> list[Call]:
        found = [self._frame.call_at(inner) for inner in own_nodes(node)]
        return [call for call in found if call is not None]

    def _may_raise_again(self, call: Call) -> bool:
        """Whether a call leads to project code that raises, and has the exception to do so."""
        return bool(route_from(call, self._opens_raising))

    def _opens_raising(self, call: Call) -> bool:
        given = any(self._is_caught(s) for item in call.arguments.items for s in item.value.shapes)
        return any(
            isinstance(event, Leave)
            and event.how == "raise"
            # A bare `raise` in a function goes on with what its caller is handling.
            and (given or not (event.value.shapes or _is_handling(event)))
            for callee in call.callees
            for event in callee.all_events()
        )

    def _if(self, node: cst.If) -> Way:
        then = self.through([node.body])
        otherwise = Way.END if node.orelse is None else self._otherwise(node.orelse)
        verdict = self._verdict(node.test)
        if verdict is not None:
            return then if verdict else otherwise
        return self._chosen(node.test, [then, otherwise])

    def _otherwise(self, node: cst.If | cst.Else) -> Way:
        return self._if(node) if isinstance(node, cst.If) else self.through([node.body])

    def _chosen(self, test: cst.CSTNode, arms: Sequence[Way]) -> Way:
        if Way.AGAIN in arms and self._asks_exception(test):
            return Way.AGAIN
        ways = Way.NONE
        for arm in arms:
            ways |= arm
        return ways

    def _try(self, node: cst.Try | cst.TryStar) -> Way:
        ways = self.through([node.body])
        if node.orelse is not None and ways & Way.END:
            ways = (ways & ~Way.END) | self.through([node.orelse.body])
        for inner in node.handlers:
            ways |= self.through([inner.body])
        if node.finalbody is None:
            return ways
        last = self.through([node.finalbody.body])
        return ways | (last & ~Way.END) if last & Way.END else last

    def _verdict(self, test: cst.CSTNode) -> bool | None:
        """Return what a condition says of a suspension, None where it may say either."""
        match test:
            case cst.UnaryOperation(operator=cst.Not()):
                inner = self._verdict(test.expression)
                return None if inner is None else not inner
            case cst.BooleanOperation():
                both = {self._verdict(test.left), self._verdict(test.right)}
                decisive = isinstance(test.operator, cst.Or)
                if decisive in both:
                    return decisive
                return None if None in both else not decisive
            case cst.Call():
                return self._is_instance(test)
            case _:
                return None

    def _is_instance(self, node: cst.Call) -> bool | None:
        call = self._frame.call_at(node)
        callee = call.callee.only() if call is not None else None
        if call is None or not isinstance(callee, External) or callee.path != "isinstance":
            return None
        if not any(map(self._is_caught, call.arguments.value(0).shapes)):
            return None
        match matches(call.arguments.value(1)):
            case Matches.ALL:
                return True
            case Matches.NONE:
                return False
            case _:
                return None

    def _asks_exception(self, test: cst.CSTNode) -> bool:
        """Whether a condition that has no known answer depends on the exception."""
        match test:
            case cst.UnaryOperation():
                return self._asks_exception(test.expression)
            case cst.BooleanOperation():
                sides = (test.left, test.right)
                return any(self._verdict(s) is None and self._asks_exception(s) for s in sides)
            case _:
                origin = Outcome(self._handler)
                return any(origin in origins for origins in self._origins(test))

    def _origins(self, node: cst.CSTNode) -> Iterable[frozenset[object]]:
        for inner in own_nodes(node):
            owner = self._frame.owner_of(inner.value) if isinstance(inner, cst.Name) else None
            if owner is not None and isinstance(inner, cst.Name):
                for access in self._interpreter.reads.get(Cell(owner, inner.value), ()):
                    if access.node is inner:
                        yield access.value.origins


def _is_handling(event: Leave) -> bool:
    return any(region.kind == "handler" for region in event.regions)

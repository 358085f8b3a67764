"""Lazy initialisation: what is made where it is found missing, and so would be made again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from durable_lint.durable.handles import root_name
from durable_lint.durable.walk import Walk
from durable_lint.program.frames import Call, Event, Frame, Return, Write
from durable_lint.program.syntax import bound_names, descendants, dotted_name, own_nodes

_MISSING = frozenset(("KeyError", "LookupError", "AttributeError", "NameError", "IndexError"))
_HARMLESS = (
    *(cst.Assign, cst.AnnAssign, cst.AugAssign, cst.Return, cst.Raise, cst.Pass, cst.Assert),
    *(cst.Import, cst.ImportFrom, cst.Global, cst.Nonlocal, cst.Continue, cst.Break),
)


def is_initialisation(walk: Walk, write: Write) -> bool:
    """Tell whether a change makes what a test of the same state has just found missing.

    Under the test there must be nothing but the making: an operation there is the reason of the
    test, and the change only remembers it.
    """
    looks = _Looks(walk, write)
    return (
        looks.makes_in_branch()
        or looks.makes_in_handler()
        or looks.makes_after_return()
        or looks.makes_by_or()
    )


class _Looks:
    """The looks of one function at what it changes."""

    def __init__(self, walk: Walk, write: Write) -> None:
        self._walk = walk
        self._write = write
        self._frame: Frame = write.frame
        self._nodes = {
            id(access.node)
            for access in walk.interpreter.reads.get(write.target, ())
            if access.frame is write.frame
            and (write.part in (None, access.part) or access.part is None)
        }

    def makes_in_branch(self) -> bool:
        """`if x is None: x = ...`, and the other arm of `if x is not None`."""
        branches = [r.node for r in self._write.regions if r.kind == "branch"]
        for branch in reversed(branches):
            if isinstance(branch, cst.If):
                in_body = self._is_in(branch.body)
                arm = branch.body if in_body else branch.orelse
                asks = self._asks(branch.test, if_missing=in_body)
                return asks and arm is not None and self._only_makes(arm)
        return False

    def makes_in_handler(self) -> bool:
        """`try: return x[k]`, `except KeyError: x[k] = ...`."""
        handlers = [r.node for r in self._write.regions if r.kind == "handler"]
        for handler in reversed(handlers):
            if isinstance(handler, cst.ExceptHandler) and handler.type is not None:
                caught = {dotted_name(node) for node in descendants(handler.type)}
                tried = self._frame.module.parents[handler]
                looked = isinstance(tried, cst.Try) and self._reads(tried.body)
                return bool(caught & _MISSING) and looked and self._only_makes(handler.body)
        return False

    def makes_after_return(self) -> bool:
        """`if k in x: return x[k]`, and then `x[k] = ...`."""
        if self._walk.makes_operations(self._frame):
            return False
        return any(
            isinstance(event, Return)
            and event.order < self._write.order
            and self._reads(event.node)
            and any(
                isinstance(region.node, cst.If) and self._asks(region.node.test, if_missing=False)
                for region in event.regions
                if region.kind == "branch"
            )
            for event in self._frame.all_events()
        )

    def makes_by_or(self) -> bool:
        """`x = x or ...`."""
        parents = self._frame.module.parents
        statement = parents.get(self._write.node)
        if isinstance(statement, cst.AssignTarget):
            statement = parents[statement]
        value = getattr(statement, "value", None)
        return (
            isinstance(statement, cst.Assign | cst.AnnAssign)
            and isinstance(value, cst.BooleanOperation)
            and isinstance(value.operator, cst.Or)
            and self._reads(value.left)
        )

    def _asks(self, test: cst.BaseExpression, *, if_missing: bool) -> bool:
        """Tell whether a test asks for the state to be missing, or to be there."""
        match test:
            case cst.BooleanOperation():
                return any(
                    self._asks(part, if_missing=if_missing) for part in (test.left, test.right)
                )
            case cst.UnaryOperation(operator=cst.Not()):
                return self._asks(test.expression, if_missing=not if_missing)
            case cst.Comparison(comparisons=[cst.ComparisonTarget() as target]):
                if not self._reads(test):
                    return False
                operators = _ABSENT if if_missing else _PRESENT
                return isinstance(target.operator, operators) and _is_emptiness(target)
            case _:
                return not if_missing and self._reads(test)

    def _reads(self, node: cst.CSTNode) -> bool:
        return any(id(inner) in self._nodes for inner in descendants(node))

    def _is_in(self, node: cst.CSTNode) -> bool:
        return any(inner is self._write.node for inner in descendants(node))

    def _only_makes(self, arm: cst.CSTNode) -> bool:
        inside = {id(node) for node in own_nodes(arm)}
        events = [event for event in self._frame.all_events() if id(event.node) in inside]
        if any(isinstance(e, Call) and self._walk.is_or_makes_operation(e) for e in events):
            return False
        made = {
            name.value
            for node in own_nodes(arm)
            if isinstance(node, cst.AssignTarget)
            for name in bound_names(node.target)
        }
        return all(
            isinstance(part, _HARMLESS) or self._concerns(part, events, made)
            for part in _simple_statements(arm)
        )

    def _concerns(self, part: cst.CSTNode, events: Sequence[Event], made: set[str]) -> bool:
        """Tell whether a statement is a text, or a call on what is being made."""
        if not isinstance(part, cst.Expr) or isinstance(part.value, cst.BaseString):
            return True
        func = part.value.func if isinstance(part.value, cst.Call) else part.value
        name = root_name(func)
        if isinstance(func, cst.Attribute) and name is not None and name.value in made:
            return True
        return any(
            isinstance(event, Write)
            and event.node is part.value
            and event.target == self._write.target
            for event in events
        )


_ABSENT = (cst.Is, cst.Equal, cst.NotIn)
_PRESENT = (cst.IsNot, cst.NotEqual, cst.In, cst.GreaterThan)
_EMPTY = frozenset(("None", "0", "()", "[]", "{}", '""', "''"))


def _is_emptiness(target: cst.ComparisonTarget) -> bool:
    """Tell whether a comparison is with nothing, or asks whether something is in the state."""
    if isinstance(target.operator, cst.In | cst.NotIn):
        return True
    return cst.Module([]).code_for_node(target.comparator) in _EMPTY


def _simple_statements(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    for inner in own_nodes(node):
        if isinstance(inner, cst.SimpleStatementLine | cst.SimpleStatementSuite):
            yield from inner.body

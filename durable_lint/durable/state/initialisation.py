"""Lazy initialisation: what is made where it is found missing, and so would be made again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import libcst as cst

from durable_lint.durable.flow.routes import Callers
from durable_lint.durable.state.handles import root_name
from durable_lint.durable.walk import Walk
from durable_lint.program.modules.syntax import bound_names, descendants, dotted_name, own_nodes
from durable_lint.program.values.frames import Access, Call, Event, Frame, Region, Return, Write

_MISSING = frozenset(("KeyError", "LookupError", "AttributeError", "NameError", "IndexError"))


def is_initialisation(walk: Walk, callers: Callers, write: Write, reads: Sequence[Access]) -> bool:
    """Tell whether a change makes what a test of the same state has just found missing.

    The test may also be in the functions that call the one that makes it.

    Under the test there must be nothing but the making: an operation there is the reason of the
    test, and the change only remembers it. What is only found to be out of date is made again by
    whoever asks, if all `reads` come from the same function.
    """
    looks = _Looks(walk, write)
    repeated = all(access.frame.node is write.frame.node for access in reads)
    return (
        looks.makes_in_branch(if_stale=repeated)
        or looks.makes_in_handler()
        or looks.makes_after_return()
        or looks.makes_by_or()
        or _is_called_to_make(walk, callers, write)
    )


def _is_called_to_make(walk: Walk, callers: Callers, write: Write) -> bool:
    """`if x is None: make_x()`, wherever the function that makes the change is called."""
    calls = callers.of(write.frame)
    looks = [_Looks(walk, write.made_by(call)) for call in calls]
    return bool(looks) and all(
        look.makes_in_branch(if_stale=False) or look.makes_in_handler() for look in looks
    )


class _Looks:
    """The looks of one function at what it changes."""

    def __init__(self, walk: Walk, write: Write) -> None:
        self._walk = walk
        self._write = write
        self._frame: Frame = write.frame
        self._found: set[str] = set()
        # What is made together is asked for together: `if token is None: token, expiry = ...`.
        together = [
            event
            for event in write.frame.all_events()
            if isinstance(event, Write) and event.regions == write.regions
        ]
        self._nodes = {
            id(access.node)
            for made in (write, *together)
            for access in walk.interpreter.reads.get(made.target, ())
            if access.frame is write.frame
            and (made.part in (None, access.part) or access.part is None)
        }
        self._found = {
            name.value
            for node in own_nodes(write.frame.node)
            for name in _bound_to(node)
            if self._reads(getattr(node, "value", node))
        }

    def makes_in_branch(self, *, if_stale: bool) -> bool:
        """`if x is None: x = ...`, and the other arm of `if x is not None`."""
        branches = [r.node for r in self._write.regions if r.kind == "branch"]
        for branch in reversed(branches):
            if isinstance(branch, cst.If):
                in_body = self._is_in(branch.body)
                arm = branch.body if in_body else branch.orelse
                asks = self._asks(branch.test, if_missing=in_body) or (
                    if_stale and not self._write.builds and self._reads(branch.test)
                )
                return asks and arm is not None and self._only_makes(arm)
        return False

    def makes_in_handler(self) -> bool:
        """`try: return x[k]`, `except KeyError: x[k] = ...`."""
        handlers = [r.node for r in self._write.regions if r.kind == "handler"]
        for handler in reversed(handlers):
            if isinstance(handler, cst.ExceptHandler):
                tried = self._frame.module.parents[handler]
                looked = isinstance(tried, cst.Try) and self._reads(tried.body)
                return _catches_missing(handler) and looked and self._only_makes(handler.body)
        return False

    def makes_after_return(self) -> bool:
        """`if k in x: return x[k]`, or the same in a `try`, and then `x[k] = ...`."""
        if self._walk.makes_operations(self._frame):
            return False
        return any(
            isinstance(event, Return)
            and event.order < self._write.order
            and self._reads(event.node)
            and any(self._lets_through(region) for region in event.regions)
            for event in self._frame.all_events()
        )

    def _lets_through(self, region: Region) -> bool:
        """Tell whether code in a region runs only if the state is there."""
        if isinstance(region.node, cst.If):
            return self._asks(region.node.test, if_missing=False)
        handlers = region.node.handlers if isinstance(region.node, cst.Try) else ()
        return any(_catches_missing(handler) for handler in handlers)

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
        """Tell whether an expression looks at the state, or at what was found there."""
        return any(
            id(inner) in self._nodes or (isinstance(inner, cst.Name) and inner.value in self._found)
            for inner in descendants(node)
        )

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
        remembers = all(_is_plain(expression, made) for expression in self._written())
        return all(
            self._is_harmless(part, remembers=remembers) or self._concerns(part, events, made)
            for part in _simple_statements(arm)
        )

    def _is_harmless(self, part: cst.CSTNode, *, remembers: bool) -> bool:
        """Tell whether a statement only makes something, or does the same for every execution.

        Where the change only `remembers` something, the other statements are what it is about.
        """
        if not isinstance(part, cst.Expr) and not remembers:
            return True
        if isinstance(part, cst.Continue | cst.Break | cst.Raise):
            return False
        if isinstance(part, cst.Return) and part.value is not None:
            return False
        calls = [node for node in own_nodes(part) if isinstance(node, cst.Call)]
        if isinstance(part, cst.Expr) and self._write.node in calls:
            return False
        names = (name for call in calls for name in descendants(call))
        return not any(
            isinstance(name, cst.Name) and name.value in self._frame.scope.bound for name in names
        )

    def _written(self) -> list[cst.BaseExpression]:
        """Return the expressions for what is written."""
        node = self._write.node
        if isinstance(node, cst.Call):
            return [arg.value for arg in node.args]
        statement = self._frame.module.parents.get(node)
        if isinstance(statement, cst.AssignTarget):
            statement = self._frame.module.parents[statement]
        value = getattr(statement, "value", None)
        return [value] if isinstance(value, cst.BaseExpression) else []

    def _concerns(self, part: cst.CSTNode, events: Sequence[Event], made: set[str]) -> bool:
        """Tell whether an expression changes the same state, or what is being made."""
        if not isinstance(part, cst.Expr):
            return False
        if part.value is self._write.node:
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


def _is_plain(expression: cst.BaseExpression, made: set[str]) -> bool:
    """Tell whether an expression makes nothing: it is a literal, or names what is there already."""
    match expression:
        case cst.Attribute() | cst.Subscript():
            return _is_plain(expression.value, made)
        case cst.Name():
            return expression.value not in made
        case _:
            return isinstance(expression, cst.BaseNumber | cst.BaseString)


def _catches_missing(handler: cst.ExceptHandler) -> bool:
    if handler.type is None:
        return False
    return not _MISSING.isdisjoint(dotted_name(node) for node in descendants(handler.type))


def _bound_to(node: cst.CSTNode) -> Iterator[cst.Name]:
    """Yield the names that a statement or walrus binds to the value of one expression."""
    match node:
        case cst.Assign():
            for target in node.targets:
                yield from bound_names(target.target)
        case cst.AnnAssign(target=cst.Name() as name) | cst.NamedExpr(target=cst.Name() as name):
            yield name
        case _:
            pass


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

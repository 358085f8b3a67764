"""Functions that are kept for later, and that look a variable up when its loop has moved on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import libcst as cst

from durable_lint.durable.flow.routes import Callers
from durable_lint.durable.shapes import BranchObject
from durable_lint.durable.walk import Walk
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.scopes import scope_of
from durable_lint.program.modules.syntax import bound_names
from durable_lint.program.values.contents import deep_shapes
from durable_lint.program.values.frames import Access, Cell, Frame
from durable_lint.program.values.shapes import Container, Function
from durable_lint.program.values.values import Shape, Value

_LOOPS = (cst.For, cst.While)


@dataclass(frozen=True, slots=True)
class LateUse:
    """`function`, kept in a container, asks for a variable of the loop that it was made in.

    The code of `access` is the function's own or that of one inside of it.
    """

    function: Function
    variable: Cell
    access: Access


class Closures:
    """The functions of one walk that take variables from around them."""

    def __init__(self, walk: Walk, callers: Callers) -> None:
        self._walk = walk
        self._callers = callers

    def late_uses(self) -> Iterator[LateUse]:
        """Yield each look at a loop's variable by code that runs after the loop."""
        for cell, accesses in self._walk.interpreter.reads.items():
            if not isinstance(cell, Cell) or isinstance(cell.frame.node, cst.GeneratorExp):
                continue
            for access in accesses:
                run = _directly_inside(access.frame, cell.frame)
                function = run.function if run is not None else None
                if run is None or function is None or function not in self._kept:
                    continue
                if any(self._is_late(run, function, loop) for loop in _loops_of(function, cell)):
                    yield LateUse(function, cell, access)

    def _is_late(self, run: Frame, function: Function, loop: cst.CSTNode) -> bool:
        module = function.frame.module
        return self._runs_outside(run, function.frame.host, loop) and (
            not isinstance(loop, _LOOPS) or _may_be_made_again(module, function.node, loop)
        )

    def _runs_outside(self, run: Frame, definer: Frame, loop: cst.CSTNode) -> bool:
        """Tell whether an activation is led to by code of `definer` that is not in the loop."""
        found = {id(run)}
        waiting = [run]
        while waiting:
            calls = self._callers.leading_to(waiting.pop())
            if not calls:
                # The function that defined it is not even being run any more.
                return True
            for call in calls:
                if call.frame is definer:
                    if not any(region.node is loop for region in call.regions):
                        return True
                elif id(call.frame) not in found:
                    found.add(id(call.frame))
                    waiting.append(call.frame)
        return False

    @cached_property
    def _kept(self) -> set[Shape]:
        """The functions that lie in containers which somebody looks into."""
        return {
            inner
            for shape in self._walk.interpreter.reads
            if isinstance(shape, Container)
            for value in (*shape.items.values(), *shape.rest)
            for inner in _functions_in(value)
        }


def _functions_in(value: Value) -> Iterator[Shape]:
    for shape in deep_shapes(value):
        if isinstance(shape, BranchObject):
            yield from deep_shapes(shape.function)
        else:
            yield shape


def _directly_inside(frame: Frame, owner: Frame) -> Frame | None:
    """Return the activation around `frame`, or itself, whose function stands in `owner`'s block."""
    current: Frame | None = frame
    while current is not None and current is not owner:
        outer = current.outer
        while outer is not None and outer is not owner and outer.inline:
            outer = outer.outer
        if outer is owner:
            return current
        current = outer
    return None


def _loops_of(function: Function, variable: Cell) -> Iterator[cst.CSTNode]:
    """Yield the loops that a function was made in and that give the variable its values."""
    for region in function.regions:
        if region.kind == "loop" and variable.name in _bound_by(region.node):
            yield region.node


def _bound_by(loop: cst.CSTNode) -> set[str]:
    match loop:
        case cst.For():
            return {*scope_of(loop).bound, *(n.value for n in bound_names(loop.target))}
        case cst.While():
            return set(scope_of(loop).bound)
        case cst.CompFor():
            return {name.value for name in bound_names(loop.target)}
        case _:
            return set()


def _may_be_made_again(module: Module, function: cst.CSTNode, loop: cst.CSTNode) -> bool:
    """Tell whether the loop may go round again after the function was made."""
    node = function
    breaks_other_loop = False
    while node is not loop:
        block = module.parents[node]
        for part in _following(block, node):
            if isinstance(part, cst.Continue):
                return True
            if isinstance(part, cst.Return | cst.Raise):
                return False
            if isinstance(part, cst.Break) and not breaks_other_loop:
                return False
        breaks_other_loop |= isinstance(block, _LOOPS) and block is not loop
        node = block
    return True


def _following(block: cst.CSTNode, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the simple statements of a block that stand behind one of its statements."""
    passed = False
    for statement in block.body if isinstance(block, cst.IndentedBlock) else ():
        if passed and isinstance(statement, cst.SimpleStatementLine):
            yield from statement.body
        passed = passed or statement is node

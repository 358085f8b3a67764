"""Code of no durable function: a module's functions run one by one, on arguments nobody knows.

Functions that their module names nowhere else go first, for they are the callers of the others: a
helper that one of them reaches is judged by what it is given there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import islice

import libcst as cst

from durable_lint.durable.effects import NamesTable
from durable_lint.durable.house import HouseNames
from durable_lint.durable.library import DurableLibrary
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.project import Project
from durable_lint.program.modules.syntax import descendants
from durable_lint.program.running.interpreter import Interpreter
from durable_lint.program.values.arguments import Argument, Arguments
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import (
    Bound,
    Class,
    Container,
    Function,
    Instance,
    Property,
)
from durable_lint.program.values.values import UNKNOWN, Value, value_of

MAX_FRAMES = 1_000
MAX_RECEIVERS = 8

_ANYTHING = Arguments((Argument(UNKNOWN, star="*"), Argument(UNKNOWN, star="**")))


def plain_interpreter(
    project: Project, entry_points: frozenset[str] = frozenset(), most_frames: int = MAX_FRAMES
) -> Interpreter:
    """Return an interpreter that knows what is durable, but none of the rules' names.

    `entry_points` are the decorators that the settings name besides the SDK's.
    """
    house = HouseNames(entry_points)
    library = DurableLibrary(NamesTable(()), frozenset(), entry_points, house)
    return Interpreter(project, library, most_frames)


def run_plainly(interpreter: Interpreter, module: Module) -> None:
    """Run the top level of `module` and each of its functions that nothing else runs.

    Those that the SDK runs are left out.
    """
    runner = _Runner(interpreter, module)
    runner.run(uncalled_only=True)
    runner.run(uncalled_only=False)


class _Runner:
    def __init__(self, interpreter: Interpreter, module: Module) -> None:
        self._interpreter = interpreter
        self._module = module
        self._top = interpreter.module_frame(module)
        names = (node.value for node in descendants(module.tree) if isinstance(node, cst.Name))
        self._uses = Counter(names)
        self._reached: set[cst.CSTNode] = set()
        self._counted = 0

    def run(self, *, uncalled_only: bool) -> None:
        """Run what is not reached yet, and what comes to light by that."""
        frames = self._interpreter.frames
        seen = 0
        while seen < len(frames) < self._interpreter.most_frames:
            frame = frames[seen]
            seen += 1
            if frame.module is not self._module:
                continue
            for shape in self._found_in(frame):
                if uncalled_only and self._uses[shape.name] > 1:
                    continue
                if isinstance(shape, Function):
                    self._run(shape, value_of(shape))
                else:
                    self._run_methods(shape)

    def _found_in(self, frame: Frame) -> Iterator[Function | Class]:
        """Yield what code of a frame defines, or hands to code nobody knows."""
        values = [value for value in frame.env.values() if isinstance(value, Value)]
        for event in frame.all_events():
            if isinstance(event, Call):
                values.extend(item.value for item in event.arguments.items)
        for shape in dict.fromkeys(shape for value in values for shape in value.shapes):
            if isinstance(shape, Function | Class) and shape.frame.module is self._module:
                yield shape

    def _run(self, function: Function, callee: Value) -> None:
        for frame in self._interpreter.frames[self._counted :]:
            self._reached.add(frame.node)
        self._counted = len(self._interpreter.frames)
        if function.node not in self._reached:
            self._reached.add(function.node)
            self._apply(function.node, callee)

    def _run_methods(self, cls: Class) -> None:
        receiver = self._instances(cls) or self._apply(cls.node, value_of(cls))
        members = [value for value in cls.members.env.values() if isinstance(value, Value)]
        found = [function for value in members for function in _functions_in(value)]
        methods = [method for method in found if method.frame is cls.members]
        for method in sorted(methods, key=lambda method: self._uses[method.name] > 1):
            if method.binding == "static":
                self._run(method, value_of(method))
            else:
                owner = value_of(cls) if method.binding == "class" else receiver
                self._run(method, value_of(Bound(method, owner)))

    def _instances(self, cls: Class) -> Value | None:
        """Return the objects of a class that the code itself makes."""
        made = dict.fromkeys(
            shape
            for frame in self._interpreter.frames
            for event in frame.all_events()
            if isinstance(event, Call)
            for shape in event.result.shapes
            if isinstance(shape, Instance) and cls in shape.cls.ancestry()
        )
        return value_of(*islice(made, MAX_RECEIVERS)) if made else None

    def _apply(self, node: cst.CSTNode, callee: Value) -> Value:
        result, _ = self._interpreter.apply(self._top, node, callee, _ANYTHING)
        for shape in result.shapes:
            if isinstance(shape, Container) and shape.pending:
                self._interpreter.contents(self._top, node, shape)
        return result


def _functions_in(member: Value) -> Iterator[Function]:
    for shape in member.shapes:
        if isinstance(shape, Function):
            yield shape
        elif isinstance(shape, Property):
            yield from _functions_in(shape.getter)
            yield from _functions_in(shape.setter)

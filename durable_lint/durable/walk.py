"""One walk from the entry points of a file through all the code that they reach.

The walk has no opinions. It hands the checks what happened: frames with their events, operations
with their bodies, and for each frame the expression that reaches the context of its body.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from durable_lint.durable.checkpoints.storage import Result
from durable_lint.durable.effects import NamesTable
from durable_lint.durable.house import HouseNames
from durable_lint.durable.library import DurableLibrary, Entry
from durable_lint.durable.operations import run_entry
from durable_lint.durable.paths import PathTable
from durable_lint.durable.roots import unreached_roots
from durable_lint.durable.shapes import Body, Context, Operation
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.project import Project
from durable_lint.program.running.interpreter import Interpreter
from durable_lint.program.values.frames import Call, Event, Frame
from durable_lint.program.values.shapes import Instance
from durable_lint.program.values.values import Value


@dataclass(frozen=True)
class Vocabulary:
    """What the rule pages and the settings say about names.

    `clients` is the table of client calls that name a function, `stacks` the tables about CDK code,
    `results` says of paths whether the SDK's serialiser takes their value, and `objects`, by rule,
    which types of a library are refused at what paths.
    """

    names: NamesTable
    step_wrappers: frozenset[str] = frozenset()
    entry_points: frozenset[str] = frozenset()
    on_demand_functions: tuple[str, ...] = ()
    house_names: tuple[str, ...] = ()
    clients: Mapping[str, Any] = field(default_factory=dict)
    stacks: Mapping[str, Any] = field(default_factory=dict)
    results: PathTable[Result] = field(default_factory=lambda: PathTable(()))
    objects: Mapping[str, PathTable[str]] = field(default_factory=dict)


@dataclass
class Walk:
    """Everything that the entry points of `module` reach, run once."""

    module: Module
    interpreter: Interpreter
    library: DurableLibrary
    vocabulary: Vocabulary
    entries: list[tuple[Entry, Body, list[Frame]]] = field(default_factory=list)

    @cached_property
    def frames(self) -> list[Frame]:
        """All frames that run for a body, in the order they were entered."""
        return [frame for frame in self.interpreter.frames if isinstance(frame.body, Body)]

    @property
    def replayed(self) -> Iterator[Frame]:
        """The frames of replayed code."""
        return (frame for frame in self.frames if is_replayed(frame))

    @cached_property
    def calls(self) -> list[Call]:
        """Every call made for a body."""
        return [event for event in self.events if isinstance(event, Call)]

    @cached_property
    def events(self) -> list[Event]:
        """Every event of code that runs for a body."""
        return [event for frame in self.frames for event in frame.all_events()]

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation that is made, wherever it is made."""
        return [call.meaning for call in self.calls if isinstance(call.meaning, Operation)]

    @cached_property
    def _makes_operations(self) -> dict[int, bool]:
        return {}

    def makes_operations(self, frame: Frame) -> bool:
        """Tell whether a frame, or what it calls in the same body, makes an operation."""
        key = id(frame)
        if key not in self._makes_operations:
            self._makes_operations[key] = False
            self._makes_operations[key] = any(
                self.is_or_makes_operation(event)
                for event in frame.all_events()
                if isinstance(event, Call)
            )
        return self._makes_operations[key]

    def is_or_makes_operation(self, call: Call) -> bool:
        """Tell whether a call is an operation or leads to one in the same body."""
        if isinstance(call.meaning, Operation):
            return True
        return any(
            callee.body == call.frame.body and self.makes_operations(callee)
            for callee in call.callees
        )

    def last_operation(self, body: Body) -> int:
        """Return the order of the last operation made in a body; 0 where it makes none."""
        return self._last_operations.get(body, 0)

    @cached_property
    def _last_operations(self) -> Mapping[Body, int]:
        found: dict[Body, int] = {}
        for operation in self.operations:
            body = operation.call.frame.body
            if isinstance(body, Body):
                found[body] = max(found.get(body, 0), operation.call.last)
        return found

    def context_name(self, frame: Frame) -> str | None:
        """Return the expression by which code of `frame` reaches the context of its own body."""
        if not isinstance(frame.body, Body):
            return None
        current: Frame | None = frame
        while current is not None:
            for name, value in current.env.items():
                if not isinstance(value, Value):
                    continue
                found = _path_to_context(name, value, frame.body)
                if found is not None and frame.owner_of(name) is current:
                    return found
            current = current.outer
        return None


def _path_to_context(name: str, value: Value, body: Body) -> str | None:
    for shape in value.shapes:
        if isinstance(shape, Context) and shape.durable and _serves(shape, body):
            return name
        if isinstance(shape, Instance):
            for attribute, held in shape.attributes.items():
                for inner in held.shapes:
                    if isinstance(inner, Context) and inner.durable and _serves(inner, body):
                        return f"{name}.{attribute}"
    return None


def _serves(context: Context, body: Body) -> bool:
    return context.body == body


def is_replayed(frame: Frame) -> bool:
    """Tell whether a frame runs again on every invocation."""
    body = frame.body
    return isinstance(body, Body) and body.step is None


def walk(project: Project, module: Module, vocabulary: Vocabulary) -> Walk:
    """Walk everything that the entry points of `module` reach."""
    house = (*vocabulary.house_names, *vocabulary.step_wrappers, *vocabulary.entry_points)
    library = DurableLibrary(
        vocabulary.names,
        vocabulary.step_wrappers,
        vocabulary.entry_points,
        HouseNames(house),
        vocabulary.results,
    )
    interpreter = Interpreter(project, library)
    result = Walk(module, interpreter, library, vocabulary)
    interpreter.module_frame(module)
    for entry in list(library.entries):
        if any(frame.module is module for frame in entry.call.frame.ancestors()):
            # What one execution leaves in memory is not followed into the next.
            interpreter.state = {}
            body, frames = run_entry(interpreter, entry.call, entry.function)
            result.entries.append((entry, body, frames))
    for run in unreached_roots(interpreter, library, module):
        interpreter.state = {}
        run()
    return result

"""Where a value that differs on replay goes, and so how much it matters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from durable_lint.durable.flow.decisions import Decision, Decisions
from durable_lint.durable.flow.inputs import Input, inputs
from durable_lint.durable.flow.names import branch_name
from durable_lint.durable.flow.routes import is_root
from durable_lint.durable.shapes import Body, Effect, Handler, Operation
from durable_lint.durable.walk import Walk, is_replayed
from durable_lint.program.modules.syntax import descendants
from durable_lint.program.values.contents import deep_origins, plain_origins
from durable_lint.program.values.frames import Call, Event, Leave, Return, Test
from durable_lint.program.values.shapes import External


class Use(IntEnum):
    """What a value decides, the worst last. What is HELD is so by an object that is an input."""

    LOGGED = 0
    RETURNED = 1
    PASSED = 2
    HELD = 3
    INPUT = 4
    NAME = 5
    DECIDES = 6


LOGGING = ("LDF601",)
# What only yields a value does no harm where the value does none.
VALUE_ONLY = frozenset(("LDF101", "LDF102", "LDF103", "LDF108", "LDF110", "LDF111"))


@dataclass(frozen=True, slots=True)
class Uses:
    """Everything that becomes of an effect's value.

    `operation` is the one that it becomes part of, `decision` the first that it makes.
    """

    kinds: frozenset[Use]
    operation: Operation | None = None
    decision: Decision | None = None
    after_last_operation: bool = False

    @property
    def harmless(self) -> bool:
        """Whether the value is only logged, or only returned after the last operation."""
        if self.worst is None or self.worst > Use.RETURNED:
            return False
        return Use.RETURNED not in self.kinds or self.after_last_operation

    @property
    def worst(self) -> Use | None:
        """The worst that becomes of the value, None where that is not known."""
        return max(self.kinds, default=None)

    @property
    def for_operations(self) -> str:
        """What becomes of the value for operations, in the words of messages; "" if nothing."""
        if self.worst is Use.DECIDES:
            return "decides which operations run"
        if self.operation is None or self.worst not in (Use.HELD, Use.INPUT, Use.NAME):
            return ""
        word = "name" if self.worst is Use.NAME else "input"
        return f"becomes the {word} of {self.operation.with_article}"


class Flow:
    """The uses of every effect's value in one walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._kinds: dict[Effect, set[Use]] = defaultdict(set)
        self._operations: dict[Effect, Operation] = {}
        self._decisions: dict[object, Decision] = {}
        self._orders: dict[Effect, int] = {}
        self._deciding: set[Test] = set()
        for decision in Decisions(walk):
            self._decision(decision)
        for item in inputs(walk):
            self._input(item)
        for event in walk.events:
            if is_replayed(event.frame):
                self._event(event)

    def uses(self, effect: Effect) -> Uses:
        """Return what becomes of the value of `effect`."""
        body = effect.frame.body
        last = self._walk.last_operation(body) if isinstance(body, Body) else 0
        return Uses(
            frozenset(self._kinds.get(effect, ())),
            self._operations.get(effect),
            self._decisions.get(effect),
            self._orders.get(effect, 0) > last,
        )

    def is_harmless(self, effect: Effect) -> bool:
        """Tell whether nothing depends on an effect being the same on every replay."""
        return effect.code in VALUE_ONLY and self.uses(effect).harmless

    def _note(
        self, effects: frozenset[object], use: Use, operation: Operation | None = None
    ) -> None:
        for effect in effects:
            if isinstance(effect, Effect):
                worst = max(self._kinds[effect], default=Use.LOGGED)
                self._kinds[effect].add(use)
                if operation is not None and use >= worst:
                    self._operations[effect] = operation

    def _input(self, item: Input) -> None:
        if item.is_name:
            self._note(deep_origins(item.value), Use.NAME, item.operation)
            return
        plain = plain_origins(item.value)
        self._note(plain, Use.INPUT, item.operation)
        self._note(deep_origins(item.value) - plain, Use.HELD, item.operation)

    def _decision(self, decision: Decision) -> None:
        self._note(decision.origins, Use.DECIDES)
        for origin in decision.origins:
            self._decisions.setdefault(origin, decision)
        if decision.test is not None:
            self._deciding.add(decision.test)

    def _event(self, event: Event) -> None:
        named = branch_name(event) if isinstance(event, Call) else None
        if named is not None:
            self._note(deep_origins(named.value), Use.NAME)
        match event:
            case Call(meaning=Effect() as effect):
                self._orders[effect] = event.last
                use = Use.LOGGED if effect.code in LOGGING else Use.PASSED
                self._note(deep_origins(event.arguments.all_values()) - {effect}, use)
            case Call(meaning=Handler()):
                self._note(event.arguments.all_values().origins, Use.PASSED)
            case Call() if logs(event):
                self._note(deep_origins(event.arguments.all_values()), Use.LOGGED)
            case Test() if event.value.origins and event not in self._deciding:
                self._idle(event)
            case Return() if event.frame.caller is not None:
                if event.frame.caller.body != event.frame.body:
                    self._note(deep_origins(event.value), Use.RETURNED)
            case _:
                pass

    def _idle(self, test: Test) -> None:
        """Note what becomes of a value that decides on other things than operations.

        The names and results that it chooses have it as an origin anyway.
        """
        body = test.frame.body
        inside = [
            event
            for event in test.frame.all_events()
            if any(region.node is test.node for region in event.regions)
        ]
        if isinstance(body, Body) and self._walk.last_operation(body) <= test.order:
            self._note(test.value.origins, Use.RETURNED)
        elif _only_logs(inside):
            self._note(test.value.origins, Use.LOGGED)
        else:
            for event in inside:
                use = _done_by(event)
                if use is not None:
                    self._note(test.value.origins, use)


def _done_by(event: Event) -> Use | None:
    """Return what a value is to the run that decides whether there is such an event."""
    match event:
        case Call() | Leave(how="raise"):
            return Use.PASSED
        case Leave(how="return") if is_root(event.frame):
            return Use.RETURNED
        case _:
            return None


def _only_logs(events: Sequence[Event]) -> bool:
    """Tell whether some events are log calls, and what stands in their arguments."""
    logged = [event.node for event in events if isinstance(event, Call) and is_log(event)]
    parts = {id(node) for call in logged for node in descendants(call)}
    return bool(logged) and all(
        id(event.node) in parts for event in events if isinstance(event, Call | Leave)
    )


_LOG_METHODS = frozenset(("debug", "info", "warning", "error", "exception", "critical", "log"))


def is_log(call: Call) -> bool:
    """Tell whether a call writes to a logger, or prints."""
    effect = call.meaning
    return logs(call) or (isinstance(effect, Effect) and effect.code in LOGGING)


def logs(call: Call) -> bool:
    """Tell whether a call writes to the logger of a context."""
    return any(
        isinstance(shape, External)
        and ".logger." in shape.path
        and shape.path.rpartition(".")[2] in _LOG_METHODS
        for shape in call.callee.shapes
    )

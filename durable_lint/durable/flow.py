"""Where a value that differs on replay goes, and so how much it matters."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import IntEnum

from durable_lint.durable.names import branch_name
from durable_lint.durable.shapes import Body, Effect, Handler, Operation, Prepared
from durable_lint.durable.walk import Walk, is_replayed
from durable_lint.program.contents import deep_origins
from durable_lint.program.frames import Call, Cell, Event, Return, Test
from durable_lint.program.shapes import External


class Use(IntEnum):
    """What a value decides, the worst last."""

    LOGGED = 0
    RETURNED = 1
    PASSED = 2
    INPUT = 3
    NAME = 4
    DECIDES = 5


LOGGING = ("LDF601",)


@dataclass(frozen=True, slots=True)
class Uses:
    """Everything that becomes of an effect's value, with the operation it becomes part of."""

    kinds: frozenset[Use]
    operation: Operation | None = None
    after_last_operation: bool = False

    @property
    def harmless(self) -> bool:
        """Whether the value is only logged, or only returned after the last operation."""
        if not self.kinds or max(self.kinds) > Use.RETURNED:
            return False
        return Use.RETURNED not in self.kinds or self.after_last_operation


class Flow:
    """The uses of every effect's value in one walk."""

    def __init__(self, walk: Walk) -> None:
        self._walk = walk
        self._kinds: dict[Effect, set[Use]] = defaultdict(set)
        self._operations: dict[Effect, Operation] = {}
        self._orders: dict[Effect, int] = {}
        for event in walk.events:
            if is_replayed(event.frame):
                self._event(event)
        self._captured()

    def uses(self, effect: Effect) -> Uses:
        """Return what becomes of the value of `effect`."""
        body = effect.frame.body
        last = self._walk.last_operation(body) if isinstance(body, Body) else 0
        return Uses(
            frozenset(self._kinds.get(effect, ())),
            self._operations.get(effect),
            self._orders.get(effect, 0) > last,
        )

    def _note(
        self, effects: frozenset[object], use: Use, operation: Operation | None = None
    ) -> None:
        for effect in effects:
            if isinstance(effect, Effect):
                worst = max(self._kinds[effect], default=Use.LOGGED)
                self._kinds[effect].add(use)
                if operation is not None and use >= worst:
                    self._operations[effect] = operation

    def _event(self, event: Event) -> None:
        named = branch_name(event) if isinstance(event, Call) else None
        if named is not None:
            self._note(deep_origins(named.value), Use.NAME)
        match event:
            case Call(meaning=Operation() as operation):
                for name, argument in operation.arguments.items():
                    use = Use.NAME if name == "name" else Use.INPUT
                    self._note(deep_origins(argument.value), use, operation)
                for body, _ in operation.bodies:
                    self._note(_given(body), Use.INPUT, operation)
            case Call(meaning=Effect() as effect):
                self._orders[effect] = event.last
                use = Use.LOGGED if effect.code in LOGGING else Use.PASSED
                self._note(deep_origins(event.arguments.all_values()) - {effect}, use)
            case Call(meaning=Handler()):
                self._note(event.arguments.all_values().origins, Use.PASSED)
            case Call() if logs(event):
                self._note(deep_origins(event.arguments.all_values()), Use.LOGGED)
            case Test():
                runs_for = event.frame.body
                if isinstance(runs_for, Body) and self._walk.last_operation(runs_for) > event.order:
                    self._note(event.value.origins, Use.DECIDES)
                else:
                    self._note(event.value.origins, Use.RETURNED)
            case Return() if event.frame.caller is not None:
                if event.frame.caller.body != event.frame.body:
                    self._note(deep_origins(event.value), Use.RETURNED)
            case _:
                pass

    def _captured(self) -> None:
        """Note what bodies read of the code around them: the value becomes their input."""
        by_body = {body: op for op in self._walk.operations for body, _ in op.bodies}
        for what, accesses in self._walk.interpreter.reads.items():
            if not isinstance(what, Cell):
                continue
            for access in accesses:
                body = access.body
                if isinstance(body, Body) and what.frame.body != body:
                    self._note(deep_origins(access.value), Use.INPUT, by_body.get(body))


def _given(body: Body) -> frozenset[object]:

    shape = body.subject
    return (
        deep_origins(shape.arguments.all_values()) if isinstance(shape, Prepared) else frozenset()
    )


_LOG_METHODS = frozenset(("debug", "info", "warning", "error", "exception", "critical", "log"))


def logs(call: Call) -> bool:
    """Tell whether a call writes to the logger of a context."""
    return any(
        isinstance(shape, External)
        and ".logger." in shape.path
        and shape.path.rpartition(".")[2] in _LOG_METHODS
        for shape in call.callee.shapes
    )

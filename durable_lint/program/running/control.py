"""What each kind of compound statement does: both arms of a branch run, a loop runs twice.

Every rule returns whether control may go on to the next statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from durable_lint.program.modules.imports import Deferred, Either
from durable_lint.program.running.changes import advance
from durable_lint.program.running.choices import choose, count_origins, deciding, deciding_rounds
from durable_lint.program.running.containers import has_elements, iterate
from durable_lint.program.running.forgetting import remembered
from durable_lint.program.running.narrowing import doubted_since, matched, narrow
from durable_lint.program.running.outcomes import Outcome, forget_outcome, tell_outcome
from durable_lint.program.running.patterns import bind_pattern
from durable_lint.program.running.targets import bind_target
from durable_lint.program.running.truth import fits, truth
from durable_lint.program.values.frames import Env, Frame, Jumps, Moment, Region
from durable_lint.program.values.order import Rounds, orders_of
from durable_lint.program.values.reaching import merged
from durable_lint.program.values.shapes import External, Opaque, Site
from durable_lint.program.values.values import NOTHING, Value, join, value_of

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

_PASSES = 2
_EVERYTHING = value_of(External("BaseException"))


def now(interpreter: Interpreter, frame: Frame) -> Moment:
    """Return the present moment of a frame's run."""
    return Moment(dict(frame.env), interpreter.state)


def _restore(interpreter: Interpreter, frame: Frame, moment: Moment) -> None:
    """Go back to a moment; the dict of names itself stays the same."""
    frame.env.clear()
    frame.env.update(moment.env)
    interpreter.state = moment.state


def _merge(interpreter: Interpreter, frame: Frame, moments: Sequence[Moment]) -> None:
    """Let the frame's names, and the state of objects, be what any of the moments says."""
    if moments:
        env = _merged([moment.env for moment in moments])
        states = [remembered(interpreter, frame, moment, moments) for moment in moments]
        state = merged(states)
        _restore(interpreter, frame, Moment(env, state))


def _merged(states: Sequence[Env]) -> Env:
    if len(states) == 1:
        return dict(states[0])
    found: dict[str, list[Value | Deferred]] = {}
    for state in states:
        for name, bound in state.items():
            choices = found.setdefault(name, [])
            if not any(bound is choice for choice in choices):
                choices.append(bound)
    return {name: _any_of(choices) for name, choices in found.items()}


def _any_of(choices: Sequence[Value | Deferred]) -> Value | Deferred:
    if len(choices) == 1:
        return choices[0]
    values = [choice for choice in choices if isinstance(choice, Value)]
    if len(values) == len(choices):
        return join(values)
    distinct = tuple(dict.fromkeys(choices))
    return distinct[0] if len(distinct) == 1 else Either(distinct)


def _run(interpreter: Interpreter, frame: Frame, body: cst.CSTNode) -> bool:
    return interpreter.execute(frame, [body])


def _if(interpreter: Interpreter, frame: Frame, node: cst.If) -> bool:
    exits: list[Moment] = []
    tests: list[Region] = []
    arms: list[cst.CSTNode] = []
    arm: cst.If | cst.Else | None = node
    while isinstance(arm, cst.If):
        test = interpreter.evaluate(frame, arm.test)
        interpreter.test(frame, arm, test)
        before = now(interpreter, frame)
        decided = truth(interpreter, frame, arm.test, test)
        interpreter.region(frame, "branch", arm, test, arm.body)
        arms.append(arm.body)
        narrow(interpreter, frame, arm.test, outcome=True)
        if decided is not False and _run(interpreter, frame, arm.body):
            exits.append(now(interpreter, frame))
        interpreter.leave(frame)
        if decided is True:
            break
        _restore(interpreter, frame, before)
        tests.append(interpreter.region(frame, "branch", arm, test, arm.orelse))
        narrow(interpreter, frame, arm.test, outcome=False)
        arm = arm.orelse
    else:
        if arm is not None:
            arms.append(arm)
        if arm is None or _run(interpreter, frame, arm.body):
            exits.append(now(interpreter, frame))
    for _ in tests:
        interpreter.leave(frame)
    _merge(interpreter, frame, exits)
    if len(exits) > 1:
        choose(interpreter, frame, deciding(frame, tests), arms)
    return bool(exits)


def _loop(
    interpreter: Interpreter,
    frame: Frame,
    node: cst.For | cst.While,
    start: Callable[[], None],
    *,
    endless: bool = False,
    begun: bool = False,
) -> bool:
    """Go over a loop's body twice, so that what one round leaves is seen by the next.

    Inside of a loop that is itself on its second round, once is enough. An `endless` one ends by a
    `break` only; one that is certainly `begun` has at least one round.
    """
    passes = 1 if node in frame.repeated else _PASSES
    frame.repeated.add(node)
    ends = [] if begun else [now(interpreter, frame)]
    breaks: list[Moment] = []
    interpreter.turns.running.append(_rounds(node, frame))
    for _ in range(passes):
        jumps = Jumps()
        frame.loops.append(jumps)
        interpreter.region(frame, "loop", node, arm=node.body)
        start()
        completed = _run(interpreter, frame, node.body)
        interpreter.leave(frame)
        frame.loops.pop()
        ends.extend(jumps.continues)
        breaks.extend(jumps.breaks)
        if completed:
            ends.append(now(interpreter, frame))
        _merge(interpreter, frame, ends)
    interpreter.turns.running.pop()
    exits = breaks
    if ends and not endless and (node.orelse is None or _run(interpreter, frame, node.orelse.body)):
        exits = [*breaks, now(interpreter, frame)]
    _merge(interpreter, frame, exits)
    choose(interpreter, frame, deciding_rounds(frame, node), [node.body])
    return bool(exits)


def _rounds(node: cst.For | cst.While, frame: Frame) -> Rounds:
    return Rounds(node, frame.host, node.body)


def _for(interpreter: Interpreter, frame: Frame, node: cst.For) -> bool:
    iterable = interpreter.obtain(frame, node.iter)
    advance(interpreter, frame, node, iterable)
    element = iterate(interpreter, frame, node.iter, iterable)
    count = NOTHING.mixed_with(count_origins(iterable))
    element = interpreter.turns.each(
        element, orders_of(iterable, node.iter, frame), _rounds(node, frame)
    )

    def start() -> None:
        interpreter.decide(frame, node, count)
        bind_target(interpreter, frame, node.target, element)

    return _loop(interpreter, frame, node, start, begun=has_elements(iterable))


def _while(interpreter: Interpreter, frame: Frame, node: cst.While) -> bool:
    def start() -> None:
        interpreter.test(frame, node, interpreter.evaluate(frame, node.test))

    endless = isinstance(node.test, cst.Name) and node.test.value == "True"
    return _loop(interpreter, frame, node, start, endless=endless)


def _try(interpreter: Interpreter, frame: Frame, node: cst.Try | cst.TryStar) -> bool:
    before = now(interpreter, frame)
    raised: list[Moment] = []
    frame.raises.append(raised)
    interpreter.region(frame, "try", node)
    completed = _run(interpreter, frame, node.body)
    interpreter.leave(frame)
    frame.raises.pop()
    anywhere = [before, *raised, now(interpreter, frame)]
    doubted = doubted_since(before.env, frame.env)
    if completed and node.orelse is not None:
        interpreter.region(frame, "else", node)
        completed = _run(interpreter, frame, node.orelse.body)
        interpreter.leave(frame)
    exits = [now(interpreter, frame)] if completed else []
    for handler in node.handlers:
        _merge(interpreter, frame, anywhere)
        frame.env.update(doubted)
        if _handle(interpreter, frame, handler):
            exits.append(now(interpreter, frame))
    _merge(interpreter, frame, exits or anywhere)
    finished = True
    if node.finalbody is not None:
        interpreter.region(frame, "finally", node)
        told = tell_outcome(interpreter, frame, node)
        finished = _run(interpreter, frame, node.finalbody.body)
        forget_outcome(frame, node, told)
        if finished:
            interpreter.leaves(frame, node, "end")
        interpreter.leave(frame)
    return finished and bool(exits)


def _handle(
    interpreter: Interpreter, frame: Frame, handler: cst.ExceptHandler | cst.ExceptStarHandler
) -> bool:
    caught = _EVERYTHING
    if handler.type is not None:
        caught = interpreter.evaluate(frame, handler.type)
    if handler.name is not None and isinstance(handler.name.name, cst.Name):
        name = handler.name.name.value
        exception = Opaque(Site(handler, frame.host), name)
        frame.env[name] = Value((exception,), frozenset((Outcome(handler),)), open=True)
    interpreter.region(frame, "handler", handler, caught)
    completed = _run(interpreter, frame, handler.body)
    if completed:
        interpreter.leaves(frame, handler, "end")
    interpreter.leave(frame)
    return completed


def _with(interpreter: Interpreter, frame: Frame, node: cst.With) -> bool:
    managers: list[tuple[cst.WithItem, Value]] = []
    for item in node.items:
        manager = interpreter.evaluate(frame, item.item)
        entered = interpreter.entered(frame, item.item, manager)
        managers.append((item, manager))
        interpreter.region(frame, "with", item, manager)
        if item.asname is not None:
            bind_target(interpreter, frame, item.asname.name, entered)
    completed = _run(interpreter, frame, node.body)
    for item, manager in reversed(managers):
        interpreter.leave(frame)
        interpreter.region(frame, "exit", node)
        completed |= interpreter.exited(frame, item.item, manager)
        interpreter.leave(frame)
    return completed


def _match(interpreter: Interpreter, frame: Frame, node: cst.Match) -> bool:
    subject = interpreter.evaluate(frame, node.subject)
    interpreter.decide(frame, node, subject)
    before = now(interpreter, frame)
    exits: list[Moment] = []
    tests = [Region("branch", node, subject)]
    certain = False
    for case in node.cases:
        _restore(interpreter, frame, before)
        decided = fits(interpreter, frame, node.subject, subject, case.pattern)
        if certain or decided is False:
            continue
        certain = decided is True and case.guard is None
        interpreter.region(frame, "branch", node, subject, case.body)
        # A guard decides on the cases below as well.
        for guard in tests[1:]:
            interpreter.region(frame, "branch", guard.node, guard.test)
        found = matched(interpreter, frame, case.pattern, subject, outcome=True)
        _know(frame, node.subject, found)
        bind_pattern(interpreter, frame, case.pattern, found)
        if case.guard is not None:
            test = interpreter.evaluate(frame, case.guard)
            interpreter.test(frame, case.guard, test)
            tests.append(interpreter.region(frame, "branch", case.guard, test))
        if _run(interpreter, frame, case.body):
            exits.append(now(interpreter, frame))
        for _ in tests:
            interpreter.leave(frame)
        if case.guard is None:
            subject = matched(interpreter, frame, case.pattern, subject, outcome=False)
    if not certain:
        _restore(interpreter, frame, before)
        _know(frame, node.subject, subject)
        exits.append(now(interpreter, frame))
    _merge(interpreter, frame, exits)
    if len(exits) > 1:
        choose(interpreter, frame, deciding(frame, tests), [case.body for case in node.cases])
    return bool(exits)


def _know(frame: Frame, node: cst.BaseExpression, value: Value) -> None:
    """Let a variable of the frame, if `node` is one, stand for `value`."""
    if isinstance(node, cst.Name) and isinstance(frame.env.get(node.value), Value):
        frame.env[node.value] = value


RULES: Mapping[type[cst.CSTNode], Callable[[Interpreter, Frame, Any], bool]] = {
    cst.If: _if,
    cst.For: _for,
    cst.While: _while,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.With: _with,
    cst.Match: _match,
}

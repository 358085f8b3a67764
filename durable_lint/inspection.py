"""What a check is given: the walk, what follows from it, and a way to report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import libcst as cst

from durable_lint import needles
from durable_lint.catalogue import Rule
from durable_lint.durable.checkpoints.refusals import Format, checkpoint_format, response_format
from durable_lint.durable.deployment.cdk import Stacks
from durable_lint.durable.deployment.clients import ClientCall, client_calls
from durable_lint.durable.deployment.evidence import Evidence, Place, nothing_known
from durable_lint.durable.flow.flow import Flow
from durable_lint.durable.flow.misplaced import Misplaced, misplaced_calls
from durable_lint.durable.flow.reach import Reach, Reached, called_name
from durable_lint.durable.flow.routes import Callers
from durable_lint.durable.plain_code import plain_interpreter, run_plainly
from durable_lint.durable.state.lifetimes import Lifetimes
from durable_lint.durable.suspension.suspension import Suspensions
from durable_lint.durable.walk import Walk
from durable_lint.findings import Finding, Fix, Hop, Severity
from durable_lint.fixes.ground import Ground
from durable_lint.program.modules.module import Module
from durable_lint.program.values.frames import Call, Frame


@dataclass
class Inspection:
    """One walk, with the rules that are on; `silenced` asks the comments of a file.

    `silenced(code, module, row)` is true where a comment silences a rule at a 1-based row.
    `evidence` is what the project deploys.
    """

    walk: Walk
    rules: Mapping[str, Rule]
    silenced: Callable[[str, Module, int], bool]
    evidence: Evidence = field(default_factory=nothing_known)

    @cached_property
    def reach(self) -> Reach:
        """The effects that each call leads to, but for those that LDF303 has moved away."""
        moved = self.misplaced if self.enabled("LDF303") else ()
        return Reach(self.walk, self.callers, [misplaced.call for misplaced in moved])

    @cached_property
    def misplaced(self) -> tuple[Misplaced, ...]:
        """The calls in the place of an operation's function that yield no function."""
        return tuple(misplaced_calls(self.walk))

    @cached_property
    def callers(self) -> Callers:
        """The calls that lead to each frame."""
        return Callers(self.walk)

    @cached_property
    def lifetimes(self) -> Lifetimes:
        """What is changed by whom, and read by whom."""
        return Lifetimes(self.walk, self.callers)

    @cached_property
    def suspensions(self) -> Suspensions:
        """The calls at which a run may be suspended."""
        return Suspensions(self.walk, self.callers)

    @cached_property
    def flow(self) -> Flow:
        """What becomes of values that differ on replay."""
        return Flow(self.walk)

    @cached_property
    def checkpoints(self) -> Format:
        """What of the results of operations the SDK stores."""
        return checkpoint_format(self.walk.vocabulary.objects["LDF206"])

    @cached_property
    def responses(self) -> Format:
        """What of the results of handlers the SDK hands over."""
        objects = self.walk.vocabulary.objects
        return response_format(objects["LDF206"], objects["LDF207"])

    @cached_property
    def ground(self) -> Ground:
        """What fixes ask of the program."""
        return Ground(self.walk, self.reach)

    @cached_property
    def _plain_frames(self) -> list[Frame]:
        walk = self.walk
        interpreter = plain_interpreter(walk.interpreter.project, walk.vocabulary.entry_points)
        run_plainly(interpreter, walk.module)
        return interpreter.frames

    @cached_property
    def client_calls(self) -> list[ClientCall]:
        """What the clients' calls in the module's code, durable or not, name as functions."""
        frames = list(self.walk.interpreter.frames)
        data = self.walk.module.source.text.encode()
        matters = needles.starts_executions(data) or self.evidence.knows_durable_functions
        if needles.invokes(data) and matters:
            frames += self._plain_frames
        calls = (event for frame in frames for event in frame.all_events())
        return list(
            client_calls(
                (event for event in calls if isinstance(event, Call)),
                self.walk.vocabulary.clients,
            )
        )

    @cached_property
    def stacks(self) -> Stacks | None:
        """What the module's code, if it is part of a CDK app, makes and connects."""
        if not needles.is_stack(self.walk.module.source.text.encode()):
            return None
        return Stacks(self._plain_frames, self.walk.vocabulary.stacks["constructs"])

    def enabled(self, code: str) -> bool:
        """Tell whether a rule is on."""
        return code in self.rules

    def silenced_at(self, code: str, frame: Frame, node: cst.CSTNode) -> bool:
        """Tell whether a comment at `node`, in the code of `frame`, silences a rule."""
        module = frame.module
        return self.silenced(code, module, module.span(node).start.row)

    def called(self, call: Call) -> str:
        """Return how the code writes what a call calls, such as `context.step`."""
        return self.written(call.frame, call.node)

    def written(self, frame: Frame, node: cst.CSTNode) -> str:
        """Return how the code of `frame` writes what is at `node`, without a call's arguments."""
        func = node.func if isinstance(node, cst.Call) else node
        if isinstance(func, cst.Attribute) and isinstance(func.value, cst.Call):
            return f"{self.written(frame, func.value)}().{func.attr.value}"
        return " ".join(frame.module.text(func).split())

    def hop(self, frame: Frame, node: cst.CSTNode, message: str) -> Hop:
        """Return a step of a route: what happens at `node` in the code of `frame`."""
        start = frame.module.span(node).start
        return Hop(frame.module.path, start, frame.name, message)

    def hops(self, reached: Reached) -> list[Hop]:
        """Return the route to an effect: each call that leads there, and the effect itself."""
        last, effect = reached.calls[-1], reached.effect
        return [
            *(self.hop(c.frame, c.node, f"calls {called_name(c)}") for c in reached.calls[:-1]),
            self.hop(last.frame, last.node, f"{effect.path} {effect.why}"),
        ]

    def hop_to(self, place: Place, message: str) -> Hop:
        """Return a step of a route that lies in a template or stack."""
        return Hop(place.path, place.position, place.owner, message)

    def finding(
        self,
        code: str,
        frame: Frame,
        node: cst.CSTNode,
        message: str,
        *,
        route: Iterable[Hop] = (),
        fix: Fix | None = None,
        severity: Severity | None = None,
    ) -> Finding:
        """Return a finding of the rule `code` at `node`, in the code of `frame`."""
        rule = self.rules[code]
        module = frame.module
        return Finding(
            code,
            rule.name,
            message,
            module.path,
            module.span(node),
            severity or rule.severity,
            tuple(route),
            fix,
        )

"""What a check is given: the walk, what follows from it, and a way to report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import libcst as cst

from durable_lint.catalogue import Rule
from durable_lint.durable.flow import Flow
from durable_lint.durable.reach import Reach
from durable_lint.durable.walk import Walk
from durable_lint.findings import Finding, Fix, Hop, Severity
from durable_lint.program.frames import Frame
from durable_lint.program.module import Module


@dataclass
class Inspection:
    """One walk, with the rules that are on; `silenced` asks the comments of a file.

    `silenced(code, module, row)` is true where a comment silences a rule at a 1-based row.
    """

    walk: Walk
    rules: Mapping[str, Rule]
    silenced: Callable[[str, Module, int], bool]

    @cached_property
    def reach(self) -> Reach:
        """The effects that each call leads to."""
        return Reach(self.walk)

    @cached_property
    def flow(self) -> Flow:
        """What becomes of values that differ on replay."""
        return Flow(self.walk)

    def enabled(self, code: str) -> bool:
        """Tell whether a rule is on."""
        return code in self.rules

    def silenced_at(self, code: str, frame: Frame, node: cst.CSTNode) -> bool:
        """Tell whether a comment at `node`, in the code of `frame`, silences a rule."""
        module = frame.module
        return self.silenced(code, module, module.span(node).start.row)

    def hop(self, frame: Frame, node: cst.CSTNode, message: str) -> Hop:
        """Return a step of a route: what happens at `node` in the code of `frame`."""
        start = frame.module.span(node).start
        return Hop(frame.module.path, start, frame.name, message)

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

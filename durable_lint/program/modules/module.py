"""One file of the program: its tree, its imports by name, and places for its nodes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path

import libcst as cst
from libcst import BatchableCSTVisitor
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from durable_lint.findings import Position, Span
from durable_lint.program.modules.parse import parse
from durable_lint.program.modules.syntax import children
from durable_lint.source import Source

# A call or an assignment to an item, a class that tells its bases something, and a decorator that
# is none of those that only make something of what they are given.
_ACTS = re.compile(
    r"""^(?: [A-Za-z_][\w.]* (?: \( | \[ .* \] \s* = )
        | class \s+ \w+ \s* \( [^)=]* =
        | @ (?! (?: dataclass | total_ordering | contextmanager | cache | lru_cache | wraps | final
              | runtime_checkable | overload | unique | property )\b
              | (?: dataclasses | functools | contextlib | typing | enum | abc | attrs? | attr )\. )
    )""",
    re.MULTILINE | re.VERBOSE,
)


class _Unvisited(MetadataWrapper):
    """Does not go through the tree for nobody, which would double the cost of positions."""

    def visit_batched(
        self,
        visitors: Iterable[BatchableCSTVisitor],
        before_visit: Callable[[cst.CSTNode], None] | None = None,
        after_leave: Callable[[cst.CSTNode], None] | None = None,
    ) -> cst.CSTNode:
        """Run `visitors` over the tree, if there are any."""
        listed = list(visitors)
        return super().visit_batched(listed, before_visit, after_leave) if listed else self.module


class Module:
    """A file that is part of the project; parsed and measured only when somebody asks."""

    def __init__(self, source: Source) -> None:
        self.source = source

    @property
    def path(self) -> Path:
        """The file."""
        return self.source.path

    @cached_property
    def tree(self) -> cst.Module:
        """The concrete syntax tree.

        Raises UnreadableError (`program.parse`) where the file cannot be parsed.
        """
        return parse(self.source)

    @cached_property
    def acts_on_import(self) -> bool:
        """Whether running the module may do more than define what it holds, by its text alone.

        A package imports what acts.
        """
        return self.path.name == "__init__.py" or _ACTS.search(self.source.text) is not None

    @cached_property
    def mentioned(self) -> frozenset[str]:
        """Every name that the module's code mentions but for its import statements."""
        found: set[str] = set()
        stack: list[cst.CSTNode] = [self.tree]
        while stack:
            node = stack.pop()
            if type(node) is cst.Name:
                found.add(node.value)
            elif not isinstance(node, cst.Import | cst.ImportFrom):
                stack.extend(children(node))
        return frozenset(found)

    @cached_property
    def _ranges(self) -> Mapping[cst.CSTNode, CodeRange]:
        # Positions cost as much as the parser, so they are computed only for files with a finding.
        return _Unvisited(self.tree, unsafe_skip_copy=True).resolve(PositionProvider)

    def span(self, node: cst.CSTNode) -> Span:
        """Return where `node` stands, its own parentheses left out."""
        code = self._ranges[node]
        return Span(
            Position(code.start.line, code.start.column + 1),
            Position(code.end.line, code.end.column + 1),
        )

    def whole_span(self, node: cst.BaseExpression) -> Span:
        """Return where an expression stands with its own parentheses."""
        if not node.lpar:
            return self.span(node)
        return Span(self.span(node.lpar[0]).start, self.span(node.rpar[-1]).end)

    @cached_property
    def parents(self) -> dict[cst.CSTNode, cst.CSTNode]:
        """Each node's parent; for fixes, which need it in files with a finding only."""
        found: dict[cst.CSTNode, cst.CSTNode] = {}
        stack: list[cst.CSTNode] = [self.tree]
        while stack:
            node = stack.pop()
            for child in children(node):
                found[child] = node
                stack.append(child)
        return found

    def assigned(self, target: cst.CSTNode) -> cst.BaseExpression | None:
        """Return the expression that a statement assigns to `target`, None where it unpacks."""
        parent = self.parents[target]
        if isinstance(parent, cst.AssignTarget):
            parent = self.parents[parent]
        match parent:
            case cst.Assign() | cst.AnnAssign() | cst.AugAssign() | cst.NamedExpr():
                return parent.value
            case _:
                return None

    def text(self, node: cst.CSTNode) -> str:
        """Return the source text of `node`."""
        return self.source.segment(self.span(node))

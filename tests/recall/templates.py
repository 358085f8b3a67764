"""Templates of programs, kept as Markdown, and what becomes of them with an effect put in."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from durable_lint.pages import Block, Section, sections
from tests.recall.effects import Effect

HERE = Path(__file__).parent
HOLE = "EFFECT"
BODY = "BODY"
MAIN = "handler.py"
SDK = """\
from aws_durable_execution_sdk_python import (
    DurableContext,
    ParallelBranch,
    StepContext,
    WithRetryConfig,
    durable_execution,
    durable_parallel_branch,
    durable_step,
    durable_wait_for_callback,
    durable_with_child_context,
    with_retry,
)
from aws_durable_execution_sdk_python.config import Duration
"""


@dataclass(frozen=True)
class Template:
    """A program with holes for an effect; `replayed` says whether the holes are replayed code."""

    name: str
    replayed: bool
    main: str
    beside: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Program:
    """Files by relative path, and the rows at which `code` must be found, or must not."""

    name: str
    code: str
    replayed: bool
    files: dict[str, str]
    rows: frozenset[tuple[str, int]]


def fill(template: Template, effect: Effect) -> Program:
    """Return the program that a template makes with `effect` in its holes."""
    files = {**template.beside, MAIN: f"{SDK}\n\n{template.main}"}
    rows: set[tuple[str, int]] = set()
    for name, text in files.items():
        if HOLE in text:
            files[name] = f"{effect.needs}\n\n{text}"
            lines = files[name].splitlines()
            rows.update((name, row) for row, line in enumerate(lines, start=1) if HOLE in line)
            files[name] = files[name].replace(HOLE, effect.text)
    name = f"{template.name} with {effect.text}"
    return Program(name, effect.code, template.replayed, files, frozenset(rows))


def roles() -> Iterator[Template]:
    """Yield a template for every spelling of a role."""
    for section in _sections("roles.md"):
        beside = {b.options["file"]: b.text for b in section.blocks if "file" in b.options}
        for block in section.blocks:
            if "file" not in block.options:
                yield Template(section.title, _kind(block) == "replayed", block.text, beside)


def positions() -> Iterator[Template]:
    """Yield a template for every position in a body, in the handler, in helpers and in bodies."""
    for section in _sections("positions.md"):
        for block in section.blocks:
            for kind, place, frame in FRAMES:
                if _kind(block) in (kind, "anywhere"):
                    indent = next(line for line in frame.splitlines() if BODY in line)
                    body = textwrap.indent(block.text, indent[: indent.index(BODY)])
                    main = frame.replace(f"{indent}\n", body)
                    yield Template(f"{place}: {section.title}", kind == "replayed", main)


def _sections(page: str) -> tuple[Section, ...]:
    return sections((HERE / page).read_text(encoding="utf-8"))


def _kind(block: Block) -> str:
    (kind,) = block.words
    return kind


FRAMES = (
    (
        "replayed",
        "handler",
        """\
@durable_execution
def handler(event, context):
    BODY
""",
    ),
    (
        "replayed",
        "child",
        """\
@durable_execution
def handler(event, parent):
    def inner(context):
        BODY

    return parent.run_in_child_context(inner)
""",
    ),
    (
        "replayed",
        "map function",
        """\
def work(context, item, event, items):
    BODY


@durable_execution
def handler(event, context):
    return context.map(event["orders"], work)
""",
    ),
    (
        "replayed",
        "helper",
        """\
def work(event, context):
    BODY


def helper(*args):
    return work(*args)


@durable_execution
def handler(event, context):
    return helper(event, context)
""",
    ),
    (
        "replayed",
        "method",
        """\
class Flow:
    def __init__(self, context):
        self.context = context

    def run(self, event):
        context = self.context
        BODY


@durable_execution
def handler(event, context):
    return Flow(context).run(event)
""",
    ),
    (
        "step",
        "step",
        """\
@durable_execution
def handler(event, context):
    def work(_):
        BODY

    return context.step(work)
""",
    ),
    (
        "step",
        "decorated step",
        """\
@durable_step
def work(step_context, event):
    BODY


@durable_execution
def handler(event, context):
    return context.step(work(event))
""",
    ),
    (
        "step",
        "helper of a step",
        """\
def work():
    BODY


@durable_execution
def handler(event, context):
    return context.step(lambda _: work())
""",
    ),
    (
        "step",
        "callback",
        """\
@durable_execution
def handler(event, context):
    def submit(callback_id, callback_context):
        BODY

    return context.wait_for_callback(submitter=submit)
""",
    ),
    (
        "step",
        "condition",
        """\
@durable_execution
def handler(event, context):
    def check(state, check_context):
        BODY

    return context.wait_for_condition(check, config=None)
""",
    ),
)

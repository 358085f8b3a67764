"""Mended code runs on the SDK's own local runner, and does once what it did again and again."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.local_run import Observation, observe
from tests.test_fixes import mend

IMPORTS = """\
import logging
import os
import subprocess
import time
import urllib.request
import uuid

import boto3

from aws_durable_execution_sdk_python import (
    DurableContext,
    WithRetryConfig,
    durable_execution,
    durable_with_child_context,
    with_retry,
)
"""
WAITING = """\
from aws_durable_execution_sdk_python.config import Duration
"""


@dataclass(frozen=True)
class Kind:
    """Statements that set `found`, what counts their effect, and what they need to run."""

    name: str
    statements: str
    probe: str
    once: int = 1
    proof: dict[str, Any] = field(default_factory=dict)


KINDS = (
    Kind("clock", "found = time.time()", "time.time"),
    Kind("identity", "found = str(uuid.uuid4())", "uuid.uuid4"),
    Kind(
        "response",
        'found = urllib.request.urlopen(event["url"]).read().decode()',
        "http",
        proof={"event": {"url": "{server}/orders"}},
    ),
    Kind(
        "AWS call",
        'boto3.client("dynamodb").put_item(TableName="orders", Item={"id": {"S": "1"}})\nfound = 1',
        "http",
    ),
    Kind("process id", "found = os.getpid()", "os.getpid"),
    Kind("call", 'subprocess.run(["true"], check=True)\nfound = 1', "subprocess.run"),
    Kind(
        "file",
        'with open("orders.txt") as file:\n    found = file.read()',
        "builtins.open",
        proof={"files": {"orders.txt": "o-1"}},
    ),
    Kind("sleep", "time.sleep(0.01)\nfound = 1", "time.sleep", once=0),
    Kind("print", 'print("placed", event)\nfound = 1', "builtins.print", once=0),
    Kind("logger", 'logging.getLogger("a").info("b")\nfound = 1', "logging.Logger.info", once=0),
)
IN_EVERY_ROLE = ("clock", "file")

ROLES = {
    "handler": """\
@durable_execution
def handler(event: dict, context: DurableContext):
    BODY
""",
    "child": """\
@durable_execution
def handler(event: dict, parent: DurableContext):
    def inner(context):
        BODY

    return parent.run_in_child_context(inner)
""",
    "decorated child": """\
@durable_with_child_context
def inner(context: DurableContext, event: dict):
    BODY


@durable_execution
def handler(event: dict, parent: DurableContext):
    return parent.run_in_child_context(inner(event), name="inner")
""",
    "branch": """\
@durable_execution
def handler(event: dict, parent: DurableContext):
    def branch(context):
        BODY

    return parent.parallel([branch], name="branches").get_results()
""",
    "map function": """\
@durable_execution
def handler(event: dict, parent: DurableContext):
    def inner(context, event, index, events):
        BODY

    return parent.map([event], inner, name="each").get_results()
""",
    "retry block": """\
@durable_execution
def handler(event: dict, parent: DurableContext):
    def block(context, attempt):
        BODY

    return with_retry(parent, block, WithRetryConfig(), "block")
""",
    "helper": """\
def place(event, context):
    BODY


@durable_execution
def handler(event: dict, parent: DurableContext):
    return place(event, parent)
""",
    "method": """\
class Orders:
    def __init__(self, context):
        self.context = context

    def place(self, event):
        context = self.context
        BODY


@durable_execution
def handler(event: dict, parent: DurableContext):
    return Orders(parent).place(event)
""",
}

CASES = [
    pytest.param(kind, role, id=f"{kind.name}-{role}")
    for role in ROLES
    for kind in KINDS
    if role in ("handler", "child") or kind.name in IN_EVERY_ROLE
]


def program(kind: Kind, role: str) -> str:
    """Return a module in which a body of this role does what the kind does, waits and returns."""
    statements = (
        f"{kind.statements}\n"
        'context.wait(Duration.from_seconds(1), name="settle")\n'
        "return len(str(found))"
    )
    template = ROLES[role]
    line = next(line for line in template.splitlines() if "BODY" in line)
    body = textwrap.indent(statements, line[: line.index("BODY")])
    return f"{IMPORTS}{WAITING}\n\n{template.replace(line, body)}"


def run(text: str, kind: Kind) -> Observation:
    return observe({"handler.py": text}, {**kind.proof, "probe": kind.probe})


@pytest.mark.parametrize(("kind", "role"), CASES)
def test_mended_code_does_it_once(kind: Kind, role: str, tmp_path: Path) -> None:
    before = program(kind, role)
    after, _ = mend(tmp_path, before, unsafe=True)
    assert after != before
    broken, mended = run(before, kind), run(after, kind)
    assert broken.status == mended.status == "SUCCEEDED", (broken.error, mended.error)
    assert broken.probes > kind.once
    assert mended.probes == kind.once
    assert mended.invocations > 1


HELPER = """\
def number():
    time.time()
    return str(uuid.uuid4())


@durable_execution
def handler(event: dict, context: DurableContext):
    found = number()
    context.wait(Duration.from_seconds(1), name="settle")
    return found
"""


def test_a_helper_without_a_context_is_run_as_a_step(tmp_path: Path) -> None:
    before = f"{IMPORTS}{WAITING}\n\n{HELPER}"
    after, _ = mend(tmp_path, before, unsafe=False)
    proof = {"probe": ["time.time", "uuid.uuid4"]}
    assert observe({"handler.py": before}, proof).probes == 4
    mended = observe({"handler.py": after}, proof)
    assert (mended.status, mended.probes) == ("SUCCEEDED", 2)
    assert [step.name for step in mended.operations if step.kind == "STEP"] == ["found"]


def test_a_wait_brings_its_import(tmp_path: Path) -> None:
    before = f"""{IMPORTS}

@durable_execution
def handler(event: dict, context: DurableContext):
    time.sleep(1)
    return context.step(lambda _: 1, name="number")
"""
    after, _ = mend(tmp_path, before, unsafe=False)
    mended = observe({"handler.py": after}, {"probe": "time.sleep"})
    assert (mended.status, mended.result, mended.probes) == ("SUCCEEDED", 1, 0)
    assert [made.kind for made in mended.operations if made.kind == "WAIT"] == ["WAIT"]


def test_an_import_for_type_checkers_only_is_not_used(tmp_path: Path) -> None:
    before = f"""{IMPORTS}from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_durable_execution_sdk_python.config import Duration


@durable_execution
def handler(event: dict, context: DurableContext):
    time.sleep(1)
    return context.step(lambda _: 1, name="number")
"""
    after, _ = mend(tmp_path, before, unsafe=False)
    mended = observe({"handler.py": after}, {"probe": "time.sleep"})
    assert (mended.status, mended.result, mended.probes) == ("SUCCEEDED", 1, 0)

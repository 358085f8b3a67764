"""What the fixes make of code, in every position; the pages are in `fixes/`."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from durable_lint.catalogue import catalogue
from durable_lint.deep import run_deep
from durable_lint.engine import Engine, Report
from durable_lint.pages import sections
from durable_lint.settings import Layer, Resolver

RULES = ("LDF1", "LDF108", "LDF201", "LDF206", "LDF303", "LDF307", "LDF312", "LDF601")
PAGES = sorted((Path(__file__).parent / "fixes").glob("*.md"))
HEADER = """\
import datetime as dates
import json
import logging
import os
import pprint
import queue
import random
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
import warnings
from datetime import UTC, datetime
from pathlib import Path

import boto3
import gevent
import loguru
import requests
from aws_durable_execution_sdk_python import DurableContext, StepError, durable_execution
from aws_durable_execution_sdk_python.config import Duration
from aws_lambda_powertools import Logger

from elsewhere import named, other


@durable_execution
def handler(event: dict, context: DurableContext):
"""


@dataclass(frozen=True)
class Mending:
    """A body, and what `--fix` and `--fix --unsafe-fixes` make of it; `helpers` follow it."""

    name: str
    before: str
    safe: str
    unsafe: str
    helpers: str = ""


def mendings() -> list[Mending]:
    found = []
    for page in PAGES:
        for section in sections(page.read_text(encoding="utf-8")):
            texts = {block.words[0]: block.text for block in section.blocks}
            if "before" in texts:
                safe = texts.get("safe", texts["before"])
                unsafe = texts.get("unsafe", safe)
                helpers = f"\n\n{texts['helpers']}" if "helpers" in texts else ""
                name = f"{page.stem}: {section.title}"
                found.append(Mending(name, texts["before"], safe, unsafe, helpers))
    return found


def mend(folder: Path, text: str, *, unsafe: bool, newline: str = "\n") -> tuple[str, Report]:
    """Return what fixing makes of a file, and the report; the file is checked to be Python."""
    engine = check(folder, text.replace("\n", newline))
    run_deep(lambda: engine.fix(unsafe=unsafe))
    assert engine.report.problems == []
    mended = [after for _, after in engine.report.mended.values()]
    if not mended:
        return text, engine.report
    compile(mended[0], "handler.py", "exec")
    assert mended[0].count(newline) == mended[0].count("\n")
    return mended[0].replace(newline, "\n"), engine.report


def check(folder: Path, text: str) -> Engine:
    """Return an engine that has checked a file of this text."""
    (folder / ".git").mkdir(exist_ok=True)
    path = folder / "handler.py"
    path.write_bytes(text.encode())
    engine = Engine(catalogue(), Resolver(catalogue(), layer=Layer(RULES, (), ())))
    run_deep(lambda: engine.check([path]))
    return engine


def module(body: str, unit: str = "    ") -> str:
    return HEADER + textwrap.indent(body, unit)


MENDINGS = mendings()


@pytest.mark.parametrize("mending", MENDINGS, ids=[mending.name for mending in MENDINGS])
@pytest.mark.parametrize("unsafe", [False, True], ids=["safe", "unsafe"])
def test_mends_as_the_page_says(mending: Mending, unsafe: bool, tmp_path: Path) -> None:
    text, _ = mend(tmp_path, module(mending.before) + mending.helpers, unsafe=unsafe)
    assert text == module(mending.unsafe if unsafe else mending.safe) + mending.helpers


@pytest.mark.parametrize("mending", MENDINGS, ids=[mending.name for mending in MENDINGS])
def test_a_second_run_has_nothing_to_mend(mending: Mending, tmp_path: Path) -> None:
    mended = module(mending.unsafe) + mending.helpers
    text, report = mend(tmp_path, mended, unsafe=True)
    assert text == mended
    assert not report.fixed


@pytest.mark.parametrize("mending", MENDINGS, ids=[mending.name for mending in MENDINGS])
def test_line_ends_and_tabs_are_kept(mending: Mending, tmp_path: Path) -> None:
    def tabbed(body: str) -> str:
        lines = body.splitlines(keepends=True)
        indents = [(len(line) - len(line.lstrip(" "))) // 4 for line in lines]
        return module(
            "".join("\t" * n + line[n * 4 :] for n, line in zip(indents, lines, strict=True)), "\t"
        )

    before, after = (tabbed(body) + mending.helpers for body in (mending.before, mending.unsafe))
    text, _ = mend(tmp_path, before, unsafe=True, newline="\r\n")
    assert text == after

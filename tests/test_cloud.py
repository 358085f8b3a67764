"""What we say of stacks and templates, held against the tools that deploy them.

These tests need the extra `cloud` and node. They take minutes: `pytest -m cloud`.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from durable_lint.catalogue import catalogue
from durable_lint.checks import run_on_template
from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.durable.deployment.invokers import Invokers
from durable_lint.findings import Finding, Severity
from durable_lint.source import Source
from durable_lint.templates.model import read_template
from tests.cases import ROOT, Case, cases_of

pytestmark = pytest.mark.cloud

EXAMPLES = ROOT / "examples"
STACKS = (
    ROOT / "rules" / "LDF504-unqualified-trigger.md",
    ROOT / "tests" / "cases" / "LDF504-unqualified-trigger.md",
    ROOT / "tests" / "cases" / "example-deployments.md",
)
# Bundling of dependencies runs in a container.
NEEDS_DOCKER = ("aws_lambda_python_alpha", "from_image_asset")

has_cdk = importlib.util.find_spec("aws_cdk") is not None and shutil.which("node") is not None
needs_cdk = pytest.mark.skipif(not has_cdk, reason="needs aws-cdk-lib and node")


def validate(template: Path) -> list[str]:
    """Return the errors that cfn-lint, with SAM's own translator, finds in a template."""
    api = pytest.importorskip("cfnlint.api", reason="needs cfn-lint")
    config = api.ManualArgs(regions=["eu-west-1"])
    matches = api.lint(template.read_text(encoding="utf-8"), config=config)
    return [str(match) for match in matches if match.rule.id.startswith("E")]


def judge(template: Path) -> list[Finding]:
    """Return what LDF505 finds in a template."""
    read = read_template(Source(template, template.read_text(encoding="utf-8")))
    if read is None:
        return []
    invokers = Invokers.from_tables(catalogue().rule("LDF505").tables)
    found = run_on_template(Deployment(read, invokers), _fail)
    return [finding for finding in found if finding.code == "LDF505"]


def _fail(error: Exception) -> None:
    raise error


def synthesise(app: Path, out: Path) -> list[Path]:
    """Return the templates that the CDK makes of an app."""
    out.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.synthesise", str(app), str(out)],
        cwd=app.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return sorted(out.iterdir())


def good_templates() -> Iterator[Case]:
    for page in sorted((ROOT / "rules").glob("LDF50*.md")):
        for case in cases_of(page):
            if case.kind in {"fixed", "good"}:
                yield case


@pytest.mark.parametrize("case", list(good_templates()), ids=lambda case: case.name)
def test_a_good_template_of_a_page_is_valid(case: Case, tmp_path: Path) -> None:
    for name, text in case.files.items():
        if name.startswith("template."):
            (tmp_path / name).write_text(text, encoding="utf-8")
            assert validate(tmp_path / name) == []


@pytest.mark.parametrize(
    "template", sorted(EXAMPLES.glob("*/template.yaml")), ids=lambda path: path.parent.name
)
def test_an_example_template_is_valid(template: Path) -> None:
    assert validate(template) == []


@needs_cdk
@pytest.mark.parametrize(
    "app", sorted(EXAMPLES.glob("*/app.py")), ids=lambda path: path.parent.name
)
def test_an_example_stack_deploys_what_we_say(app: Path, tmp_path: Path) -> None:
    templates = synthesise(app, tmp_path / "out")
    assert templates
    for template in templates:
        assert validate(template) == []
        assert judge(template) == []


def stacks() -> Iterator[Case]:
    for page in STACKS:
        for case in cases_of(page):
            main = case.files.get("handler.py", "")
            # A stack that wants more than its scope and name is not a whole app.
            whole = re.search(
                r"^stack = |def __init__\(self, scope[^,]*, \w+(: str)?\)", main, re.MULTILINE
            )
            if whole and "Stack" in main and not any(word in main for word in NEEDS_DOCKER):
                yield case


@needs_cdk
@pytest.mark.parametrize("case", list(stacks()), ids=lambda case: case.name)
def test_the_cdk_makes_of_a_stack_what_we_say(case: Case, tmp_path: Path) -> None:
    for name, text in case.files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        # Whatever word may be the name of a folder with a function's code.
        for asset in re.findall(r'"([a-z]+)"', text):
            (tmp_path / asset).mkdir(exist_ok=True)
    wrong = [
        finding
        for template in synthesise(tmp_path / "handler.py", tmp_path / "out")
        for finding in judge(template)
        if finding.severity is Severity.ERROR
    ]
    assert bool(wrong) is (case.kind == "bad"), wrong

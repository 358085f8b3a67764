"""What a project's templates and stacks tell of its functions, and what its Python makes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from durable_lint.catalogue import catalogue
from durable_lint.deep import run_deep
from durable_lint.engine import Engine
from durable_lint.files import Finder
from durable_lint.settings import Layer, Resolver
from durable_lint.survey import Survey
from durable_lint.texts import Texts
from tests.conftest import Run, Write

TEMPLATE = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Payments:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: {name}
      Runtime: python3.13
      Handler: payments.handler
      CodeUri: .
      AutoPublishAlias: live
      DurableConfig: {config}
"""
DURABLE = TEMPLATE.format(name="payments", config="{ExecutionTimeout: 600}")
PLAIN = TEMPLATE.format(name="payments", config="!Ref AWS::NoValue")
OTHER = TEMPLATE.format(name="other", config="{ExecutionTimeout: 600}")
BROKEN = DURABLE + "  : [\n"

ORDERS = """\
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Runtime: python3.13
      Handler: handler.handler
      CodeUri: .
      AutoPublishAlias: live
      DurableConfig: {ExecutionTimeout: 600}
      Environment: {Variables: {PAYMENTS: !Ref Payments}}
"""

INVOKES = """\
import os

from aws_durable_execution_sdk_python import DurableContext, durable_execution


@durable_execution
def handler(event: dict, context: DurableContext) -> dict:
    return context.invoke("payments", event, name="pay")
"""
CALLS = 'import boto3\n\nboto3.client("lambda").invoke(FunctionName="payments")\n'


def found(folder: Path, *names: str, select: tuple[str, ...] = ("LDF501", "LDF502")) -> list[str]:
    """Lint files, all if none are named; return the findings as `file: severity`."""
    engine = Engine(catalogue(), Resolver(catalogue(), layer=Layer(select)))
    finder = Finder(Resolver(catalogue()), engine.report.complain)
    files = finder.find([folder / name for name in names] or [folder])
    run_deep(lambda: engine.check(files))
    assert engine.report.problems == []
    return [f"{item.path.name}: {item.severity}" for item in engine.report.findings]


@pytest.fixture
def project(folder: Path) -> Path:
    """An empty repository."""
    (folder / ".git").mkdir()
    return folder


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ["handler.py: warning"]),
        ({"a.yaml": OTHER}, ["handler.py: warning"]),
        ({"a.yaml": PLAIN}, []),
        ({"a.yaml": DURABLE}, ["caller.py: error", "handler.py: error"]),
        ({"a/deep/down/a.json": DURABLE}, ["caller.py: error", "handler.py: error"]),
        ({"a.yaml": DURABLE, "b.yaml": DURABLE}, ["caller.py: error", "handler.py: error"]),
        # Where two disagree, nobody knows.
        ({"a.yaml": DURABLE, "b.yaml": PLAIN}, ["handler.py: warning"]),
        ({"a.yaml": DURABLE, ".gitignore": "a.yaml\n"}, ["handler.py: warning"]),
        ({"cdk.out/a.template.json": DURABLE, ".aws-sam/a.yaml": DURABLE}, ["handler.py: warning"]),
        ({"a.yaml": BROKEN}, ["handler.py: warning"]),
        ({"a.yaml": BROKEN, "b.yaml": DURABLE}, ["caller.py: error", "handler.py: error"]),
    ],
)
def test_templates_tell_durable_functions(
    project: Path, write: Write, files: dict[str, str], expected: list[str]
) -> None:
    write("src/handler.py", INVOKES)
    write("src/caller.py", CALLS)
    for name, text in files.items():
        write(name, text)
    assert found(project) == expected
    # What is linted besides makes no difference.
    assert [*found(project, "src/caller.py"), *found(project, "src/handler.py")] == expected


def test_a_folder_that_is_no_project_is_not_searched(folder: Path, write: Write) -> None:
    write("handler.py", INVOKES)
    write("deploy/template.json", DURABLE)
    assert found(folder, "handler.py") == ["handler.py: warning"]
    write("template.yml", DURABLE)
    assert found(folder, "handler.py") == ["handler.py: error"]


def test_a_survey_has_its_limits(
    project: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b", "c"):
        write(f"{name}/template.yaml", DURABLE)
    assert len(survey(project).templates) == 3
    monkeypatch.setattr("durable_lint.survey.MAX_FOLDERS", 2)
    assert len(survey(project).templates) == 1


def survey(folder: Path) -> Survey:
    return Survey(folder, Resolver(catalogue()), Texts())


def test_a_survey_knows_the_variables_that_python_reads(project: Path, write: Write) -> None:
    write("a.py", "import os\nNAME = os.environ['ONE']\nOTHER = os.getenv(\"TWO\")\n")
    write("b.py", "NAME = 'THREE'\n")
    write("c.py", "NAME = 'FOUR'  # of os.environ\n")
    assert survey(project).variables >= {"ONE", "TWO", "FOUR"}
    assert "THREE" not in survey(project).variables


def test_what_a_template_says_now_counts(project: Path, write: Write) -> None:
    write("handler.py", INVOKES.replace('"payments"', 'os.environ["PAYMENTS"]'))
    template = write("template.yaml", DURABLE + ORDERS)
    assert found(project, select=("LDF50",)) == ["handler.py: error"]
    template.write_text(template.read_text().replace("!Ref Payments", "!Ref Payments.Alias"))
    assert found(project, select=("LDF50",)) == []


@pytest.mark.parametrize(
    ("handler", "config", "expected"),
    [
        (INVOKES, "{ExecutionTimeout: 600}", []),
        (INVOKES, "!Ref AWS::NoValue", ["template.yaml: error"]),
        (INVOKES, "!If [Live, {ExecutionTimeout: 600}, !Ref AWS::NoValue]", []),
        ("def handler(event, context): ...\n", "{ExecutionTimeout: 600}", ["template.yaml: error"]),
        ("def handler(event, context): ...\n", "!Ref AWS::NoValue", []),
        ("@wrap\ndef handler(event, context): ...\n", "{ExecutionTimeout: 600}", []),
        ("from app import handler\n", "{ExecutionTimeout: 600}", []),
        ("def handler(\n", "{ExecutionTimeout: 600}", []),
        ("", "{ExecutionTimeout: 600}", []),
    ],
)
def test_templates_and_handlers_must_agree(
    project: Path, write: Write, handler: str, config: str, expected: list[str]
) -> None:
    write("payments.py", handler)
    write("template.yaml", TEMPLATE.format(name="payments", config=config))
    assert found(project, select=("LDF505",)) == expected


def test_a_handler_may_be_durable_by_the_house_rules(project: Path, write: Write) -> None:
    write("durable-lint.toml", 'entry-points = ["house.workflow"]\n')
    write("house.py", "def workflow(function): return function\n")
    write("payments.py", "from house import workflow\n\n@workflow\ndef handler(e, c): ...\n")
    write("template.yaml", DURABLE)
    assert found(project, select=("LDF505",)) == []


def test_a_broken_template_is_a_note_told_once(project: Path, write: Write, run: Run) -> None:
    write("handler.py", INVOKES)
    write("template.yaml", BROKEN)
    outcome = run("check")
    assert outcome.code == 0
    assert outcome.err.startswith("note: template.yaml:12: not read as a template: ")
    assert outcome.err.count("note:") == 1


def test_a_bomb_of_aliases_is_a_note(project: Path, write: Write, run: Run) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    write("template.yaml", "\n".join([*lines, DURABLE]))
    outcome = run("check")
    assert outcome.code == 0
    assert "once aliases are expanded" in outcome.err


def test_bytes_that_are_no_text_are_a_note(project: Path, run: Run) -> None:
    (project / "template.yaml").write_bytes(DURABLE.encode() + b"# \xff\n")
    outcome = run("check")
    assert outcome.code == 0
    assert "not read as a template: byte 0xff is not utf-8" in outcome.err


def test_a_template_on_standard_input(project: Path, run: Run) -> None:
    text = DURABLE.replace("      AutoPublishAlias: live\n", "")
    outcome = run("check", "-", "--stdin-filename", "template.yaml", stdin=text)
    assert outcome.out.startswith("template.yaml:10:7: LDF505 ")
    outcome = run("check", "-", "--stdin-filename", "template.yaml", "--fix", stdin=text)
    assert "AutoPublishAlias: live\n" in outcome.out


def test_a_file_that_only_calls_aws_is_not_blamed_for_its_syntax(
    project: Path, write: Write, run: Run
) -> None:
    write("template.yaml", DURABLE)
    write("legacy.py", 'import boto3\nprint "old", boto3.client("lambda"), "FunctionName"\n')
    write("caller.py", f"import legacy\n{CALLS}")
    outcome = run("check")
    assert "LDF900" not in outcome.out
    assert "caller.py:4:1: LDF502" in outcome.out

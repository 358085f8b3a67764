"""What templates deploy, who invokes it by which name, and what LDF505 makes of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from durable_lint.catalogue import catalogue
from durable_lint.checks import run_on_template
from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.durable.deployment.invokers import Invokers
from durable_lint.durable.deployment.targets import Qualifier
from durable_lint.findings import Finding
from durable_lint.pages import Example, examples, sections
from durable_lint.source import Source
from durable_lint.templates.model import Template, read_template

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE_PAGES = (
    ROOT / "rules" / "LDF505-unpublished-function.md",
    ROOT / "rules" / "LDF503-latest-qualifier.md",
    ROOT / "tests" / "cases" / "LDF503-latest-qualifier.md",
    ROOT / "tests" / "cases" / "LDF505-unpublished-function.md",
)


INVOKERS = Invokers.from_tables(catalogue().rule("LDF505").tables)

FUNCTIONS = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: !Sub ${AWS::StackName}-orders
      AutoPublishAlias: live
      DurableConfig:
        ExecutionTimeout: 600
  Payments:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: payments
      DurableConfig:
        ExecutionTimeout: 600
  PaymentsThree:
    Type: AWS::Lambda::Version
    Properties:
      FunctionName: !Ref Payments
  PaymentsLive:
    Type: AWS::Lambda::Alias
    Properties:
      Name: live
      FunctionName: payments
      FunctionVersion: !GetAtt PaymentsThree.Version
  Circle:
    Type: AWS::Lambda::Alias
    Properties:
      FunctionName: !Ref Circle
  Audit:
    Type: AWS::Lambda::Function
    Properties: {}
"""


def read(text: str, path: str = "template.yaml") -> Template:
    template = read_template(Source(Path(path), text))
    assert template is not None
    return template


def fail(error: Exception) -> None:
    raise error


def lint(text: str, preview: bool = False, **facts: object) -> list[Finding]:
    template = read_template(Source(Path("template.yaml"), text))
    if template is None:
        return []
    deployment = Deployment(template, INVOKERS, **facts)
    found = (item for item in run_on_template(deployment, fail) if preview or item.code == "LDF505")
    return sorted(found, key=Finding.sort_key)


def mended(text: str) -> str:
    """Apply every fix there is, round by round."""
    for _ in range(5):
        edits = {edit for item in lint(text) if item.fix for edit in item.fix.edits}
        if not edits:
            return text
        for edit in sorted(edits, key=lambda item: -item.start):
            text = text[: edit.start] + edit.text + text[edit.end :]
    raise AssertionError("the fixes never end")


def pages() -> Iterator[tuple[Path, list[Example]]]:
    for page in TEMPLATE_PAGES:
        for section in sections(page.read_text(encoding="utf-8")):
            yield page, [item for item in examples(section.blocks) if item.language != "python"]


@pytest.mark.parametrize(
    ("preview", "example"),
    [
        pytest.param("LDF503" in page.stem, example, id=f"{page.stem}-{example.kind}-{example.row}")
        for page, found in pages()
        for example in found
    ],
)
def test_an_example_yields_what_is_marked(preview: bool, example: Example) -> None:
    found = lint(example.code, preview)
    places = sorted(
        (item.code, item.severity, item.span.start.row, item.span.start.column) for item in found
    )
    assert places == sorted(
        (item.code, item.severity, item.row, item.column) for item in example.markers
    ), found
    for marker in example.markers:
        at = [item.message for item in found if item.span.start.row == marker.row]
        assert any(marker.substring in message for message in at), at


@pytest.mark.parametrize(
    ("bad", "fixed"),
    [
        pytest.param(bad, fixed, id=f"{page.stem}-{fixed.row}")
        for page, found in pages()
        for bad, fixed in pairwise(found)
        if fixed.kind == "fixed"
    ],
)
def test_the_fix_is_exact(bad: Example, fixed: Example) -> None:
    assert mended(bad.code) == fixed.code
    assert mended(fixed.code) == fixed.code


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_a_fix_keeps_the_newlines(newline: str) -> None:
    text = (
        "Transform: AWS::Serverless-2016-10-31\n"
        "Resources:\n"
        "  A:\n"
        "    Type: AWS::Serverless::Function\n"
        "    Properties:\n"
        "      DurableConfig:  # why\n"
        "        ExecutionTimeout: 60  # short\n"
        "      Handler: a.b\n"
    )
    windows = text.replace("\n", newline)
    assert mended(windows) == mended(text).replace("\n", newline)


@pytest.mark.parametrize(
    ("value", "function", "qualifier"),
    [
        ("!Ref Orders", "Orders", Qualifier.NONE),
        ("!GetAtt Orders.Arn", "Orders", Qualifier.NONE),
        ("{'Fn::GetAtt': [Orders, Arn]}", "Orders", Qualifier.NONE),
        ("!Sub ${Orders.Arn}", "Orders", Qualifier.NONE),
        ("!Sub ${AWS::StackName}-orders", "Orders", Qualifier.NONE),
        (
            "!Sub arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:${Orders}",
            "Orders",
            Qualifier.NONE,
        ),
        ("!Ref Orders.Alias", "Orders", Qualifier.ALIAS),
        ("!Sub ${Orders.Alias}", "Orders", Qualifier.ALIAS),
        ("!Ref OrdersAliaslive", "Orders", Qualifier.ALIAS),
        ("!Ref OrdersVersion0123456789", "Orders", Qualifier.VERSION),
        ("!Ref Orders.Version", "Orders", Qualifier.VERSION),
        ("!Sub ${Orders.Arn}:live", "Orders", Qualifier.ALIAS),
        ("!Sub ${Orders}:$LATEST", "Orders", Qualifier.LATEST),
        ("!Sub ${AWS::StackName}-orders:7", "Orders", Qualifier.VERSION),
        ("!Sub ['${A}:${B}', {A: !Ref Orders, B: live}]", "Orders", Qualifier.ALIAS),
        ("!Join [':', [!GetAtt Orders.Arn, live]]", "Orders", Qualifier.ALIAS),
        ("!Sub ${Orders.Arn}:$LATEST/durable-execution/*", "Orders", Qualifier.LATEST),
        ("payments", "Payments", Qualifier.NONE),
        ("payments:live", "Payments", Qualifier.ALIAS),
        ("!Ref PaymentsThree", "Payments", Qualifier.VERSION),
        ("!GetAtt PaymentsThree.FunctionArn", "Payments", Qualifier.VERSION),
        ("!Ref PaymentsLive", "Payments", Qualifier.ALIAS),
        ("!GetAtt PaymentsLive.AliasArn", "Payments", Qualifier.ALIAS),
        ("!Ref Audit", "Audit", Qualifier.NONE),
    ],
)
def test_a_value_names_a_function(value: str, function: str, qualifier: Qualifier) -> None:
    template = read(f"{FUNCTIONS}Value: {value}\n")
    node = template.root.get("Value")
    assert node is not None
    (pointer,) = Deployment(template, INVOKERS).pointers(node)
    assert (pointer.function.logical_id, pointer.qualifier) == (function, qualifier)


@pytest.mark.parametrize(
    "value",
    [
        "!Ref Circle",
        "!Ref Elsewhere",
        "!Ref OrdersTopic",
        "!Ref PaymentsAliaslive",
        "!GetAtt PaymentsThree.Version",
        "!GetAtt Orders.SnapStartResponse.ApplyOn",
        "!Sub ${Orders}-dead-letters",
        "!Sub https://${Orders}.example.com",
        "!Sub ${AWS::StackName}-orders-2",
        "!Sub /aws/lambda/${Orders}",
        "!ImportValue orders",
        "!FindInMap [A, B, C]",
        "!Select [0, [!Ref Orders]]",
        "!Ref AWS::NoValue",
        "[!Ref Orders]",
        "orders",
        "12",
        "~",
    ],
)
def test_a_value_names_no_function(value: str) -> None:
    template = read(f"{FUNCTIONS}Value: {value}\n")
    node = template.root.get("Value")
    assert node is not None
    assert list(Deployment(template, INVOKERS).pointers(node)) == []


def test_both_sides_of_a_condition_count() -> None:
    template = read(f"{FUNCTIONS}Value: !If [Live, !Ref Orders.Alias, !Ref Orders]\n")
    node = template.root.get("Value")
    assert node is not None
    deployment = Deployment(template, INVOKERS)
    kinds = [pointer.qualifier for pointer in deployment.pointers(node)]
    assert kinds == [Qualifier.ALIAS, Qualifier.NONE]
    ((side, function),) = deployment.bare(node)
    assert (template.text(side), function.logical_id) == ("!Ref Orders", "Orders")


class Facts:
    """Stands for the project's Python: file name to whether its handler is durable."""

    def __init__(self, **known: bool) -> None:
        self.known = known

    def may_be_durable(self, file: Path) -> bool:
        return True

    def is_durable(self, file: Path, name: str) -> bool | None:
        assert name == "handler"
        return self.known.get(file.stem)


def test_a_handler_and_its_function_agree(tmp_path: Path) -> None:
    (tmp_path / "src" / "pkg").mkdir(parents=True)
    for name in ("durable", "plain", "unknown"):
        (tmp_path / "src" / "pkg" / f"{name}.py").touch()
    resources = {
        f"{name}{'Durable' if durable else 'Plain'}": {
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Runtime": "python3.13",
                "CodeUri": "src/",
                "Handler": f"pkg.{name}.handler" if durable else f"pkg/{name}.handler",
                "AutoPublishAlias": "live",
                **({"DurableConfig": {"ExecutionTimeout": 9}} if durable else {}),
            },
        }
        for name in ("durable", "plain", "unknown", "missing")
        for durable in (True, False)
    }
    source = Source(tmp_path / "template.json", json.dumps({"Resources": resources}))
    template = read_template(source)
    assert template is not None
    deployment = Deployment(template, INVOKERS, Facts(durable=True, plain=False))
    messages = sorted(item.message for item in run_on_template(deployment, fail))
    assert len(messages) == 2
    assert messages[0].startswith("function plainDurable is durable, but its handler is not")
    assert messages[1].startswith("the handler of function durablePlain is durable, but")


def test_what_python_has_judged_is_left_to_it() -> None:
    text = FUNCTIONS.replace(
        "Properties: {}", "Properties: {Environment: {Variables: {ORDERS: !Ref Orders}}}"
    )
    assert len(lint(text)) == 1
    assert lint(text, judged_variables=frozenset({"ORDERS"})) == []


def test_a_template_may_be_strange() -> None:
    strange = [None, [], "x", 1, {"Ref": ["A"]}, {"Fn::If": []}, {"Fn::Sub": {}}, {"a": [{}]}]
    properties = (
        "FunctionName",
        "DurableConfig",
        "AutoPublishAlias",
        "Environment",
        "Events",
        "Policies",
        "Handler",
        "CodeUri",
        "Runtime",
    )
    for value in strange:
        for kind in ("AWS::Serverless::Function", "AWS::Lambda::Function", *INVOKERS.targets):
            names = {*properties, "Targets", "Statement", "Definition"}
            resources = {
                "A": {"Type": "AWS::Serverless::Function", "Properties": value},
                "B": {"Type": kind, "Properties": dict.fromkeys(names, value)},
            }
            template = {"Resources": resources, "Globals": value, "Transform": value}
            lint(json.dumps(template))


def test_a_large_template_is_read_quickly() -> None:
    resource = (
        "  Function{0}:\n    Type: AWS::Serverless::Function\n    Properties:\n"
        "      FunctionName: !Sub fn-{0}-${{Stage}}\n      AutoPublishAlias: live\n"
        "      DurableConfig:\n        ExecutionTimeout: 60\n"
        "      Environment:\n        Variables:\n          NEXT: !GetAtt Function{0}.Arn\n"
        "          LAST: !Sub fn-{0}-${{Stage}}:$LATEST\n"
    )
    text = "Transform: AWS::Serverless-2016-10-31\nResources:\n" + "".join(
        resource.format(number) for number in range(500)
    )
    began = time.process_time()
    assert len(lint(text, preview=True)) == 1000
    assert time.process_time() - began < 10

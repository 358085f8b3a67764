"""Templates are read for what they say, at the places where they say it, and cost no more."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from durable_lint.findings import Position
from durable_lint.needles import may_be_template
from durable_lint.source import Source
from durable_lint.templates.model import Template, TemplateError, read_template
from durable_lint.templates.paths import select
from durable_lint.templates.syntax import parse_tree
from durable_lint.templates.tree import Mapping, Node, Scalar, TreeError
from durable_lint.templates.values import Reference, texts


def read(text: str, path: str = "template.yaml") -> Template:
    template = read_template(Source(Path(path), text))
    assert template is not None
    return template


def test_a_function_has_what_globals_share() -> None:
    template = read(
        "Transform: AWS::Serverless-2016-10-31\n"
        "Globals:\n"
        "  Function:\n"
        "    Runtime: python3.13\n"
        "    Environment: {Variables: {A: shared, B: shared}}\n"
        "Resources:\n"
        "  One:\n"
        "    Type: AWS::Serverless::Function\n"
        "    Properties:\n"
        "      Environment: {Variables: {B: own, C: own}}\n"
        "  Two:\n"
        "    Type: AWS::Lambda::Function\n"
        "    Properties: {}\n"
    )
    one, two = template.functions.values()
    values = {key.value: value.value for key, value in one.variables() if isinstance(value, Scalar)}
    assert values == {"A": "shared", "B": "own", "C": "own"}
    assert one.get("Runtime") is not None
    assert two.get("Runtime") is None


def test_places_are_those_of_the_text() -> None:
    template = read(
        "Description: 'Zürich 😀'  # ü\n"
        "Resources:\n"
        "  'Ünïcode':\n"
        "    Type: AWS::Lambda::Function\n"
        "    Properties: {Description: '😀', FunctionName: !Ref X}\n"
    )
    (function,) = template.functions.values()
    node = function.get("FunctionName")
    assert node is not None
    assert template.span(function.key).start == Position(3, 3)
    assert template.span(node).start == Position(5, 50)
    assert template.text(node) == "!Ref X"


def test_comments_are_told_from_text() -> None:
    template = read(
        "# one\n"
        "Resources:  # two\n"
        "  A:\n"
        "    Type: AWS::Lambda::Function\n"
        "    Properties:\n"
        "      Description: 'a # b'  # three\n"
        "      Handler: a#b\n"
        "      Code:\n"
        "        ZipFile: |\n"
        "          # not a comment\n"
        "          x = 1  # neither\n"
        "# four\n"
    )
    assert template.comments == (
        (Position(1, 1), "# one"),
        (Position(2, 13), "# two"),
        (Position(6, 29), "# three"),
        (Position(12, 1), "# four"),
    )
    assert read('{"Resources": {"A": {"Type": "AWS::Lambda::Function"}}}').comments == ()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"version: '3'\nservices: {}\n",
        b"Resources: {}\n",
        b"apiVersion: v1\nkind: List\n",
    ],
)
def test_other_files_are_not_parsed(data: bytes) -> None:
    assert not may_be_template(data)


@pytest.mark.parametrize(
    "text",
    [
        "# AWS::Lambda::Function Resources\n",
        "resources:\n  Resources:\n    A: {Type: AWS::Lambda::Function}\n",
        "- Resources\n- AWS::Lambda::Function\n",
        "Resources: AWS::Lambda::Function\n",
        "Resources:\n  A: {Type: AWS::S3::Bucket}\n  B: AWS::Lambda::Function\n",
        "Resources:\n  Fn::ForEach::All: [X, [a], {'F${X}': {Type: AWS::Lambda::Function}}]\n",
        '["Resources", "AWS::Lambda::Function"]',
    ],
)
def test_other_documents_are_no_templates(text: str) -> None:
    assert may_be_template(text.encode())
    assert read_template(Source(Path("x.yaml"), text)) is None


BOMB = (
    "Resources:\n  A: {Type: AWS::Lambda::Function}\nx0: &x0 [0, 0, 0, 0, 0, 0, 0, 0]\n"
    + "".join(f"x{i}: &x{i} [{', '.join([f'*x{i - 1}'] * 8)}]\n" for i in range(1, 60))
)


@pytest.mark.parametrize(
    ("text", "reason", "row"),
    [
        pytest.param(BOMB, "once aliases are expanded", 8, id="bomb"),
        pytest.param("a: &a\n  b: *a\n", "inside its own anchor", 2, id="circle"),
        pytest.param("a: 1\nb: *a\n", "has no anchor", 2, id="dangling"),
        pytest.param("a:\n" + "- " * 100_000, "levels deep", 2, id="deep block"),
        pytest.param("a:\n " + "[" * 100_000, "levels deep|nesting depth", 2, id="deep flow"),
        pytest.param('{"a":' * 100_000 + "1" + "}" * 100_000, "deep", 1, id="deep json"),
        pytest.param("a: 1\nb: [1,\nc: 2\n", "did not find expected", 4, id="bracket"),
        pytest.param("a: 'b\n", "unexpected end", None, id="quote"),
        pytest.param("a: 1\n\tb: 2\n", "character", None, id="tab"),
        pytest.param("a: \x00\n", "control characters", 1, id="control"),
        pytest.param(
            "{{ cookiecutter.a }}: {% if b %}\n", "character", None, id="template of a template"
        ),
        pytest.param('{"a": 1,\n "b": ]', "expected", 2, id="json"),
    ],
)
def test_a_broken_document_costs_a_note(text: str, reason: str, row: int | None) -> None:
    began = time.process_time()
    with pytest.raises(TreeError, match=reason) as caught:
        parse_tree(text)
    assert time.process_time() - began < 2
    position = Source(Path("x"), text).position(min(caught.value.offset, len(text)))
    assert row in (None, position.row)


def test_a_broken_template_is_an_error_with_its_place() -> None:
    with pytest.raises(TemplateError) as caught:
        read_template(Source(Path("x.yaml"), "Resources:\n  A: [\n"))
    assert caught.value.position.row >= 2


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4)
        ),
        max_leaves=20,
    ),
    st.sampled_from([None, 1, "\t"]),
)
@settings(max_examples=200)
def test_json_is_read_as_json(value: object, indent: int | str | None) -> None:
    text = json.dumps({"value": value}, indent=indent)
    root, is_json = parse_tree(text)
    assert is_json
    assert _plain(root) == {"value": value}


def _plain(node: Node | None) -> object:
    if isinstance(node, Scalar):
        return json.loads(node.value) if node.plain else node.value
    if isinstance(node, Mapping):
        return {key.value: _plain(value) for key, value in node.items()}
    return [_plain(item) for item in node.items]


def test_alternatives_do_not_multiply_without_end() -> None:
    side = "!If [C, a, b]"
    root, _ = parse_tree(f"x: !Join ['', [{', '.join([side] * 40)}]]")
    assert isinstance(root, Mapping)
    node = root.get("x")
    assert node is not None
    assert texts(node) == ((None,),)


def test_a_path_is_followed_through_lists_and_conditions() -> None:
    root, _ = parse_tree(
        "a: [{b: 1}, {b: 2}]\nc: !If [X, {b: 3}, !Ref AWS::NoValue]\nd: {e: {b: 4}, f: [{b: 5}]}\n"
    )
    found = {
        path: [node.value for node in select(root, path) if isinstance(node, Scalar)]
        for path in ("a.*.b", "a.b", "c.b", "d.*.b", "d.**.b", "z.b")
    }
    assert found == {
        "a.*.b": ["1", "2"],
        "a.b": ["1", "2"],
        "c.b": ["3"],
        "d.*.b": ["4", "5"],
        "d.**.b": ["4", "5"],
        "z.b": [],
    }


def test_a_reference_is_written_in_many_ways() -> None:
    root, _ = parse_tree(
        "- !GetAtt A.Arn\n- !GetAtt [A, Arn]\n- {Fn::GetAtt: A.Arn}\n"
        "- Fn::GetAtt:\n  - A\n  - Arn\n"
        "- !Sub ${A.Arn}\n- !Sub ${ A.Arn }\n- Fn::Sub: ${A.Arn}\n"
    )
    assert root is not None
    for node in select(root, "*"):
        assert texts(node) == ((Reference("A", "Arn"),),)

"""Names and ARNs are read as Lambda reads them, and text with holes as far as it is certain."""

from __future__ import annotations

import re

import botocore.session
import pytest
from hypothesis import given
from hypothesis import strategies as st

from durable_lint.durable.deployment.targets import (
    Hole,
    Judgement,
    Part,
    Qualifier,
    Target,
    Verdict,
    integration_target,
    judge,
    parse_target,
)

HOLE = Hole("x")
OTHER = Hole("y")

# The service's own patterns, as its SDK ships them.
_SHAPES = botocore.session.get_session().get_service_model("lambda")
ACCEPTED = re.compile(_SHAPES.shape_for("NamespacedFunctionName").metadata["pattern"])

PARTITIONS = {
    "aws": "eu-west-1",
    "aws-cn": "cn-north-1",
    "aws-us-gov": "us-gov-east-1",
    "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1",
    "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}

names = st.from_regex(r"[a-zA-Z0-9_][a-zA-Z0-9_-]{0,30}", fullmatch=True)
qualifiers = st.one_of(
    st.none(), st.just("$LATEST"), st.integers(1, 9999).map(str), st.just("live"), st.just("v-1_b")
)


@st.composite
def arns(draw: st.DrawFn) -> tuple[str, str | None]:
    partition, region = draw(st.sampled_from(list(PARTITIONS.items())))
    account = draw(st.from_regex(r"[0-9]{12}", fullmatch=True))
    qualifier = draw(qualifiers)
    scope = draw(st.sampled_from([f"arn:{partition}:lambda:{region}:{account}:", f"{account}:"]))
    ending = f":{qualifier}" if qualifier else ""
    return f"{scope}function:{draw(names)}{ending}", qualifier


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("orders", Target("orders")),
        ("my_orders-2", Target("my_orders-2")),
        ("orders:live", Target("orders", qualifier=Qualifier.ALIAS, qualifier_text="live")),
        ("orders:12", Target("orders", qualifier=Qualifier.VERSION, qualifier_text="12")),
        ("orders:v12", Target("orders", qualifier=Qualifier.ALIAS, qualifier_text="v12")),
        (
            "orders:$LATEST",
            Target("orders", qualifier=Qualifier.LATEST, qualifier_text="$LATEST"),
        ),
        (
            "orders:$LATEST.PUBLISHED",
            Target("orders", qualifier=Qualifier.VERSION, qualifier_text="$LATEST.PUBLISHED"),
        ),
        ("123456789012:function:orders", Target("orders", account="123456789012")),
        (
            "arn:aws:lambda:eu-west-1:123456789012:function:orders:live",
            Target("orders", "123456789012", "eu-west-1", "aws", Qualifier.ALIAS, "live"),
        ),
    ],
)
def test_a_name_is_taken_apart(text: str, target: Target) -> None:
    assert parse_target(text) == target


@pytest.mark.parametrize(
    "text",
    [
        "",
        "orders fulfilment",
        "orders:",
        "orders:live:2",
        "orders:$NEWEST",
        "arn:aws:lambda:eu-west-1:function:orders",
        "arn:aws:s3:::orders",
        "arn:aws:states:eu-west-1:123456789012:stateMachine:orders",
        "https://example.com/orders",
        "o" * 300,
    ],
)
def test_what_lambda_refuses_is_no_target(text: str) -> None:
    assert parse_target(text) is None
    assert judge([text]) == Judgement(Verdict.UNKNOWN)


@pytest.mark.parametrize(("partition", "region"), PARTITIONS.items())
def test_every_partition_has_functions(partition: str, region: str) -> None:
    target = parse_target(f"arn:{partition}:lambda:{region}:123456789012:function:orders:7")
    assert target == Target("orders", "123456789012", region, partition, Qualifier.VERSION, "7")


@given(arns())
def test_the_service_accepts_what_is_read(arn: tuple[str, str | None]) -> None:
    text, qualifier = arn
    target = parse_target(text)
    assert ACCEPTED.fullmatch(text)
    assert target is not None
    assert target.qualifier_text == qualifier


@given(st.text(alphabet="arn:awslmbd-eu1238_.$LATEST/ ", max_size=60))
def test_nothing_is_read_that_the_service_would_not_accept(text: str) -> None:
    if parse_target(text) is not None:
        assert ACCEPTED.fullmatch(text)


@pytest.mark.parametrize(
    ("parts", "verdict", "qualifier"),
    [
        # A hole may hold a whole ARN, so what follows it decides.
        ([HOLE, ":live"], Verdict.QUALIFIED, Qualifier.ALIAS),
        ([HOLE, ":3"], Verdict.QUALIFIED, Qualifier.VERSION),
        ([HOLE, ":$LATEST"], Verdict.QUALIFIED, Qualifier.LATEST),
        ([HOLE, ":", OTHER], Verdict.QUALIFIED, Qualifier.ANY),
        ([HOLE, ":release-", OTHER], Verdict.QUALIFIED, Qualifier.ANY),
        ([HOLE, "-orders"], Verdict.UNQUALIFIED, Qualifier.NONE),
        (["dev-", HOLE, "-orders"], Verdict.UNQUALIFIED, Qualifier.NONE),
        (["orders:", HOLE], Verdict.QUALIFIED, Qualifier.ANY),
        (
            ["arn:aws:lambda:", HOLE, ":", OTHER, ":function:orders"],
            Verdict.UNQUALIFIED,
            Qualifier.NONE,
        ),
        (
            ["arn:", HOLE, ":lambda:eu-west-1:", OTHER, ":function:orders:live"],
            Verdict.QUALIFIED,
            Qualifier.ALIAS,
        ),
        ([HOLE, ":function:orders"], Verdict.UNQUALIFIED, Qualifier.NONE),
        ([HOLE, ":function:", OTHER, ":live"], Verdict.QUALIFIED, Qualifier.ALIAS),
        # A hole at the end may hold the qualifier along with the name.
        ([HOLE], Verdict.UNKNOWN, None),
        (["orders-", HOLE], Verdict.UNKNOWN, None),
        ([HOLE, ":function:", OTHER], Verdict.UNKNOWN, None),
        ([HOLE, "function:", OTHER], Verdict.UNKNOWN, None),
        (["123456789012:", HOLE], Verdict.UNKNOWN, None),
        ([HOLE, ":"], Verdict.UNKNOWN, None),
        ([HOLE, "/orders"], Verdict.UNKNOWN, None),
        (["https://", HOLE, "/orders"], Verdict.UNKNOWN, None),
        ([], Verdict.UNKNOWN, None),
    ],
)
def test_a_text_with_holes_is_judged_as_far_as_it_is_known(
    parts: list[Part], verdict: Verdict, qualifier: Qualifier | None
) -> None:
    judgement = judge(parts)
    assert (judgement.verdict, judgement.qualifier) == (verdict, qualifier)


@given(arns(), st.data())
def test_a_hole_never_turns_the_verdict_round(
    arn: tuple[str, str | None], data: st.DataObject
) -> None:
    text, _ = arn
    segments = text.split(":")
    place = data.draw(st.integers(0, len(segments) - 1).filter(lambda i: segments[i] != "function"))
    cut = data.draw(st.integers(0, len(segments[place])))
    before = ":".join([*segments[:place], segments[place][:cut]])
    after = ":".join(["", *segments[place + 1 :]]) if place + 1 < len(segments) else ""
    assert judge([before, HOLE, after]).verdict in {judge([text]).verdict, Verdict.UNKNOWN}


def test_the_name_is_kept_with_its_holes() -> None:
    assert judge(["arn:aws:lambda:", HOLE, ":1:function:a-", OTHER, "-b:live"]).name == (
        "a-",
        OTHER,
        "-b",
    )
    assert judge([HOLE, ":function:orders"]).literal_name == "orders"
    assert judge([HOLE, "-orders"]).literal_name is None
    assert judge([HOLE]).literal_name is None


@pytest.mark.parametrize(
    ("parts", "inner"),
    [
        (
            [
                "arn:aws:apigateway:",
                HOLE,
                ":lambda:path/2015-03-31/functions/",
                OTHER,
                ":live/invocations",
            ],
            (OTHER, ":live"),
        ),
        (
            [
                "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/",
                HOLE,
                "/invocations",
            ],
            (HOLE,),
        ),
        (["arn:aws:apigateway:eu-west-1:dynamodb:action/PutItem"], None),
        (["arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/", HOLE], None),
    ],
)
def test_the_function_is_found_in_an_integration_uri(
    parts: list[Part], inner: tuple[Part, ...] | None
) -> None:
    assert integration_target(parts) == inner

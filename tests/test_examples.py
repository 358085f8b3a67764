"""The examples that teach do on the SDK's local runner what their READMEs say."""

import importlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from aws_durable_execution_sdk_python.config import Duration

from tests.workbench import EXAMPLES, Execution, Workbench, refuse, value, workbench

MAIL = "/v2/email/outbound-emails"


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Workbench]:
    """The services of the examples, and a way to import an example."""
    with workbench(monkeypatch, tmp_path) as bench:
        yield bench


@pytest.mark.parametrize("signed_in", [True, False])
def test_api_gateway_trigger(bench: Workbench, signed_in: bool) -> None:
    bench.services.replies[MAIL] = lambda _: {"MessageId": "m-1"}
    bench.services.replies["GetItem"] = lambda _: {"Item": {"signedIn": {"BOOL": signed_in}}}
    event = {"requestId": "r-1", "body": {"email": "ann@example.com"}}

    with Execution(bench.load("api_gateway_trigger").handler) as execution:
        answer = value(execution.run(event))

    assert answer == {"state": "onboarded", "accountId": "r-1", "reminded": not signed_in}
    assert execution.invocations == 2
    assert len(bench.services.sent("PutItem")) == 1
    assert len(bench.services.sent(MAIL)) == (1 if signed_in else 2)


def test_api_gateway_trigger_turns_a_bad_request_away(bench: Workbench) -> None:
    with Execution(bench.load("api_gateway_trigger").handler) as execution:
        answer = value(execution.run({"requestId": "r-1", "body": {}}))

    assert answer == {"state": "rejected"}
    assert bench.services.calls == []


def test_basic_cdk(bench: Workbench) -> None:
    with Execution(bench.load("basic_cdk").handler) as execution:
        result = execution.run({"name": "Ann"})

    answer = value(result)
    assert answer["greeting"] == "Hello again, Ann!"
    assert json.loads(result.get_step("started").result or "") == answer["started"]
    assert answer["started"] < answer["finished"]
    assert execution.invocations == 2


EXPENSE = {"id": "e-1", "purpose": "train", "amount": "87 EUR", "manager": "eva@example.com"}


@pytest.mark.parametrize(("link", "outcome"), [(0, "approved"), (1, "refused")])
def test_async_callback(bench: Workbench, link: int, outcome: str) -> None:
    answering = bench.load("async_callback", "answer")
    bench.services.replies[MAIL] = lambda _: {"MessageId": "m-1"}

    with Execution(bench.load("async_callback").handler) as execution:
        arn = execution.start(EXPENSE)
        callback = execution.runner.wait_for_callback(arn, "approval create callback id", 20)
        text = bench.services.sent(MAIL)[0]["Content"]["Simple"]["Body"]["Text"]["Data"]
        query = dict(parse_qsl(urlsplit(text.splitlines()[1 + link]).query))
        assert query["callback"] == callback
        answering.handler({"queryStringParameters": query}, None)
        # The stand-in has taken the answer function's call; hand it on to the runner.
        execution.runner.send_callback_success(
            callback, json.dumps(bench.services.calls[-1][1]).encode()
        )
        assert value(execution.end(arn)) == {"id": "e-1", "outcome": outcome}

    assert execution.invocations == 2
    assert len(bench.services.sent(MAIL)) == 1
    assert [row["Item"]["outcome"]["S"] for row in bench.services.sent("PutItem")] == [outcome]


def test_async_callback_gives_up_when_nobody_answers(
    bench: Workbench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.services.replies[MAIL] = lambda _: {"MessageId": "m-1"}
    expenses = bench.load("async_callback")
    # The runner skips waits but not callback timeouts.
    monkeypatch.setattr(expenses, "PATIENCE", Duration.from_seconds(1))

    with Execution(expenses.handler) as execution:
        assert value(execution.run(EXPENSE)) == {"id": "e-1", "outcome": "expired"}


def test_async_callback_says_when_nobody_could_be_asked(bench: Workbench) -> None:
    bench.services.replies[MAIL] = refuse(400)

    with Execution(bench.load("async_callback").handler) as execution:
        assert value(execution.run(EXPENSE)) == {"id": "e-1", "outcome": "undeliverable"}


def test_lambda_orchestration(bench: Workbench) -> None:
    with Execution(bench.load("lambda_orchestration").handler) as execution:
        register_travel_functions(execution, bench)
        result = execution.run({"id": "t-1", "traveller": "Ann", "legs": ["A-B", "B-C"]})

    assert value(result) == {
        "trip": "t-1",
        "state": "booked",
        "tickets": ["t-1/A-B", "t-1/B-C"],
    }
    assert execution.invocations == 4, "one for the start and one for each answer"
    assert [row["Item"]["state"]["S"] for row in bench.services.sent("PutItem")] == [
        "open",
        "settled",
    ]


def test_lambda_orchestration_hears_of_the_failure_of_another_function(bench: Workbench) -> None:
    with Execution(bench.load("lambda_orchestration").handler) as execution:
        register_travel_functions(execution, bench)
        result = execution.run({"id": "t-1", "traveller": "Ann", "legs": ["A-B"] * 21})

    assert value(result) == {"trip": "t-1", "state": "unpaid"}


def register_travel_functions(execution: Execution, bench: Workbench) -> None:
    """Register the durable functions under their qualified names only, as Lambda knows them."""
    folder = "lambda_orchestration"
    execution.runner.register_function("prices", bench.load(folder, "prices").handler)
    execution.runner.register_durable_function(
        "payments:live", bench.load(folder, "payments").handler
    )
    execution.runner.register_durable_function("tickets:7", bench.load(folder, "tickets").handler)


def test_unit_testing() -> None:
    """The example is about its own tests, so they are run as its reader would run them."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_handler.py"]
    run = subprocess.run(
        command,
        cwd=EXAMPLES / "unit_testing",
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


@dataclass(frozen=True)
class Loan:
    """An application, what the registries know, and the decision that follows."""

    amount: int
    score: int
    alerts: tuple[int, ...]
    documents: tuple[str, ...]
    decision: str


@pytest.mark.parametrize(
    "loan",
    [
        Loan(100_000, 700, (0,), ("pay.pdf",), "approved"),
        Loan(100_000, 700, (2, 0), ("pay.pdf",), "approved"),
        Loan(100_000, 700, (2, 1), ("pay.pdf",), "refused"),
        Loan(100_000, 300, (0,), ("pay.pdf",), "refused"),
        Loan(900_000, 700, (0,), ("pay.pdf",), "by-hand"),
        Loan(100_000, 700, (0,), ("pay.pdf", "id.txt"), "by-hand"),
    ],
    ids=["good", "alert-cleared", "alert-stays", "poor-score", "big", "text-document"],
)
def test_branching_workflow(bench: Workbench, loan: Loan) -> None:
    alerts = iter(loan.alerts)
    looks: dict[str, int] = {}

    def look(body: dict[str, Any]) -> dict[str, Any]:
        looks[body["id"]] = looks.get(body["id"], 0) + 1
        return {"state": "done" if looks[body["id"]] > 1 else "busy", "genuine": True}

    bench.services.replies.update(
        {
            "/credit": lambda _: {"score": loan.score},
            "/fraud": lambda _: {"alerts": next(alerts)},
            "/scans": lambda body: {"id": body["document"]},
            "/scan": look,
        }
    )
    event = {
        "id": "a-1",
        "applicant": "Ann",
        "amount": loan.amount,
        "documents": list(loan.documents),
    }

    with Execution(bench.load("branching_workflow").handler) as execution:
        assert value(execution.run(event)) == {"id": "a-1", "decision": loan.decision}

    assert execution.invocations >= 2
    assert len(bench.services.sent("/credit")) == 1
    assert len(bench.services.sent("/messages")) == 1


# The stacks: CDK is large and needs Node.js, so it is not among the test requirements.


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*/stack.py")), ids=lambda p: p.parent.name)
def test_stacks_only_hand_out_published_versions(path: Path, bench: Workbench) -> None:
    aws_cdk = pytest.importorskip("aws_cdk")
    assertions = importlib.import_module("aws_cdk.assertions")
    module = bench.load(path.parent.name, "stack")
    [stack] = [
        member
        for name, member in vars(module).items()
        if name.endswith("Stack") and member.__module__ == "stack"
    ]
    resources = assertions.Template.from_stack(stack(aws_cdk.App(), "Test")).to_json()["Resources"]

    durable = {
        name for name, resource in resources.items() if "DurableConfig" in resource["Properties"]
    }
    assert durable
    for resource in resources.values():
        if resource["Type"] in {"AWS::Lambda::Version", "AWS::Lambda::Alias"}:
            continue
        text = json.dumps(resource["Properties"])
        for name in durable:
            assert f'"Ref": "{name}"' not in text
            assert f'["{name}", "Arn"]' not in text

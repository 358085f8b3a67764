"""Tests of a durable function on the SDK's local runner: no cloud, no waiting.

The runner is the real SDK. It suspends at every wait and calls the handler again, as Lambda does,
but skips the time in between. Only the function's own services are replaced.
"""

import json
from typing import Any

import pytest
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus
from aws_durable_execution_sdk_python_testing.runner import (
    DurableChildContextTestRunner,
    DurableFunctionTestResult,
    DurableFunctionTestRunner,
)

import handler as workflow
import helpers
import services


class World:
    """A stand-in for `services`: it notes the reminders, and the customer pays after some."""

    def __init__(self) -> None:
        self.reminders: list[tuple[str, int]] = []
        self.paid_after = 1
        self.failures = 0

    def send_reminder(self, invoice_id: str, tone: str, amount: int) -> None:
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the queue is away")
        self.reminders.append((tone, amount))

    def is_paid(self, invoice_id: str) -> bool:
        return len(self.reminders) >= self.paid_after


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(services, "send_reminder", world.send_reminder)
    monkeypatch.setattr(services, "is_paid", world.is_paid)
    return world


def run(event: dict[str, Any]) -> DurableFunctionTestResult:
    with DurableFunctionTestRunner(workflow.handler) as runner:
        return runner.run(input=json.dumps(event), execution_timeout=10)


def outcome(result: DurableFunctionTestResult) -> Any:
    assert result.status is InvocationStatus.SUCCEEDED, result.error
    return json.loads(result.result or "null")


def test_one_reminder_is_enough(world: World) -> None:
    result = run({"id": "i-1", "amount": 5_000})

    assert outcome(result) == {"state": "paid", "reminders": 1}
    friendly = result.get_context("remind-friendly")
    assert [operation.name for operation in friendly.child_operations] == [
        "send",
        "patience",
        "check",
    ]


def test_each_reminder_is_sent_once_however_often_the_handler_runs(world: World) -> None:
    world.paid_after = 3

    assert outcome(run({"id": "i-1", "amount": 5_000})) == {"state": "paid", "reminders": 3}
    assert world.reminders == [("friendly", 5_000), ("firm", 5_500), ("final", 6_000)]


def test_a_small_invoice_is_given_up_sooner(world: World) -> None:
    world.paid_after = 99

    assert outcome(run({"id": "i-1", "amount": 900})) == {"state": "handed-over", "reminders": 2}


def test_a_failed_step_is_tried_again(world: World) -> None:
    world.failures = 2

    result = run({"id": "i-1", "amount": 5_000})

    assert outcome(result)["state"] == "paid"
    assert result.get_context("remind-friendly").get_step("send").attempt == 3


def test_a_child_context_can_be_tested_by_itself(world: World) -> None:
    with DurableChildContextTestRunner(workflow.remind, "i-1", helpers.FIRM, 5_000) as runner:
        result = runner.run(execution_timeout=10)

    assert outcome(result) is True
    assert world.reminders == [("firm", 5_500)]


@pytest.mark.parametrize(("amount", "tones"), [(1_999, 2), (2_000, 3)])
def test_helpers_need_no_runner(amount: int, tones: int) -> None:
    assert len(helpers.plan(amount)) == tones

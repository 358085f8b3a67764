"""The broken order workflow goes wrong on the SDK's local runner; the mended one does not."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aws_durable_execution_sdk_python.config import Duration
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus
from aws_durable_execution_sdk_python_testing.runner import DurableFunctionTestResult

from tests.workbench import EXAMPLES, Execution, Workbench, refuse, value, workbench

ORDER = {
    "customer": "ann",
    "lines": [
        {"sku": "pot", "quantity": 2, "price": 1_500, "warehouse": "north"},
        {"sku": "soil", "quantity": 1, "price": 900, "warehouse": "south"},
    ],
}


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Workbench]:
    """The services of the examples, and a way to import an example."""
    with workbench(monkeypatch, tmp_path) as bench:
        yield bench


class Shop:
    """One of the two order workflows, with a lottery that gives 1, 2, 3 ... percent."""

    def __init__(self, folder: str, bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
        self.services = bench.services
        for path in ("/reservations", "/payments", "/rides"):
            self.services.replies[path] = self.numbered(path)
        self.handler = bench.load(folder)
        self.courier = bench.load(folder, "courier").handler
        percents = iter(range(1, 100))
        lottery = SimpleNamespace(randint=lambda low, high: next(percents))
        monkeypatch.setattr(bench.load(folder, "orders.pricing"), "random", lottery)

    def numbered(self, path: str) -> Callable[[dict[str, Any]], Any]:
        """Return a reply that gives each call an id of its own."""
        return lambda _: {"id": f"{path[1:]}-{len(self.services.sent(path))}"}

    def execution(self) -> Execution:
        """Return a runner for the workflow; the courier is known by its qualified name only."""
        execution = Execution(self.handler.handler)
        execution.runner.register_durable_function("courier:live", self.courier)
        return execution

    def run(self, **more: object) -> DurableFunctionTestResult:
        """Run one order."""
        with self.execution() as execution:
            result = execution.run({**ORDER, **more})
        assert execution.invocations >= 2
        return result

    def audit_log(self) -> list[str]:
        """Return what the audit log has, a line without its order id."""
        lines = Path(os.environ["AUDIT_LOG"]).read_text(encoding="utf-8").splitlines()
        return [line.partition(" ")[2] for line in lines]


@pytest.fixture
def broken(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The workflow as it was written."""
    return Shop("broken_order_workflow", bench, monkeypatch)


@pytest.fixture
def mended(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """The workflow as it was mended, with the courier's alias from its template."""
    monkeypatch.setenv("COURIER_FUNCTION", "courier:live")
    return Shop("mended_order_workflow", bench, monkeypatch)


def test_broken_order_is_charged_again_at_every_replay(broken: Shop) -> None:
    assert value(broken.run())["status"] == "delivered"

    charges = broken.services.sent("/payments")
    assert len(charges) >= 2
    assert len({charge["order"] for charge in charges}) == len(charges), "each has its own uuid"
    assert len({charge["amount"] for charge in charges}) == len(charges), "and its own discount"
    assert len(broken.services.sent("PutItem")) == len(charges) + 1
    assert broken.audit_log().count("received") == len(charges) + 1
    assert len(broken.services.sent("/mails/receipt")) >= 2
    assert broken.services.sent("/bookings") == [], "the forgotten step never runs"
    assert [pick["warehouse"] for pick in broken.services.sent("/picks")] == ["south", "south"]


def test_mended_order_is_charged_once(mended: Shop) -> None:
    answer = value(mended.run())

    assert answer["status"] == "delivered"
    assert answer["total"] == 3_900 - 39
    [charge] = mended.services.sent("/payments")
    assert charge == {"order": answer["order"], "customer": "ann", "amount": 3_861}
    [row] = mended.services.sent("PutItem")
    assert row["Item"]["id"] == {"S": answer["order"]}
    assert mended.audit_log() == ["received", "paid payments-1"]
    assert mended.services.sent("/mails/receipt") == [{"to": "ann", "total": 3_861}]
    assert mended.services.sent("/bookings") == [{"order": answer["order"], "total": 3_861}]
    assert sorted(pick["warehouse"] for pick in mended.services.sent("/picks")) == [
        "north",
        "south",
    ]


def test_broken_decline_keeps_the_stock_and_bills_a_sleep(
    broken: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(broken.handler, "time", SimpleNamespace(sleep=slept.append))
    broken.services.replies["/payments"] = refuse(402)

    assert value(broken.run())["status"] == "declined"
    assert len(broken.services.sent("/reservations")) == 2
    assert broken.services.sent("/releases") == []
    assert slept == [1]


def test_mended_decline_releases_the_stock(mended: Shop) -> None:
    mended.services.replies["/payments"] = refuse(402)

    assert value(mended.run())["status"] == "declined"
    assert [body["reservation"] for body in mended.services.sent("/releases")] == [
        "reservations-1",
        "reservations-2",
    ]
    assert len(mended.services.sent("/payments")) == 1


def test_broken_packing_fails_unseen(broken: Shop) -> None:
    broken.services.replies["/packages"] = refuse(500)

    assert value(broken.run())["status"] == "delivered"
    assert len(broken.services.sent("/payments")) > 3, "each retry of a step charges again"


def test_mended_packing_fails_the_order(mended: Shop) -> None:
    mended.services.replies["/packages"] = refuse(500)

    assert mended.run().status is InvocationStatus.FAILED
    assert len(mended.services.sent("/payments")) == 1


@pytest.mark.parametrize(
    ("option", "error"),
    [
        ({"gift": "Get well!"}, "NonDeterministicExecutionError"),
        ({"pre_order": True}, "AttributeError"),
        ({"express": True}, "InvokeError"),
    ],
    ids=["gift", "pre-order", "express"],
)
def test_rare_orders_end_the_broken_workflow(
    broken: Shop, option: dict[str, object], error: str
) -> None:
    result = broken.run(**option)

    assert result.status is InvocationStatus.FAILED
    assert result.error is not None
    assert (result.error.type or "").endswith(error)


def test_rare_orders_pass_the_mended_workflow(mended: Shop) -> None:
    answer = value(mended.run(gift="Get well!", pre_order=True, express=True))

    assert answer["tracking"] == "rides-1"
    assert [card["words"] for card in mended.services.sent("/cards")] == ["Get well!"]


def test_mended_workflow_sends_by_post_when_there_is_no_courier(mended: Shop) -> None:
    mended.services.replies["/rides"] = refuse(503)

    assert value(mended.run(express=True))["tracking"].startswith("post-")


BIG = {"lines": [{"sku": "fountain", "quantity": 2, "price": 90_000, "warehouse": "north"}]}


@pytest.mark.parametrize(("answer", "status"), [("yes", "delivered"), ("no", "not approved")])
def test_a_big_order_waits_for_the_sales_desk(mended: Shop, answer: str, status: str) -> None:
    with mended.execution() as execution:
        arn = execution.start({**ORDER, **BIG})
        execution.answer(arn, "approval", answer)
        assert value(execution.end(arn))["status"] == status


def test_a_big_order_is_cancelled_when_the_sales_desk_is_silent(
    mended: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mended.handler, "PATIENCE", Duration.from_seconds(1))

    assert value(mended.run(**BIG))["status"] == "not approved"
    assert len(mended.services.sent("/releases")) == 1


def test_the_broken_workflow_would_wait_for_the_sales_desk_for_ever(broken: Shop) -> None:
    with broken.execution() as execution:
        arn = execution.start({**ORDER, **BIG})
        execution.runner.wait_for_callback(arn, "approval create callback id", timeout=20)
        [started] = [
            event.callback_started_details
            for event in execution.runner.get_execution_history(arn).events
            if event.callback_started_details is not None
        ]
        assert not started.timeout


def test_both_workflows_have_the_same_modules() -> None:
    names = [
        {path.relative_to(folder) for path in folder.rglob("*.py")}
        for folder in (EXAMPLES / "broken_order_workflow", EXAMPLES / "mended_order_workflow")
    ]
    assert names[0] == names[1]

"""Decide on a loan: checks run side by side, and their results choose the way from there."""

from collections.abc import Sequence
from typing import Any

from aws_durable_execution_sdk_python import (
    BatchResult,
    DurableContext,
    StepContext,
    durable_execution,
    durable_parallel_branch,
    durable_step,
)
from aws_durable_execution_sdk_python.config import Duration, MapConfig
from aws_durable_execution_sdk_python.types import WaitForConditionCheckContext
from aws_durable_execution_sdk_python.waits import (
    WaitForConditionConfig,
    WaitStrategyConfig,
    create_wait_strategy,
)

import registry

SMALL_LOAN = 500_000
GOOD_SCORE = 650
POOR_SCORE = 450

# The scanner takes from seconds to an hour; asking costs an invocation, so ask ever less often.
UNTIL_SCANNED: WaitForConditionConfig[dict[str, Any]] = WaitForConditionConfig(
    initial_state={"state": "new"},
    wait_strategy=create_wait_strategy(
        WaitStrategyConfig(
            should_continue_polling=lambda scan: scan["state"] != "done",
            max_attempts=20,
            initial_delay=Duration.from_seconds(15),
            max_delay=Duration.from_minutes(10),
        )
    ),
)


@durable_step
def read_record(step_context: StepContext, kind: str, applicant: str) -> dict[str, Any]:
    """Read what a registry knows about the applicant."""
    step_context.logger.info("reading the %s record", kind)
    return registry.read(kind, applicant)


@durable_step
def open_scan(step_context: StepContext, document: str) -> str:
    """Send a document to the scanner and return the scan's id."""
    step_context.logger.info("scanning %s", document)
    return registry.open_scan(document)


@durable_step
def notify(step_context: StepContext, application_id: str, decision: str) -> None:
    """Tell the branch office what was decided."""
    step_context.logger.info("application %s: %s", application_id, decision)
    registry.notify(application_id, decision)


@durable_parallel_branch(name="credit")
def check_credit(child: DurableContext, applicant: str) -> dict[str, Any]:
    """Look at the applicant's score."""
    record = child.step(read_record("credit", applicant), name="read")
    return {"check": "credit", "score": record["score"]}


@durable_parallel_branch(name="fraud")
def check_fraud(child: DurableContext, applicant: str) -> dict[str, Any]:
    """Look at the applicant's alerts, and a second time if there is one: most clear up."""
    record = child.step(read_record("fraud", applicant), name="read")
    if record["alerts"]:
        child.wait(Duration.from_hours(6), name="let-alerts-settle")
        record = child.step(read_record("fraud", applicant), name="read-again")
    return {"check": "fraud", "alerts": record["alerts"]}


def scan(child: DurableContext, document: str, _: int, __: Sequence[str]) -> bool:
    """Have one document scanned and return whether it is genuine; plain text needs no scan."""
    if document.endswith(".txt"):
        return False
    scan_id = child.step(open_scan(document), name="open")

    def look(state: dict[str, Any], check: WaitForConditionCheckContext) -> dict[str, Any]:
        check.logger.info("scan %s, look %d: it was %s", scan_id, check.attempt, state["state"])
        return registry.read_scan(scan_id)

    done = child.wait_for_condition(look, config=UNTIL_SCANNED, name="until-scanned")
    return bool(done["genuine"])


def decide(amount: int, score: int, alerts: int, genuine: bool) -> str:
    """Return `approved`, `refused` or `by-hand`; pure, so it may run on every replay."""
    if alerts or score < POOR_SCORE:
        return "refused"
    if amount <= SMALL_LOAN and score >= GOOD_SCORE and genuine:
        return "approved"
    return "by-hand"


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Take an application (`id`, `applicant`, `amount`, `documents`) and return the decision."""
    applicant = event["applicant"]
    checks = context.parallel([check_credit(applicant), check_fraud(applicant)], name="checks")
    # A branch that failed leaves the execution running: nothing is decided on half of the checks.
    checks.throw_if_error()
    credit, fraud = checks.get_results()

    genuine = False
    if not fraud["alerts"]:
        scans: BatchResult[bool] = context.map(
            event["documents"],
            scan,
            name="documents",
            config=MapConfig(max_concurrency=3, item_namer=lambda document, _: document),
        )
        scans.throw_if_error()
        genuine = all(scans.get_results())

    decision = decide(event["amount"], credit["score"], fraud["alerts"], genuine)
    if decision == "by-hand":
        context.step(notify(event["id"], "please look at it"), name="ask-for-a-look")
    else:
        context.step(notify(event["id"], decision), name="tell-decision")
    return {"id": event["id"], "decision": decision}

"""Another durable function: it issues one ticket for each leg, all at the same time."""

from collections.abc import Sequence
from typing import Any

from aws_durable_execution_sdk_python import (
    BatchResult,
    DurableContext,
    StepContext,
    durable_execution,
    durable_step,
)
from aws_durable_execution_sdk_python.config import Duration


@durable_step
def issue(step_context: StepContext, payment: str, leg: str) -> str:
    """Return the ticket's number; a real one would ask the airline here."""
    step_context.logger.info("ticket for %s", leg)
    return f"{payment}/{leg}"


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Take `traveller`, `legs` and `payment`; return the ticket numbers, one a leg."""
    payment = event["payment"]

    def issue_leg(child: DurableContext, leg: str, index: int, legs: Sequence[str]) -> str:
        return child.step(issue(payment, leg), name="issue")

    context.wait(Duration.from_minutes(1), name="airline-queue")
    issued: BatchResult[str] = context.map(event["legs"], issue_leg, name="legs")
    issued.throw_if_error()
    return {"numbers": issued.get_results()}

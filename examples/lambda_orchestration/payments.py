"""A durable function of its own: it takes a payment and waits for the bank to settle it."""

import os
from typing import Any

import boto3
from aws_durable_execution_sdk_python import (
    DurableContext,
    StepContext,
    durable_execution,
    durable_step,
)
from aws_durable_execution_sdk_python.config import Duration

LIMIT = 100_000

payments = boto3.resource("dynamodb").Table(os.environ["PAYMENTS_TABLE"])


@durable_step
def open_payment(step_context: StepContext, trip: str, amount: int) -> str:
    """Open the payment under the trip's own id, so that a retry cannot open a second one."""
    payments.put_item(Item={"id": trip, "amount": amount, "state": "open"})
    step_context.logger.info("payment for trip %s opened", trip)
    return trip


@durable_step
def close_payment(step_context: StepContext, payment_id: str, amount: int) -> None:
    """Mark the payment as settled."""
    payments.put_item(Item={"id": payment_id, "amount": amount, "state": "settled"})
    step_context.logger.info("payment %s settled", payment_id)


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Take `trip` and `amount`; raise ValueError for an amount above the limit."""
    amount = event["amount"]
    if amount > LIMIT:
        raise ValueError(f"{amount} is more than a card may be charged")

    payment_id = context.step(open_payment(event["trip"], amount), name="open")
    context.wait(Duration.from_hours(2), name="settlement")
    context.step(close_payment(payment_id, amount), name="close")
    return {"id": payment_id}

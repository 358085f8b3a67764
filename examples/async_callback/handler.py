"""Approve an expense: the execution sleeps until a person answers, or until time is up."""

import json
import os
from typing import Any
from urllib.parse import urlencode

import boto3
from aws_durable_execution_sdk_python import (
    CallbackError,
    CallbackTimeoutError,
    DurableContext,
    StepContext,
    durable_execution,
    durable_step,
    durable_wait_for_callback,
)
from aws_durable_execution_sdk_python.config import Duration, WaitForCallbackConfig
from aws_durable_execution_sdk_python.types import WaitForCallbackContext

ANSWER_URL = os.environ["ANSWER_URL"]
SENDER = os.environ["SENDER"]
PATIENCE = Duration.from_days(3)

mail = boto3.client("sesv2")
expenses = boto3.resource("dynamodb").Table(os.environ["EXPENSES_TABLE"])


@durable_wait_for_callback
def ask_manager(
    callback_id: str, callback_context: WaitForCallbackContext, expense: dict[str, Any]
) -> None:
    """Mail two links that carry the callback's id; `answer.py` is behind them."""
    links = [
        f"{ANSWER_URL}?{urlencode({'callback': callback_id, 'answer': answer})}"
        for answer in ("approve", "refuse")
    ]
    text = f"{expense['purpose']}: {expense['amount']}\n" + "\n".join(links)
    mail.send_email(
        FromEmailAddress=SENDER,
        Destination={"ToAddresses": [expense["manager"]]},
        Content={
            "Simple": {
                "Subject": {"Data": "An expense waits for you"},
                "Body": {"Text": {"Data": text}},
            }
        },
    )
    callback_context.logger.info("asked for expense %s", expense["id"])


@durable_step
def record_outcome(step_context: StepContext, expense_id: str, outcome: str) -> None:
    """Store the outcome; writing it twice does no harm."""
    expenses.put_item(Item={"id": expense_id, "outcome": outcome})
    step_context.logger.info("expense %s: %s", expense_id, outcome)


def decide(expense: dict[str, Any], context: DurableContext) -> str:
    """Wait for the manager and return `approved`, `refused`, `expired` or `undeliverable`."""
    try:
        # A callback without a timeout would wait for as long as the execution may run.
        answer = context.wait_for_callback(
            ask_manager(expense),
            name="approval",
            config=WaitForCallbackConfig(timeout=PATIENCE),
        )
    except CallbackTimeoutError:
        return "expired"
    except CallbackError as error:
        context.logger.warning("nobody could be asked: %s", error.message)
        return "undeliverable"
    return "approved" if json.loads(answer)["approved"] else "refused"


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Take an expense (`id`, `purpose`, `amount`, `manager`) and return what became of it."""
    outcome = decide(event, context)
    context.step(record_outcome(event["id"], outcome), name="record-outcome")
    return {"id": event["id"], "outcome": outcome}

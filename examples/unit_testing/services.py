"""The outside world in one place, so that a test can stand in for it."""

import json
import os

import boto3


def send_reminder(invoice_id: str, tone: str, amount: int) -> None:
    """Put a reminder into the queue of the mailing service."""
    boto3.client("sqs").send_message(
        QueueUrl=os.environ["MAIL_QUEUE_URL"],
        MessageBody=json.dumps({"invoice": invoice_id, "tone": tone, "amount": amount}),
    )


def is_paid(invoice_id: str) -> bool:
    """Look the invoice up in the ledger."""
    table = boto3.resource("dynamodb").Table(os.environ["LEDGER_TABLE"])
    return bool(table.get_item(Key={"id": invoice_id}).get("Item", {}).get("paid"))

"""Remind a customer of an unpaid invoice, ever more firmly, until it is paid or given up."""

from typing import Any

from aws_durable_execution_sdk_python import (
    DurableContext,
    StepContext,
    durable_execution,
    durable_step,
    durable_with_child_context,
)
from aws_durable_execution_sdk_python.config import Duration

import services
from helpers import Reminder, plan, with_fee


@durable_step
def send(step_context: StepContext, invoice_id: str, reminder: Reminder, amount: int) -> None:
    """Send one reminder; a failure is retried by the SDK's default strategy."""
    services.send_reminder(invoice_id, reminder.tone, amount)
    step_context.logger.info("attempt %d of the %s reminder", step_context.attempt, reminder.tone)


@durable_step
def paid(step_context: StepContext, invoice_id: str) -> bool:
    """Ask the ledger whether the invoice has been paid by now."""
    answer = services.is_paid(invoice_id)
    step_context.logger.info("invoice %s paid: %s", invoice_id, answer)
    return answer


@durable_with_child_context
def remind(child: DurableContext, invoice_id: str, reminder: Reminder, amount: int) -> bool:
    """Send a reminder, leave the customer time, and return whether the invoice is paid then."""
    child.step(send(invoice_id, reminder, with_fee(amount, reminder)), name="send")
    child.wait(Duration.from_days(reminder.days), name="patience")
    return child.step(paid(invoice_id), name="check")


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Take an invoice (`id`, `amount` in cents) and return how often it took a reminder."""
    invoice_id, amount = event["id"], event["amount"]
    reminders = plan(amount)
    for sent, reminder in enumerate(reminders, start=1):
        if context.run_in_child_context(
            remind(invoice_id, reminder, amount), name=f"remind-{reminder.tone}"
        ):
            return {"state": "paid", "reminders": sent}
    return {"state": "handed-over", "reminders": len(reminders)}

"""Letters to customers and colleagues."""

from typing import Any

from aws_durable_execution_sdk_python import StepContext, durable_step

from orders import services
from orders.models import Order


def send_receipt(order: Order, total: int) -> Any:
    """Mail the customer what was paid and return the mail's id."""
    return services.post("/mails/receipt", {"to": order["customer"], "total": total})


def send_card(order: Order, words: str) -> None:
    """Have a gift card printed."""
    services.post("/cards", {"order": order["id"], "words": words})


def ask_for_approval(callback_id: str, order: Order, total: int) -> None:
    """Ask the sales desk to look at a big order."""
    services.post("/approvals", {"callback": callback_id, "order": order["id"], "total": total})


@durable_step
def tell_accounting(step_context: StepContext, order: Order, total: int) -> None:
    """Book the sale."""
    services.post("/bookings", {"order": order["id"], "total": total})
    step_context.logger.info("order %s booked", order["id"])

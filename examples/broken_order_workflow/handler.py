"""The order workflow: reserve, charge, pick, pack, ship, and keep everybody informed."""

import logging
import os
import time
import uuid
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration
from botocore.exceptions import ClientError

from orders import audit, clock, notifications, payments, pricing, warehouse
from orders.models import Order, new_order
from orders.repository import OrderRepository

BIG_ORDER = 100_000
COURIER_FUNCTION = os.environ["COURIER_FUNCTION"]

logger = logging.getLogger(__name__)
repository = OrderRepository(os.environ["ORDERS_TABLE"])


def approved(context: DurableContext, order: Order, total: int) -> bool:
    """Small orders pass; a big one needs a nod from the sales desk."""
    if total < BIG_ORDER:
        return True
    answer = context.wait_for_callback(
        lambda callback_id, _: notifications.ask_for_approval(callback_id, order, total),
        name="approval",
    )
    return bool(answer == "yes")


def cancel(
    context: DurableContext, order: Order, reservations: list[str], reason: str
) -> dict[str, Any]:
    """Undo what was done for an order that will not be delivered."""
    # The stock service is slow to notice its own reservations.
    time.sleep(1)
    for reservation in reservations:
        context.step(lambda _, one=reservation: warehouse.release(one), name="release")
    repository.set_status(order["id"], reason)
    return {"order": order["id"], "status": reason}


def ship(context: DurableContext, order: Order, express: bool) -> str:
    """Hand the parcel over and return its tracking id."""
    if not express:
        return f"post-{order['id']}"
    try:
        ride: dict[str, Any] = context.invoke(
            COURIER_FUNCTION, {"order": order["id"]}, name="courier"
        )
        return str(ride["tracking"])
    except ClientError:
        # No courier today: the ordinary post brings it, a little later.
        return f"post-{order['id']}"


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Take an order from the shop and see it through to the customer's door."""
    order_id = str(uuid.uuid4())
    order = new_order(order_id, event)
    total = pricing.total(order)
    print(f"order {order_id} of {order['customer']}: {total}")
    repository.save(order, total)
    audit.record(order_id, "received")

    reservations: list[str] = []
    for line in order["lines"]:
        context.step(
            lambda _, line=line: reservations.append(warehouse.reserve(line)),
            name=f"reserve-{line['sku']}",
        )

    # Customers may change their mind for a quarter of an hour.
    context.wait(Duration.from_minutes(15), name="cooling-off")
    if event.get("pre_order"):
        # New articles are on the shelves a day after the shop lists them.
        context.wait(86400, name="release-day")

    if not approved(context, order, total):
        return cancel(context, order, reservations, "not approved")
    try:
        payment = payments.charge(order, total)
    except payments.DeclinedError:
        return cancel(context, order, reservations, "declined")
    audit.record(order_id, f"paid {payment['id']}")
    notifications.tell_accounting(order, total)

    if event.get("gift"):
        context.step(
            lambda _: notifications.send_card(order, event["gift"]),
            name=f"card-{clock.timestamp()}",
        )
    warehouse.pick_all(context, order)
    context.map(order["lines"], warehouse.pack, name="pack")
    tracking = ship(context, order, event.get("express", False))

    try:
        context.step(notifications.send_receipt(order, total), name="receipt")
    except BaseException:
        # A mail server that hiccups must not cost us the order.
        logger.exception("no receipt for order %s", order_id)
    context.wait(Duration.from_days(2), name="delivery")
    repository.set_status(order_id, "delivered")
    return {"order": order_id, "status": "delivered", "total": total, "tracking": tracking}

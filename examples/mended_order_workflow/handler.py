"""The order workflow: reserve, charge, pick, pack, ship, and keep everybody informed."""

import os
import uuid
from typing import Any

from aws_durable_execution_sdk_python import (
    CallbackTimeoutError,
    DurableContext,
    InvokeError,
    StepError,
    durable_execution,
)
from aws_durable_execution_sdk_python.config import Duration, StepConfig, WaitForCallbackConfig
from aws_durable_execution_sdk_python.retries import RetryPresets

from orders import audit, notifications, payments, pricing, warehouse
from orders.models import Order, new_order
from orders.repository import OrderRepository

BIG_ORDER = 100_000
COURIER_FUNCTION = os.environ["COURIER_FUNCTION"]
PATIENCE = Duration.from_hours(24)

repository = OrderRepository(os.environ["ORDERS_TABLE"])


def approved(context: DurableContext, order: Order, total: int) -> bool:
    """Small orders pass; a big one needs a nod from the sales desk."""
    if total < BIG_ORDER:
        return True
    try:
        answer = context.wait_for_callback(
            lambda callback_id, _: notifications.ask_for_approval(callback_id, order, total),
            name="approval",
            config=WaitForCallbackConfig(timeout=PATIENCE),
        )
    except CallbackTimeoutError:
        return False
    return bool(answer == "yes")


def cancel(
    context: DurableContext, order: Order, reservations: list[str], reason: str
) -> dict[str, Any]:
    """Undo what was done for an order that will not be delivered."""
    # The stock service is slow to notice its own reservations.
    context.wait(Duration.from_seconds(1))
    for reservation in reservations:
        context.step(lambda _, one=reservation: warehouse.release(one), name="release")
    context.step(lambda _: repository.set_status(order["id"], reason), name="set-status")
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
    except InvokeError:
        # No courier today: the ordinary post brings it, a little later.
        return f"post-{order['id']}"


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Take an order from the shop and see it through to the customer's door."""
    order_id = context.step(lambda _: str(uuid.uuid4()), name="order-id")
    order = context.step(lambda _: new_order(order_id, event), name="order")
    total = context.step(lambda _: pricing.total(order), name="total")
    context.logger.info(f"order {order_id} of {order['customer']}: {total}")
    context.step(lambda _: repository.save(order, total), name="save")
    context.step(lambda _: audit.record(order_id, "received"), name="record")

    reservations: list[str] = []
    for line in order["lines"]:
        reservations.append(
            context.step(
                lambda _, line=line: warehouse.reserve(line),
                name=f"reserve-{line['sku']}",
            )
        )

    # Customers may change their mind for a quarter of an hour.
    context.wait(Duration.from_minutes(15), name="cooling-off")
    if event.get("pre_order"):
        # New articles are on the shelves a day after the shop lists them.
        context.wait(Duration.from_seconds(86400), name="release-day")

    if not approved(context, order, total):
        return cancel(context, order, reservations, "not approved")
    try:
        # A card that was declined is not asked again.
        payment = context.step(
            lambda _: payments.charge(order, total),
            name="payment",
            config=StepConfig(retry_strategy=RetryPresets.none()),
        )
    except StepError as error:
        if not error.error_type.endswith("DeclinedError"):
            raise
        return cancel(context, order, reservations, "declined")
    context.step(lambda _: audit.record(order_id, f"paid {payment['id']}"), name="record")
    context.step(notifications.tell_accounting(order, total))

    if event.get("gift"):
        context.step(
            lambda _: notifications.send_card(order, event["gift"]),
            name="card",
        )
    warehouse.pick_all(context, order)
    context.map(order["lines"], warehouse.pack, name="pack").throw_if_error()
    tracking = ship(context, order, event.get("express", False))

    try:
        context.step(lambda _: notifications.send_receipt(order, total), name="receipt")
    except Exception:
        # A mail server that hiccups must not cost us the order.
        context.logger.exception("no receipt for order %s", order_id)
    context.wait(Duration.from_days(2), name="delivery")
    context.step(lambda _: repository.set_status(order_id, "delivered"), name="set-status")
    return {"order": order_id, "status": "delivered", "total": total, "tracking": tracking}

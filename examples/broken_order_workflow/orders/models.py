"""What an order looks like on its way through the workflow."""

from typing import Any, TypedDict

from orders import clock


class Line(TypedDict):
    """One article of an order; prices are in cents."""

    sku: str
    quantity: int
    price: int
    warehouse: str


class Order(TypedDict):
    """An order as the workflow and the table keep it."""

    id: str
    customer: str
    received_at: str
    lines: list[Line]


def new_order(order_id: str, event: dict[str, Any]) -> Order:
    """Make an order of what the shop sent us."""
    return Order(
        id=order_id,
        customer=event["customer"],
        received_at=clock.timestamp(),
        lines=event["lines"],
    )

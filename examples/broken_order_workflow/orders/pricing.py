"""What an order costs."""

import random

from orders.models import Order

MAX_LUCKY_PERCENT = 15


def total(order: Order) -> int:
    """Return the price in cents, less the lucky discount that marketing promised everybody."""
    full = sum(line["price"] * line["quantity"] for line in order["lines"])
    return full - full * random.randint(1, MAX_LUCKY_PERCENT) // 100

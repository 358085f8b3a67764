"""Money comes in here."""

from typing import Any

import requests

from orders import services
from orders.models import Order


class DeclinedError(Exception):
    """The bank does not want to pay."""


def charge(order: Order, amount: int) -> Any:
    """Charge the customer's card and return the payment."""
    try:
        return services.post(
            "/payments", {"order": order["id"], "customer": order["customer"], "amount": amount}
        )
    except requests.HTTPError as error:
        raise DeclinedError(order["id"]) from error

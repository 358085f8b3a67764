"""Book a trip: one durable function that lets three other Lambda functions do the work."""

import os
from typing import Any

from aws_durable_execution_sdk_python import DurableContext, InvokeError, durable_execution

# A plain function: its name is enough.
PRICES = os.environ["PRICES_FUNCTION"]
# Durable functions: the stack hands over an alias for the one and a version for the other, for an
# execution that is suspended in them must wake up in the code it fell asleep in.
PAYMENTS = os.environ["PAYMENTS_FUNCTION"]
TICKETS = os.environ["TICKETS_FUNCTION"]


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Take a trip (`id`, `traveller`, `legs`) and return the tickets, or why there are none."""
    price: dict[str, Any] = context.invoke(PRICES, {"legs": event["legs"]}, name="price")

    try:
        payment: dict[str, Any] = context.invoke(
            PAYMENTS,
            {"trip": event["id"], "amount": price["amount"]},
            name="pay",
        )
    except InvokeError as error:
        # Whatever the payment function raised arrives as an InvokeError with its message.
        context.logger.warning("trip %s was not paid: %s", event["id"], error.message)
        return {"trip": event["id"], "state": "unpaid"}

    tickets: dict[str, Any] = context.invoke(
        TICKETS,
        {"traveller": event["traveller"], "legs": event["legs"], "payment": payment["id"]},
        name="issue-tickets",
    )
    return {"trip": event["id"], "state": "booked", "tickets": tickets["numbers"]}

"""A plain Lambda function: it answers at once and is not durable."""

from typing import Any

PRICE_PER_LEG = 4900


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Price the `legs` of a trip, in cents."""
    return {"amount": PRICE_PER_LEG * len(event["legs"])}

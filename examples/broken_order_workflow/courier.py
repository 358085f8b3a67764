"""The express courier's own workflow: book a ride, wait for the pick-up, return the tracking id."""

from typing import Any

from aws_durable_execution_sdk_python import DurableContext, durable_execution
from aws_durable_execution_sdk_python.config import Duration

from orders import services


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Take `order` and return its `tracking` id."""
    ride = context.step(lambda _: services.post("/rides", event), name="book-ride")
    context.wait(Duration.from_minutes(45), name="pick-up")
    return {"tracking": ride["id"]}

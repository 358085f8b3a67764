"""The smallest durable function worth deploying: a step, a wait that costs nothing, a step."""

from datetime import UTC, datetime
from typing import Any

from aws_durable_execution_sdk_python import (
    DurableContext,
    StepContext,
    durable_execution,
    durable_step,
)
from aws_durable_execution_sdk_python.config import Duration


@durable_step
def read_clock(step_context: StepContext) -> str:
    """Read the clock in a step: every replay sees the moment that was read first."""
    step_context.logger.info("reading the clock")
    return datetime.now(UTC).isoformat()


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Greet `event["name"]`, and again ten seconds later in another invocation."""
    name = event.get("name", "world")
    started = context.step(read_clock(), name="started")
    context.logger.info("hello, %s", name)

    context.wait(Duration.from_seconds(10), name="pause")

    finished = context.step(read_clock(), name="finished")
    return {"greeting": f"Hello again, {name}!", "started": started, "finished": finished}

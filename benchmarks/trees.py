"""Source trees to measure on: generated, the same each time, of any size."""

from __future__ import annotations

from pathlib import Path

_PLAIN = '''"""Module {number}: some ordinary code."""

from dataclasses import dataclass


@dataclass
class Order{number}:
    identifier: str
    amount: float

    def total(self, rate: float) -> float:
        return round(self.amount * (1 + rate), 2)


def summarise(orders: list[Order{number}]) -> dict[str, float]:
    totals: dict[str, float] = {{}}
    for order in orders:
        totals[order.identifier] = totals.get(order.identifier, 0.0) + order.total(0.2)
    return totals
'''

_HELPER = """import datetime


def stamp(order: dict) -> dict:
    return {{**order, "at": datetime.datetime.now().isoformat(), "shard": {number}}}
"""

_HANDLER = """import uuid

import boto3
from aws_durable_execution_sdk_python import DurableContext, durable_execution, durable_step
from aws_durable_execution_sdk_python.config import Duration

from helper_{number} import stamp

table = boto3.resource("dynamodb").Table("orders-{number}")


@durable_step
def save(step_context, order: dict) -> dict:
    table.put_item(Item=order)
    return order


@durable_execution
def handler(event: dict, context: DurableContext) -> dict:
    order = stamp({{"id": str(uuid.uuid4()), **event}})
    saved = context.step(save(order), name="save")
    context.wait(Duration.from_seconds(60), name="settle")
    results = context.map(
        event["lines"],
        lambda child, line, index, lines: child.step(lambda _: line["sku"], name="pick"),
        name="pick-all",
    )
    results.throw_if_error()
    context.logger.info("picked", extra={{"order": saved["id"]}})
    return {{"order": saved["id"], "lines": results.get_results()}}
"""


def plain(folder: Path, modules: int) -> Path:
    """Fill `folder` with modules that have nothing to do with durable functions."""
    for number in range(modules):
        package = folder / f"package_{number // 100}"
        package.mkdir(parents=True, exist_ok=True)
        (package / f"module_{number}.py").write_text(_PLAIN.format(number=number))
    return folder


def handlers(folder: Path, count: int) -> Path:
    """Fill `folder` with durable functions, each with a helper module beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"handler_{number}.py").write_text(_HANDLER.format(number=number))
        (folder / f"helper_{number}.py").write_text(_HELPER.format(number=number))
    return folder

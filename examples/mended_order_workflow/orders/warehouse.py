"""Stock, picking and packing."""

from collections.abc import Sequence

from aws_durable_execution_sdk_python import DurableContext
from aws_durable_execution_sdk_python.config import Duration

from orders import services
from orders.models import Line, Order


def reserve(line: Line) -> str:
    """Set stock aside and return the reservation's id."""
    answer = services.post("/reservations", {"sku": line["sku"], "quantity": line["quantity"]})
    return str(answer["id"])


def release(reservation: str) -> None:
    """Put reserved stock back on sale."""
    services.post("/releases", {"reservation": reservation})


def pick(context: DurableContext, order: Order, warehouse: str) -> str:
    """Have one warehouse collect its part of the order."""
    context.step(
        lambda _: services.post("/picks", {"order": order["id"], "warehouse": warehouse}),
        name="pick",
    )
    return warehouse


def pick_all(context: DurableContext, order: Order) -> list[str]:
    """Let all warehouses collect their parts at the same time, and drive them to the packers."""
    branches = []
    for warehouse in sorted({line["warehouse"] for line in order["lines"]}):
        branches.append(lambda child, warehouse=warehouse: pick(child, order, warehouse))
    picked = context.parallel(branches, name="pick-all")
    picked.throw_if_error()
    context.wait(Duration.from_minutes(40), name="drive")
    return picked.get_results()


def pack(context: DurableContext, line: Line, index: int, lines: Sequence[Line]) -> None:
    """Put one line of the order into a box."""
    context.step(
        lambda _: services.post("/packages", {"sku": line["sku"], "box": index}), name="pack"
    )

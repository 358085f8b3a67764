"""The orders table."""

from typing import Any

import boto3

from orders.models import Order


class OrderRepository:
    """Reads and writes orders in DynamoDB."""

    def __init__(self, table_name: str) -> None:
        self._table: Any = boto3.resource("dynamodb").Table(table_name)

    def save(self, order: Order, total: int) -> None:
        """Store a new order."""
        self._table.put_item(Item={**order, "total": total, "status": "received"})

    def set_status(self, order_id: str, status: str) -> None:
        """Note how far an order has come."""
        self._table.update_item(
            Key={"id": order_id},
            UpdateExpression="SET #status = :status",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":status": status},
        )

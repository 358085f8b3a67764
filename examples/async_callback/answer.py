"""A plain Lambda function behind the links of the mail: it answers the waiting execution."""

import json
from typing import Any

import boto3

lambda_client = boto3.client("lambda")


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Take an HTTP API request with `callback` and `answer` in its query string."""
    query = event["queryStringParameters"]
    lambda_client.send_durable_execution_callback_success(
        CallbackId=query["callback"],
        Result=json.dumps({"approved": query["answer"] == "approve"}).encode(),
    )
    return {"statusCode": 200, "body": "Thank you."}

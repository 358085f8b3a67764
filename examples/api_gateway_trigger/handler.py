"""Onboard a customer: `POST /accounts` starts one execution of this durable function."""

import os
from typing import Any

import boto3
from aws_durable_execution_sdk_python import (
    DurableContext,
    StepContext,
    durable_execution,
    durable_step,
)
from aws_durable_execution_sdk_python.config import Duration

SENDER = os.environ["SENDER"]

accounts = boto3.resource("dynamodb").Table(os.environ["ACCOUNTS_TABLE"])
mail = boto3.client("sesv2")


@durable_step
def create_account(step_context: StepContext, request_id: str, email: str) -> str:
    """Store the account under the request's id, so that a retry writes the same row again."""
    accounts.put_item(Item={"id": request_id, "email": email, "signedIn": False})
    step_context.logger.info("account %s stored", request_id)
    return request_id


@durable_step
def has_signed_in(step_context: StepContext, account_id: str) -> bool:
    """Look up whether the customer has used the account yet."""
    row = accounts.get_item(Key={"id": account_id}).get("Item", {})
    step_context.logger.info("account %s read", account_id)
    return bool(row.get("signedIn"))


@durable_step
def send_mail(step_context: StepContext, email: str, template: str) -> str:
    """Send one of the prepared mails and return the id that the mail service gave it."""
    answer = mail.send_email(
        FromEmailAddress=SENDER,
        Destination={"ToAddresses": [email]},
        Content={"Template": {"TemplateName": template, "TemplateData": "{}"}},
    )
    step_context.logger.info("mail %s sent", template)
    return str(answer["MessageId"])


@durable_execution
def handler(event: dict[str, Any], context: DurableContext) -> dict[str, Any]:
    """Take what the stack's mapping template makes of the request: `requestId` and `body`."""
    email = str(event["body"].get("email", ""))
    if "@" not in email:
        # The caller has had its 202 already: a bad request ends the execution, quietly.
        context.logger.warning("no usable address in request %s", event["requestId"])
        return {"state": "rejected"}

    account_id = context.step(create_account(event["requestId"], email), name="create-account")
    context.step(send_mail(email, "welcome"), name="send-welcome")

    context.wait(Duration.from_days(1), name="first-day")

    signed_in = context.step(has_signed_in(account_id), name="check-sign-in")
    if not signed_in:
        context.step(send_mail(email, "first-steps"), name="send-first-steps")
    return {"state": "onboarded", "accountId": account_id, "reminded": not signed_in}

"""Four functions: the trip, and the three it invokes."""

from pathlib import Path
from typing import Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

HERE = Path(__file__).parent
# An execution ends in the version that started it, so no deployment may delete one.
KEEP_VERSIONS = lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN)


class OrchestrationStack(Stack):
    """Callers get an alias or a version of each durable function, and the plain one's name."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)

        code = lambda_.Code.from_asset(
            str(HERE), exclude=["*.md", "app.py", "stack.py", "cdk.json", "cdk.out"]
        )
        table = dynamodb.Table(
            self,
            "PaymentsTable",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        )

        prices = lambda_.Function(
            self,
            "Prices",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="prices.handler",
            code=code,
        )
        payments = lambda_.Function(
            self,
            "Payments",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="payments.handler",
            code=code,
            environment={"PAYMENTS_TABLE": table.table_name},
            current_version_options=KEEP_VERSIONS,
            durable_config=lambda_.DurableConfig(execution_timeout=Duration.hours(4)),
        )
        payments_live = lambda_.Alias(
            self, "PaymentsLive", alias_name="live", version=payments.current_version
        )
        table.grant_write_data(payments)
        tickets = lambda_.Function(
            self,
            "Tickets",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="tickets.handler",
            code=code,
            current_version_options=KEEP_VERSIONS,
            durable_config=lambda_.DurableConfig(execution_timeout=Duration.hours(1)),
        )

        trips = lambda_.Function(
            self,
            "Trips",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="handler.handler",
            code=code,
            environment={
                "PRICES_FUNCTION": prices.function_name,
                "PAYMENTS_FUNCTION": payments_live.function_arn,
                "TICKETS_FUNCTION": tickets.current_version.function_arn,
            },
            current_version_options=KEEP_VERSIONS,
            durable_config=lambda_.DurableConfig(execution_timeout=Duration.hours(6)),
        )
        prices.grant_invoke(trips)
        payments_live.grant_invoke(trips)
        tickets.current_version.grant_invoke(trips)

        trips_live = lambda_.Alias(
            self, "TripsLive", alias_name="live", version=trips.current_version
        )
        CfnOutput(self, "TripsArn", value=trips_live.function_arn)

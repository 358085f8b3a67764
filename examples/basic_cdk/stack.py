"""One durable function and the alias by which it is invoked."""

from pathlib import Path
from typing import Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

HERE = Path(__file__).parent
# An execution ends in the version that started it, so no deployment may delete one.
KEEP_VERSIONS = lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN)


class BasicStack(Stack):
    """`durable_config` makes the function durable; the alias gives callers a qualified ARN."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)

        greeting = lambda_.Function(
            self,
            "Greeting",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="handler.handler",
            code=lambda_.Code.from_asset(
                str(HERE), exclude=["*.md", "app.py", "stack.py", "cdk.json", "cdk.out"]
            ),
            current_version_options=KEEP_VERSIONS,
            durable_config=lambda_.DurableConfig(execution_timeout=Duration.minutes(15)),
        )
        live = lambda_.Alias(self, "Live", alias_name="live", version=greeting.current_version)
        CfnOutput(self, "GreetingArn", value=live.function_arn)

"""The loan workflow, started by an event on the account's default event bus."""

from pathlib import Path
from typing import Any

from aws_cdk import CfnParameter, Duration, RemovalPolicy, Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

HERE = Path(__file__).parent
# An execution ends in the version that started it, so no deployment may delete one.
KEEP_VERSIONS = lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN)


class BranchingStack(Stack):
    """EventBridge starts the published version, never the function itself."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)

        registry_url = CfnParameter(self, "RegistryUrl", default="https://registry.example.com")
        loans = lambda_.Function(
            self,
            "Loans",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="handler.handler",
            code=lambda_.Code.from_asset(
                str(HERE), exclude=["*.md", "app.py", "stack.py", "cdk.json", "cdk.out"]
            ),
            timeout=Duration.minutes(1),
            environment={"REGISTRY_URL": registry_url.value_as_string},
            current_version_options=KEEP_VERSIONS,
            durable_config=lambda_.DurableConfig(
                execution_timeout=Duration.days(7), retention_period=Duration.days(30)
            ),
        )
        events.Rule(
            self,
            "ApplicationFiled",
            event_pattern=events.EventPattern(source=["loans"], detail_type=["application-filed"]),
            targets=[
                targets.LambdaFunction(
                    loans.current_version,
                    event=events.RuleTargetInput.from_event_path("$.detail"),
                )
            ],
        )

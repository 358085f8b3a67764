"""A REST API whose `POST /accounts` starts the durable function in `handler.py`."""

from pathlib import Path
from typing import Any

from aws_cdk import CfnOutput, Duration, RemovalPolicy, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

HERE = Path(__file__).parent
# An execution ends in the version that started it, so no deployment may delete one.
KEEP_VERSIONS = lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN)

# A workflow of two days cannot be waited for: this header makes API Gateway start it and go on.
ASYNCHRONOUS = {"integration.request.header.X-Amz-Invocation-Type": "'Event'"}
REQUEST = '{"requestId": "$context.requestId", "body": $input.json("$")}'
ANSWER = '{"requestId": "$context.requestId"}'


class ApiGatewayTriggerStack(Stack):
    """The table, the durable function with its alias, and the API in front of it."""

    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:
        super().__init__(scope, construct_id, **kwargs)

        table = dynamodb.Table(
            self,
            "Accounts",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
        )
        onboarding = lambda_.Function(
            self,
            "Onboarding",
            runtime=lambda_.Runtime.PYTHON_3_14,
            handler="handler.handler",
            code=lambda_.Code.from_asset(
                str(HERE), exclude=["*.md", "app.py", "stack.py", "cdk.json", "cdk.out"]
            ),
            environment={"ACCOUNTS_TABLE": table.table_name, "SENDER": "hello@example.com"},
            current_version_options=KEEP_VERSIONS,
            durable_config=lambda_.DurableConfig(
                execution_timeout=Duration.days(2), retention_period=Duration.days(14)
            ),
        )
        table.grant_read_write_data(onboarding)
        onboarding.add_to_role_policy(
            iam.PolicyStatement(actions=["ses:SendEmail"], resources=["*"])
        )
        live = lambda_.Alias(self, "Live", alias_name="live", version=onboarding.current_version)

        api = apigateway.RestApi(self, "Api")
        api.root.add_resource("accounts").add_method(
            "POST",
            apigateway.LambdaIntegration(
                live,
                proxy=False,
                request_parameters=ASYNCHRONOUS,
                request_templates={"application/json": REQUEST},
                integration_responses=[
                    apigateway.IntegrationResponse(
                        status_code="202", response_templates={"application/json": ANSWER}
                    )
                ],
            ),
            method_responses=[apigateway.MethodResponse(status_code="202")],
        )
        CfnOutput(self, "AccountsUrl", value=api.url_for_path("/accounts"))

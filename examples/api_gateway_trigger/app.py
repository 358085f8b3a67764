"""The CDK app: `cdk deploy` runs this file."""

from aws_cdk import App

from stack import ApiGatewayTriggerStack

app = App()
ApiGatewayTriggerStack(app, "DurableApiGatewayTrigger")
app.synth()

"""The CDK app: `cdk deploy` runs this file."""

from aws_cdk import App

from stack import OrchestrationStack

app = App()
OrchestrationStack(app, "DurableOrchestration")
app.synth()

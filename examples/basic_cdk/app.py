"""The CDK app: `cdk deploy` runs this file."""

from aws_cdk import App

from stack import BasicStack

app = App()
BasicStack(app, "DurableBasic")
app.synth()

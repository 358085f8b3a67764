"""The CDK app: `cdk deploy` runs this file."""

from aws_cdk import App

from stack import BranchingStack

app = App()
BranchingStack(app, "DurableBranching")
app.synth()

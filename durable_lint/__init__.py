"""A linter that proves that code for AWS Lambda durable functions survives replay."""

__version__ = "0.1.0"

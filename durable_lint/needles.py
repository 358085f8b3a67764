"""What a file's bytes must hold for a file to matter: the cheapest question there is about it."""

from __future__ import annotations

from pathlib import Path

PYTHON_SUFFIX = ".py"
TEMPLATE_SUFFIXES = (".json", ".template", ".yaml", ".yml")

_FUNCTION_TYPES = (b"AWS::Lambda::Function", b"AWS::Serverless::Function")
_DURABLE_IN_TEMPLATE = b"DurableConfig"
_CDK = b"aws_cdk"
_DURABLE_IN_CDK = (b"durable_config", b"DurableConfig")
_CLIENTS = b"boto"
_DURABLE_IN_CALL = b"DurableExecutionName"
_INVOKE = b".invoke("

# Words of which a call that lets a Lambda function be invoked has at least one.
_INVOKING = (
    b"FunctionName",
    b"lambda",
    b"Lambda",
    b"put_subscription_filter",
    b"put_targets",
    b"_pipe",
    b"_schedule",
)


def may_be_template(data: bytes) -> bool:
    """Tell whether bytes can be a template with functions, whatever their file is called."""
    return b"Resources" in data and _has_one(data, _FUNCTION_TYPES)


def is_template(path: Path, data: bytes) -> bool:
    """Tell whether a file is to be read as a template rather than as Python."""
    return path.suffix != PYTHON_SUFFIX and may_be_template(data)


def is_python(path: Path, data: bytes) -> bool:
    """Tell whether a file that somebody named is to be read as Python."""
    return path.suffix not in TEMPLATE_SUFFIXES and not is_template(path, data)


def is_durable_template(path: Path, data: bytes) -> bool:
    """Tell whether a file can be a template that makes a function durable."""
    return _DURABLE_IN_TEMPLATE in data and is_template(path, data)


def is_stack(data: bytes) -> bool:
    """Tell whether a Python file can be part of a CDK app."""
    return _CDK in data


def starts_app(data: bytes) -> bool:
    """Tell whether a Python file can be the one that starts a CDK app."""
    return _CDK in data and b"App(" in data


def is_durable_stack(data: bytes) -> bool:
    """Tell whether a Python file can be the part of a CDK app that makes a function durable."""
    return _CDK in data and _has_one(data, _DURABLE_IN_CDK)


def starts_executions(data: bytes) -> bool:
    """Tell whether a Python file can hold a client's call that only durable functions take."""
    return _DURABLE_IN_CALL in data and _CLIENTS in data


def invokes(data: bytes) -> bool:
    """Tell whether a Python file can hold a client's call that lets a function be invoked."""
    return _CLIENTS in data and _has_one(data, _INVOKING)


def names_function(data: bytes) -> bool:
    """Tell whether a Python file can hold a call that names a deployed function."""
    return _INVOKE in data or invokes(data)


def _has_one(data: bytes, words: tuple[bytes, ...]) -> bool:
    return any(word in data for word in words)

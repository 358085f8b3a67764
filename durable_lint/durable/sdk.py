"""What the SDK's callables are: operations, decorators, and what each passes to its bodies.

The facts are those of aws-durable-execution-sdk-python 3.0.0 (`context.py`, `retries.py`,
`config.py`); each was run on the SDK's local test runner.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

PACKAGE = "aws_durable_execution_sdk_python"


class Role(Enum):
    """What a body is to the SDK; the value is how messages call it."""

    HANDLER = "handler"
    STEP = "step"
    SUBMITTER = "callback submitter"
    CHECK = "condition check"
    CHILD = "child context"
    BRANCH = "parallel branch"
    ITEM = "map function"
    RETRY = "retry block"
    STRATEGY = "retry strategy"

    @property
    def replayed(self) -> bool:
        """Whether code of this role runs again on every invocation."""
        return self not in (Role.STEP, Role.SUBMITTER, Role.CHECK, Role.STRATEGY)

    @property
    def concurrent(self) -> bool:
        """Whether several bodies of this role run at the same time."""
        return self in (Role.BRANCH, Role.ITEM)


# What a body receives, in order: `context` its own DurableContext, `step` the context of a step
# body, anything else is plain data under that name.
RECEIVES: dict[Role, tuple[str, ...]] = {
    Role.HANDLER: ("event", "context"),
    Role.STEP: ("step",),
    Role.SUBMITTER: ("callback_id", "step"),
    Role.CHECK: ("state", "step"),
    Role.CHILD: ("context",),
    Role.BRANCH: ("context",),
    Role.ITEM: ("context", "item", "index", "inputs"),
    Role.RETRY: ("context", "attempt"),
    Role.STRATEGY: ("outcome", "attempt"),
}

# How messages call what is received.
RECEIVED_NAMES: dict[Role, tuple[str, ...]] = {
    Role.HANDLER: ("event", "DurableContext"),
    Role.STEP: ("StepContext",),
    Role.SUBMITTER: ("callback_id", "WaitForCallbackContext"),
    Role.CHECK: ("state", "WaitForConditionCheckContext"),
    Role.CHILD: ("DurableContext",),
    Role.BRANCH: ("DurableContext",),
    Role.ITEM: ("DurableContext", "item", "index", "inputs"),
    Role.RETRY: ("DurableContext", "attempt"),
    Role.STRATEGY: ("error or state", "attempt"),
}


@dataclass(frozen=True, slots=True)
class Signature:
    """An operation: its parameters in order, and which of them is a body of which role."""

    name: str
    parameters: tuple[str, ...]
    body: str | None = None
    role: Role | None = None
    returns: str = "value"


OPERATIONS: dict[str, Signature] = {
    signature.name: signature
    for signature in (
        Signature("step", ("func", "name", "config"), "func", Role.STEP),
        Signature("wait", ("duration", "name"), returns="None"),
        Signature("invoke", ("function_name", "payload", "name", "config")),
        Signature(
            "parallel", ("functions", "name", "config"), "functions", Role.BRANCH, "BatchResult"
        ),
        Signature("map", ("inputs", "func", "name", "config"), "func", Role.ITEM, "BatchResult"),
        Signature("run_in_child_context", ("func", "name", "config"), "func", Role.CHILD),
        Signature(
            "wait_for_callback", ("submitter", "name", "config"), "submitter", Role.SUBMITTER
        ),
        Signature("wait_for_condition", ("check", "config", "name"), "check", Role.CHECK),
        Signature("create_callback", ("name", "config"), returns="Callback"),
    )
}

WITH_RETRY = Signature("with_retry", ("context", "func", "config", "name"), "func", Role.RETRY)

# What else takes settings: the parameters of its configuration classes and their kin, in order.
PARAMETERS: dict[str, tuple[str, ...]] = {
    "StepConfig": ("retry_strategy", "step_semantics", "serdes"),
    "ChildConfig": ("serdes", "sub_type", "summary_generator", "is_virtual"),
    "ParallelConfig": (
        *("max_concurrency", "completion_config", "serdes", "item_serdes"),
        *("summary_generator", "nesting_type"),
    ),
    "MapConfig": (
        *("max_concurrency", "completion_config", "serdes", "item_serdes"),
        *("summary_generator", "nesting_type", "item_namer"),
    ),
    "InvokeConfig": ("serdes_payload", "serdes_result", "tenant_id"),
    "CallbackConfig": ("timeout", "heartbeat_timeout", "serdes"),
    "WaitForCallbackConfig": ("timeout", "heartbeat_timeout", "serdes", "retry_strategy"),
    "WaitForConditionConfig": ("wait_strategy", "initial_state", "serdes"),
    "WaitForConditionDecision": ("should_continue", "delay"),
    "WaitForConditionDecision.continue_waiting": ("delay",),
    "WaitStrategyConfig": (
        *("should_continue_polling", "max_attempts", "initial_delay", "max_delay"),
        *("backoff_rate", "jitter_strategy"),
    ),
    "RetryStrategyConfig": (
        *("max_attempts", "initial_delay", "max_delay", "backoff_rate", "jitter_strategy"),
        *("retryable_errors", "retryable_error_types"),
    ),
    "LinearRetryStrategyConfig": (
        *("max_attempts", "initial_delay", "increment", "max_delay", "jitter_strategy"),
        *("retryable_errors", "retryable_error_types"),
    ),
    "RetryPresets.fixed": ("interval",),
    "RetryDecision": ("should_retry", "delay"),
    "RetryDecision.retry": ("delay",),
    "WithRetryConfig": (
        *("retry_strategy", "wrap_with_run_in_child_context", "child_context_config"),
    ),
}

# Those of them, and of the operations, that want a Duration.
DURATION_PARAMETERS = frozenset(
    (
        *("duration", "timeout", "heartbeat_timeout", "initial_delay", "max_delay"),
        *("increment", "interval", "delay"),
    )
)

MAY_BE_NONE = frozenset(("interval",))

# How many seconds one unit of the number is that makes a Duration.
DURATION_UNITS = {
    "Duration": 1,
    "Duration.from_seconds": 1,
    "Duration.from_minutes": 60,
    "Duration.from_hours": 3_600,
    "Duration.from_days": 86_400,
}

# Which settings are functions that decide whether and when to try again; the SDK stores what they
# decide. That of WithRetryConfig is not among them: it runs again on every replay.
STRATEGIES = {
    "StepConfig": "retry_strategy",
    "WaitForCallbackConfig": "retry_strategy",
    "WaitForConditionConfig": "wait_strategy",
}

# Operations that take their name from a decorated body where none is given.
NAMED_BY_BODY = frozenset(("step", "run_in_child_context", "wait_for_callback", "map"))

# What asks for an outcome that was stored, and so may suspend or fail as an operation does.
CALLBACK_RESULT = "Callback().result"
GET_RESULTS = "BatchResult().get_results"
THROW_IF_ERROR = "BatchResult().throw_if_error"

# The errors by which an operation, or what asks for an outcome, fails to its caller, the usual one
# first; the others never fail that way.
RAISES: dict[str, tuple[str, ...]] = {
    "step": ("StepError",),
    "invoke": ("InvokeError",),
    "run_in_child_context": ("ChildContextError",),
    "with_retry": ("ChildContextError",),
    # Not for a branch that fails, but where its name or the result cannot be made.
    "map": ("ChildContextError",),
    "parallel": ("ChildContextError",),
    "wait_for_condition": ("WaitForConditionError",),
    "wait_for_callback": ("CallbackError", "ChildContextError"),
    CALLBACK_RESULT: ("CallbackError",),
    THROW_IF_ERROR: ("ChildContextError",),
}

ANY_OPERATION_ERROR = "DurableOperationError"

# The bases of the SDK's errors that tell which operation has failed.
OPERATION_ERRORS: dict[str, str] = {
    ANY_OPERATION_ERROR: "DurableExecutionsError",
    "StepError": ANY_OPERATION_ERROR,
    "InvokeError": ANY_OPERATION_ERROR,
    "ChildContextError": ANY_OPERATION_ERROR,
    "WaitForConditionError": ANY_OPERATION_ERROR,
    "CallbackError": ANY_OPERATION_ERROR,
    "CallbackExternalError": "CallbackError",
    "CallbackTimeoutError": "CallbackError",
    "CallbackSubmitterError": "CallbackError",
}

# What an operation raises to suspend the execution; not an `Exception`.
SUSPENSION = "SuspendExecution"
TIMED_SUSPENSION = "TimedSuspendExecution"

# Decorators whose result, when called, is a callable for an operation.
FACTORIES: dict[str, Role] = {
    "durable_step": Role.STEP,
    "durable_wait_for_callback": Role.SUBMITTER,
    "durable_with_child_context": Role.CHILD,
    "durable_parallel_branch": Role.BRANCH,
}

# `durable_parallel_branch(name=...)` is called before it decorates.
CALLED_FACTORIES = frozenset(("durable_parallel_branch",))

EXECUTION = "durable_execution"

# The method of a DurableContext, and of no other context, that tells whether the next operation
# was made by an earlier invocation.
IS_REPLAYING = f"{PACKAGE}.DurableContext().is_replaying"


def sdk_name(path: str) -> str | None:
    """Return the SDK's own name for a resolved path, whichever of its modules it came from.

    `aws_durable_execution_sdk_python.context.durable_step` is `durable_step`; None for paths
    outside of the SDK.
    """
    if not path.startswith(f"{PACKAGE}."):
        return None
    segments = path[len(PACKAGE) + 1 :].split(".")
    while len(segments) > 1 and segments[0].islower() and segments[0] in _MODULES:
        segments = segments[1:]
    return ".".join(segments)


_MODULES = frozenset(
    (
        "concurrency",
        "config",
        "context",
        "exceptions",
        "execution",
        "lambda_service",
        "logger",
        "models",
        "operation",
        "plugin",
        "retries",
        "serdes",
        "state",
        "types",
        "waits",
    )
)

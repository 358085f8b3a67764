"""Runs an example on the real SDK's local runner and reports what the execution did."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import os
import shutil
import sys
import tempfile
import threading
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from aws_durable_execution_sdk_python import SerDesError, durable_execution
from aws_durable_execution_sdk_python.serdes import deserialize
from aws_durable_execution_sdk_python_testing import DurableFunctionTestRunner
from aws_durable_execution_sdk_python_testing.exceptions import ResourceNotFoundException

from tests.cold_start import ColdHandler
from tests.counting import CallCounter
from tests.stand_in import StandIn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Handler = Callable[[Any, Any], Any]

TIMEOUT_SECONDS = 20
# On a busy machine a Python process takes seconds to import the SDK.
COLD_TIMEOUT_SECONDS = 120


@dataclass(frozen=True)
class Operation:
    """An operation as the execution's history holds it when the execution has ended."""

    name: str | None
    kind: str
    status: str
    result: object


@dataclass(frozen=True)
class Observation:
    """What one execution of an example did.

    `result` is the decoded JSON of the handler's result, `error` is "Type: message", `probes` is
    how often the probe was called over all invocations.
    """

    status: str
    result: object
    error: str | None
    invocations: int
    probes: int
    operations: tuple[Operation, ...]


def observe(files: Mapping[str, str], proof: Mapping[str, Any]) -> Observation:
    """Run an example on the SDK's local runner until its execution ends.

    `files` are its modules by relative path, the handler's being handler.py. `proof` is the
    page's [proof] table; of it are used here:

    event        the handler's input; `{server}` in it becomes the URL of a local HTTP server,
                 which answers everything and stands in for every AWS service as well
    probe        what to count, one or a list: a dotted function, `http` for requests to that
                 server, `operation:NAME` for operations of that name in the history
    callback     the JSON value that answers every callback once the execution waits
    cold         whether every invocation runs in a process of its own
    durable      what durable functions return that `context.invoke` can reach, by name
    plain        the same for plain Lambda functions
    files        texts of data files by relative path; the example runs in their folder
    environment  environment variables
    """
    with StandIn() as server, _workspace(files, proof, server.url) as folder:
        probe = proof.get("probe", [])
        probes = [probe] if isinstance(probe, str) else list(probe)
        special = [name for name in probes if name == "http" or name.startswith("operation:")]
        dotted = [name for name in probes if name not in special]
        handler: ColdHandler | _WarmHandler
        if proof.get("cold"):
            handler = ColdHandler(folder, dotted)
        else:
            handler = _WarmHandler(importlib.import_module("handler").handler, folder, dotted)
        event = json.dumps(proof.get("event", {})).replace("{server}", server.url)
        server.requests.clear()
        observation = _execute(handler, event, proof)
        made = [f"operation:{operation.name}" for operation in observation.operations]
        made += ["http"] * len(server.requests)
        return replace(observation, probes=handler.calls + sum(map(made.count, special)))


class _WarmHandler:
    """Stands for the handler of an example, in this process; `calls` is what it counted."""

    def __init__(self, handler: Handler, folder: Path, probes: Sequence[str]) -> None:
        self._handler = handler
        self._counter = CallCounter(probes, folder)

    @property
    def calls(self) -> int:
        return self._counter.calls

    def __call__(self, invocation: Any, lambda_context: Any) -> Any:
        with self._counter:
            return self._handler(invocation, lambda_context)


def _execute(handler: Handler, event: str, proof: Mapping[str, Any]) -> Observation:
    invocations = 0
    suspended = threading.Event()

    def invoked(invocation: Any, lambda_context: Any) -> Any:
        # Each invocation has an id of its own in Lambda; the runner repeats one.
        nonlocal invocations
        invocations += 1
        fresh = replace(
            lambda_context,
            aws_request_id=f"request-{invocations}",
            log_stream_name=f"stream-{invocations}",
        )
        suspended.clear()
        response = handler(invocation, fresh)
        if response.get("Status") == "PENDING":
            suspended.set()
        return response

    # A skipped clock would run a callback's timeout off before the answer can arrive.
    answers = "callback" in proof
    with DurableFunctionTestRunner(invoked, 0.02, skip_time=not answers) as runner:
        _register(runner, proof)
        arn = runner.run_async(input=event)
        done = threading.Event()
        if answers:
            answer = json.dumps(proof["callback"]).encode()
            threading.Thread(target=_answer, args=(runner, arn, answer, suspended, done)).start()
        try:
            limit = COLD_TIMEOUT_SECONDS if proof.get("cold") else TIMEOUT_SECONDS
            result = runner.wait_for_result(arn, timeout=limit)
        except TimeoutError as late:
            return Observation("RUNNING", None, str(late), invocations, 0, ())
        finally:
            done.set()
    error = None
    if result.error:
        error = f"{(result.error.type or '').rpartition('.')[2]}: {result.error.message}"
    operations = tuple(
        Operation(item.name, item.operation_type.name, item.status.name, _decoded(item))
        for item in sorted(result.get_all_operations(), key=_began)
    )
    return Observation(
        result.status.name,
        json.loads(result.result) if result.result else None,
        error,
        invocations,
        0,
        operations,
    )


def _began(operation: Any) -> float:
    start = operation.start_timestamp
    return start.timestamp() if start else 0.0


def _decoded(operation: Any) -> object:
    payload: str | None = getattr(operation, "result", None)
    if payload is None:
        return None
    try:
        value: object = deserialize(None, payload, operation.operation_id, "")
    except SerDesError:
        # A callback's answer, or what a serdes of the example's own has written.
        return payload
    return value


def _register(runner: DurableFunctionTestRunner, proof: Mapping[str, Any]) -> None:
    for name, value in proof.get("durable", {}).items():
        runner.register_durable_function(name, durable_execution(_returning(value)))
    for name, value in proof.get("plain", {}).items():
        runner.register_function(name, _returning(value))


def _returning(value: object) -> Callable[[Any, Any], object]:
    return lambda _event, _context: value


def _answer(
    runner: DurableFunctionTestRunner,
    arn: str,
    answer: bytes,
    suspended: threading.Event,
    done: threading.Event,
) -> None:
    answered: set[str] = set()
    while not done.wait(0.02):
        if not suspended.is_set():
            continue
        for event in runner.get_execution_history(arn).events:
            started = event.callback_started_details
            if started and started.callback_id and started.callback_id not in answered:
                answered.add(started.callback_id)
                # The execution may have ended meanwhile, with nobody left to answer.
                with contextlib.suppress(ResourceNotFoundException):
                    runner.send_callback_success(started.callback_id, answer)


@contextlib.contextmanager
def _workspace(files: Mapping[str, str], proof: Mapping[str, Any], server: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="proof-")).resolve()
    for name, text in {**files, **proof.get("files", {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    environment = {
        "AWS_ACCESS_KEY_ID": "stand-in",
        "AWS_SECRET_ACCESS_KEY": "stand-in",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": server,
        "AWS_MAX_ATTEMPTS": "1",
        "NO_PROXY": "127.0.0.1",
        **proof.get("environment", {}),
    }
    before = Path.cwd()
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        os.chdir(folder)
        with patch.dict(os.environ, environment), contextlib.redirect_stdout(io.StringIO()):
            yield folder
    finally:
        os.chdir(before)
        sys.path.remove(str(folder))
        for name, module in list(sys.modules.items()):
            if any(str(place).startswith(str(folder)) for place in _places(module)):
                del sys.modules[name]
        shutil.rmtree(folder, ignore_errors=True)


def _places(module: object) -> list[object]:
    # A namespace package has no file, only the folders it is made of.
    return [getattr(module, "__file__", None), *(getattr(module, "__path__", None) or ())]

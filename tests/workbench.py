"""Runs the examples on the SDK's local runner, against services on this machine."""

import importlib
import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pytest
from aws_durable_execution_sdk_python.lambda_service import InvocationStatus
from aws_durable_execution_sdk_python_testing.runner import (
    DurableFunctionTestResult,
    DurableFunctionTestRunner,
)

EXAMPLES = Path(__file__).parent.parent / "examples"

Reply = Callable[[dict[str, Any]], Any]


class RefusedError(Exception):
    """Raised by a reply: the service answers with this HTTP status instead of 200."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


@dataclass
class Services:
    """Every service at once: it notes what was asked and answers from `replies`.

    A call is named by its AWS operation (`PutItem`) or, failing that, by its path (`/payments`).
    What has no reply of its own is answered with an empty JSON object.
    """

    url: str
    replies: dict[str, Reply] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def sent(self, name: str) -> list[dict[str, Any]]:
        """Return the bodies of all calls of that name, in the order of their arrival."""
        return [body for called, body in self.calls if called == name]


@contextmanager
def running_services() -> Iterator[Services]:
    """Run the stand-in on a free port for as long as the block lasts."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            name = self.headers.get("X-Amz-Target", self.path).rpartition(".")[2]
            body: dict[str, Any] = json.loads(raw or b"{}")
            services.calls.append((name, body))
            try:
                reply = services.replies.get(name)
                status, answer = 200, reply(body) if reply else {}
            except RefusedError as refusal:
                status, answer = refusal.status, {}
            payload = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, *_: object) -> None:
            """Keep one line a request out of the test output."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    services = Services(url=f"http://127.0.0.1:{server.server_port}")
    # The default poll of half a second is what shutting down would wait for in every test.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield services
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def refuse(status: int) -> Callable[[dict[str, Any]], Any]:
    """Return a reply that refuses every call."""

    def reply(_: dict[str, Any]) -> Any:
        raise RefusedError(status)

    return reply


class Execution:
    """A local runner around one handler that counts how often the handler is called."""

    def __init__(self, handler: Callable[[Any, Any], Any]) -> None:
        self.invocations = 0

        def counted(event: Any, lambda_context: Any) -> Any:
            self.invocations += 1
            return handler(event, lambda_context)

        self.runner = DurableFunctionTestRunner(counted, poll_interval=0.01)
        self.ended: DurableFunctionTestResult | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.runner.close()

    def start(self, event: object) -> str:
        """Start an execution and return its ARN."""
        return self.runner.run_async(input=json.dumps(event), execution_timeout=30)

    def answer(self, arn: str, name: str, result: str) -> None:
        """Wait until the execution sleeps in `wait_for_callback(name=name)` and answer it."""
        callback = self.runner.wait_for_callback(arn, f"{name} create callback id", timeout=20)
        self.runner.send_callback_success(callback, result.encode())

    def end(self, arn: str) -> DurableFunctionTestResult:
        """Wait for the end of the execution and return it."""
        return self.runner.wait_for_result(arn, timeout=30)

    def run(self, event: object) -> DurableFunctionTestResult:
        """Run one execution from its start to its end."""
        return self.end(self.start(event))


def value(result: DurableFunctionTestResult) -> Any:
    """Return what a successful execution returned."""
    assert result.status is InvocationStatus.SUCCEEDED, result.error
    return json.loads(result.result or "null")


class Workbench:
    """The services, and a way to import an example as Lambda would."""

    def __init__(self, services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
        self.services = services
        self._monkeypatch = monkeypatch

    def load(self, folder: str, module: str = "handler") -> ModuleType:
        """Import a module of an example; the example's folder is the root of its code."""
        self._monkeypatch.syspath_prepend(str(EXAMPLES / folder))
        return importlib.import_module(module)


@contextmanager
def workbench(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[Workbench]:
    """Run the services and set the environment by which the examples find them.

    `folder` takes the files that they write. The examples' modules are forgotten at the end: each
    has a `handler`, and two have a package `orders`.
    """
    with running_services() as services:
        environment = {
            "ACCOUNTS_TABLE": "accounts",
            "ANSWER_URL": "https://answers.example.com/answer",
            "AUDIT_LOG": str(folder / "audit.log"),
            "AWS_ACCESS_KEY_ID": "none",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ENDPOINT_URL": services.url,
            "AWS_SECRET_ACCESS_KEY": "none",
            "COURIER_FUNCTION": "courier",
            "EXPENSES_TABLE": "expenses",
            "NO_PROXY": "127.0.0.1",
            "ORDERS_TABLE": "orders",
            "PAYMENTS_FUNCTION": "payments:live",
            "PAYMENTS_TABLE": "payments",
            "PRICES_FUNCTION": "prices",
            "REGISTRY_URL": services.url,
            "SENDER": "test@example.com",
            "SERVICES_URL": services.url,
            "TICKETS_FUNCTION": "tickets:7",
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "dont_write_bytecode", True)
        yield Workbench(services, monkeypatch)
    for name, module in list(sys.modules.items()):
        if (getattr(module, "__file__", None) or "").startswith(str(EXAMPLES)):
            del sys.modules[name]

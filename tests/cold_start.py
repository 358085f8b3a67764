"""Runs each invocation in a Python process of its own, as Lambda does after a cold start.

The process imports the handler afresh and has its own hash seed. It speaks to the runner's service
client over its standard streams: pickled requests out, pickled answers in.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import pickle
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from aws_durable_execution_sdk_python.execution import (
    DurableExecutionInvocationInput,
    DurableExecutionInvocationInputWithClient,
)

from tests.counting import CallCounter

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).parents[1]


class ColdHandler:
    """Stands for the handler of the example in `folder`; every call of it is a cold start."""

    def __init__(self, folder: Path, probes: Sequence[str]) -> None:
        self.calls = 0
        self._folder = folder
        self._probes = probes
        self._starts = 0

    def __call__(self, invocation: Any, lambda_context: Any) -> Any:
        self._starts += 1
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(self._folder), str(ROOT)]),
            "PYTHONHASHSEED": str(self._starts),
        }
        plain = DurableExecutionInvocationInput(
            durable_execution_arn=invocation.durable_execution_arn,
            checkpoint_token=invocation.checkpoint_token,
            initial_execution_state=invocation.initial_execution_state,
            updated_operation_ids=invocation.updated_operation_ids,
        )
        with subprocess.Popen(
            [sys.executable, "-m", "tests.cold_start"],
            cwd=self._folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            _send(process.stdin, (plain, lambda_context, str(self._folder), list(self._probes)))
            while True:
                request = pickle.load(process.stdout)
                if request[0] == "ended":
                    _, response, calls = request
                    self.calls += calls
                    return response
                _, method, arguments, keywords = request
                answer = getattr(invocation.service_client, method)(*arguments, **keywords)
                _send(process.stdin, answer)


class _RemoteClient:
    def __init__(self, incoming: IO[bytes], outgoing: IO[bytes]) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._one_at_a_time = threading.Lock()

    def __getattr__(self, method: str) -> Any:
        def call(*arguments: Any, **keywords: Any) -> Any:
            with self._one_at_a_time:
                _send(self._outgoing, ("asks", method, arguments, keywords))
                return pickle.load(self._incoming)

        return call


def _send(stream: IO[bytes], message: object) -> None:
    pickle.dump(message, stream)
    stream.flush()


def main() -> None:
    """Run one invocation that arrives on the standard input."""
    logging.disable(logging.CRITICAL)
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    invocation, lambda_context, folder, probes = pickle.load(incoming)
    client: Any = _RemoteClient(incoming, outgoing)
    # What the example prints must not come between the messages.
    with contextlib.redirect_stdout(sys.stderr):
        handler = importlib.import_module("handler").handler
        with CallCounter(probes, Path(folder)) as counter:
            response = handler(
                DurableExecutionInvocationInputWithClient.from_durable_execution_invocation_input(
                    invocation, client
                ),
                lambda_context,
            )
    _send(outgoing, ("ended", response, counter.calls))


if __name__ == "__main__":
    main()

"""Room for deep programs: a thread with a large stack and a high recursion limit."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

RECURSION_LIMIT = 10_000

# libcst's parser is native and recursive: the usual 8 MB end at some 3,000 chained operators, with
# a crash that nothing can catch. Only the part of a stack that is touched takes memory.
_STACK_BYTES = 256 * 1024 * 1024

T = TypeVar("T")


class _Deep(threading.Thread, Generic[T]):
    def __init__(self, work: Callable[[], T]) -> None:
        # A daemon, so that an interrupt of the main thread ends the program.
        super().__init__(daemon=True)
        self._work = work
        self.result: list[T] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result.append(self._work())
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
            self.error = error


def run_deep(work: Callable[[], T]) -> T:
    """Return what `work` returns, or raise what it raises, having run it on a deep stack."""
    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK_BYTES)
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    try:
        thread = _Deep(work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if thread.error is not None:
        raise thread.error
    return thread.result[0]

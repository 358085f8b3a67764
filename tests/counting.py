"""Counts the calls of some functions, Python or C, that an example makes while it runs."""

from __future__ import annotations

import importlib
import inspect
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import CodeType, FrameType


class CallCounter:
    """Counts calls of the functions named by dotted paths while the counter is entered.

    A call counts where the example's own code makes it: the SDK, its runner and the libraries
    read clocks and draw ids for themselves, too. A function that the example defines counts
    whoever calls it. Profiling sees C functions as well, which cannot be replaced on their
    types; a class counts by its `__init__`.
    """

    def __init__(self, dotted: Sequence[str], folder: Path) -> None:
        # Appending is atomic; the SDK runs an example on several threads.
        self._seen: list[str] = []
        self._probes = [_Probe(name, str(folder)) for name in dotted]

    @property
    def calls(self) -> int:
        """How many calls were counted so far."""
        return len(self._seen)

    def __enter__(self) -> Self:
        if self._probes:
            threading.setprofile(self._profile)
            sys.setprofile(self._profile)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)
        threading.setprofile(None)

    def _profile(self, frame: FrameType, event: str, argument: Any) -> None:
        for probe in self._probes:
            if (event == "call" and probe.is_called(frame)) or (
                event == "c_call" and probe.is_called_in(frame, argument)
            ):
                self._seen.append(event)


class _Probe:
    def __init__(self, dotted: str, folder: str) -> None:
        self._folder = folder
        self._own: tuple[str, str] | None = None
        self._code: CodeType | None = None
        self._receiver: object = None
        self._builtin: object = None
        target, module = _lookup(dotted)
        file = getattr(module, "__file__", None) or ""
        if file.startswith(folder):
            # The SDK's decorators hide the function; its code still has its name.
            self._own = (file, dotted.rpartition(".")[2])
            return
        if inspect.isclass(target):
            target = target.__init__
        if inspect.ismethod(target):
            self._receiver = target.__self__
        self._code = getattr(inspect.unwrap(target), "__code__", None)
        if self._code is None:
            self._builtin = target

    def is_called(self, frame: FrameType) -> bool:
        """Tell whether `frame` is a counted call of this Python function."""
        code = frame.f_code
        if self._own is not None:
            return (code.co_filename, code.co_name) == self._own
        return code is self._code and self._is_receiver(frame) and self._ours(frame.f_back)

    def is_called_in(self, frame: FrameType, function: object) -> bool:
        """Tell whether the C `function` that `frame` calls is this one, and counts."""
        return function == self._builtin and self._ours(frame)

    def _is_receiver(self, frame: FrameType) -> bool:
        if self._receiver is None:
            return True
        first = frame.f_code.co_varnames[0]
        return frame.f_locals.get(first) is self._receiver

    def _ours(self, caller: FrameType | None) -> bool:
        return caller is not None and caller.f_code.co_filename.startswith(self._folder)


def _lookup(dotted: str) -> tuple[Any, Any]:
    parts = dotted.split(".")
    for size in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:size]))
        except ModuleNotFoundError:
            continue
        target: Any = module
        for part in parts[size:]:
            # A function nested in another has no attribute; its module is enough to find it by.
            target = getattr(target, part, None)
        return target, module
    raise LookupError(f"no such function: {dotted}")

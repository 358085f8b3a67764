"""Whether what a template names as a function's handler is a durable one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from durable_lint.durable.plain_code import plain_interpreter
from durable_lint.durable.shapes import Handler
from durable_lint.program.modules.project import Project
from durable_lint.program.values.shapes import Function
from durable_lint.program.values.values import Value


class PythonHandlers:
    """Answers for the Python files of a project.

    `entry_points` are what the settings name besides the SDK's decorator; `mentions` tells from a
    file's bytes whether it can hold a durable handler.
    """

    def __init__(
        self, project: Project, entry_points: frozenset[str], mentions: Callable[[Path], bool]
    ) -> None:
        self._project = project
        self._mentions = mentions
        self._interpreter = plain_interpreter(project, entry_points)

    def may_be_durable(self, file: Path) -> bool:
        """Tell, without opening it as Python, whether a file can hold a durable handler."""
        return self._mentions(file)

    def is_durable(self, file: Path, name: str) -> bool | None:
        """Tell whether `name` in `file` is a durable handler; None if it cannot be told."""
        module = self._project.load(file)
        value = self._interpreter.member(module, name) if module is not None else None
        return _is_durable(value) if value is not None else None


def _is_durable(value: Value) -> bool | None:
    if value.open or not value.shapes:
        return None
    if all(isinstance(shape, Handler) for shape in value.shapes):
        return True
    # What an unknown decorator makes of a function may well be durable.
    plain = [isinstance(shape, Function) and not shape.decorators for shape in value.shapes]
    return False if all(plain) else None

"""Which files are worth an analysis, decided by their bytes and by what else the project holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from durable_lint import needles
from durable_lint.settings import Settings
from durable_lint.survey import Survey

_OF_TEMPLATES = frozenset(("LDF503", "LDF505"))
_OF_CLIENTS = frozenset(("LDF502", "LDF503"))
_OF_STACKS = frozenset(("LDF503", "LDF504"))


def concerns(
    path: Path, data: bytes, settings: Settings, on: frozenset[str], survey: Callable[[], Survey]
) -> bool:
    """Tell whether a file with these bytes may have a finding of the rules that are `on` for it.

    `survey` is asked only about files that call AWS or belong to a CDK app: what they do matters
    where the project deploys durable functions.
    """
    if not needles.is_python(path, data):
        return bool(on & _OF_TEMPLATES) and needles.is_template(path, data)
    if mentions_durable_functions(data, settings):
        return True
    if on & _OF_CLIENTS and needles.invokes(data) and survey().has_durable_functions:
        return True
    if on & _OF_STACKS and needles.is_stack(data):
        return needles.is_durable_stack(data) or survey().has_durable_stacks
    return False


def mentions_durable_functions(data: bytes, settings: Settings) -> bool:
    """Tell whether the code of a Python file can itself speak of durable functions."""
    return needles.starts_executions(data) or any(word in data for word in settings.needles())

"""The keys that settings may have, and how each is checked; errors carry their file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from durable_lint.catalogue import NameEntry, name_entry
from durable_lint.findings import Severity
from durable_lint.output import FORMATS
from durable_lint.problems import ProblemError, suggestion


class SettingsError(ProblemError):
    """A settings file cannot be used."""


@dataclass(frozen=True, slots=True)
class Place:
    """A settings file and its text, to say where a key stands."""

    file: Path
    text: str

    def error(self, key: str, message: str) -> SettingsError:
        """Return the error to raise about `key`, with the file and, where it is found, the line."""
        return SettingsError(message, self.file, self._row(key))

    def _row(self, key: str) -> int | None:
        name = re.escape(key)
        quoted = rf"""["']?{name}["']?"""
        written = re.compile(
            rf"[ \t]*{quoted}[ \t]*[=.]"  # key = ..., key.sub = ...
            rf"|[ \t]*\[(?:.*\.)?{quoted}\]"  # [table.key]
            rf"|.*[{{,][ \t]*{quoted}[ \t]*="  # table = {{ key = ... }}
        )
        ours = self.file.name != "pyproject.toml"
        for row, line in enumerate(self.text.splitlines(), start=1):
            if line.lstrip().startswith("[") and self.file.name == "pyproject.toml":
                ours = "durable-lint" in line
            if ours and written.match(line):
                return row
        return None


def read_keys(table: Mapping[str, Any], place: Place) -> dict[str, Any]:
    """Return the checked values of a settings table under their names in `Settings`.

    Raises SettingsError for an unknown key (with a suggestion) and for a value of the wrong type.
    """
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in KEYS:
            close = suggestion(key, KEYS)
            hint = f"; did you mean {close}?" if close else ""
            raise place.error(key, f"unknown setting {key!r}{hint}")
        expected, check = KEYS[key]
        try:
            values[key.replace("-", "_")] = check(value)
        except (TypeError, ValueError) as error:
            detail = f" ({error})" if str(error) else ""
            raise place.error(key, f"{key} must be {expected}{detail}") from error
    return values


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(_text(item) for item in value)


def _texts_by_pattern(value: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise TypeError
    return {_text(key): _texts(item) for key, item in value.items()}


def _choice(*choices: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if value not in choices:
            raise ValueError
        return _text(value)

    return check


def _severity(value: object) -> Severity:
    return Severity(_text(value))


def _names(value: object) -> dict[str, tuple[str | None, NameEntry | None]]:
    if not isinstance(value, dict):
        raise TypeError
    return {_text(key): _name(key, item) for key, item in value.items()}


def _name(key: str, value: object) -> tuple[str | None, NameEntry | None]:
    if len(re.findall(r"\*+", key)) > _MOST_WILDCARDS:
        raise ValueError(f"{key!r} has more than {_MOST_WILDCARDS} wildcards")
    match value:
        case False:
            return (None, None)
        case str():
            return (value, NameEntry(_LISTED))
        case {"rule": str(rule), **rest}:
            return (rule, name_entry(key, {"why": _LISTED, **rest}))
    raise ValueError(f"the row {key!r}")


# Matching takes time that grows with the power of their number.
_MOST_WILDCARDS = 3
_LISTED = "is listed in the settings"
_TEXTS = "a list of strings"

KEYS: Mapping[str, tuple[str, Callable[[object], object]]] = {
    "select": (_TEXTS, _texts),
    "extend-select": (_TEXTS, _texts),
    "ignore": (_TEXTS, _texts),
    "exclude": (_TEXTS, _texts),
    "extend-exclude": (_TEXTS, _texts),
    "per-file-ignores": ("a table of lists of strings", _texts_by_pattern),
    "respect-gitignore": ("true or false", _flag),
    "force-exclude": ("true or false", _flag),
    "extend": ("a path", _text),
    "src": (_TEXTS, _texts),
    "names": (
        "a table whose values are a rule, {rule, why, unless-argument} or false",
        _names,
    ),
    "step-wrappers": (_TEXTS, _texts),
    "entry-points": (_TEXTS, _texts),
    "on-demand-functions": (_TEXTS, _texts),
    "operations": ('"versioned" or "frozen"', _choice("versioned", "frozen")),
    "fail-on": ('"error" or "warning"', _severity),
    "output-format": (f"one of {', '.join(FORMATS)}", _choice(*FORMATS)),
}

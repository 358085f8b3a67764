"""Library code that calculates with data: it raises Python's own exceptions and no others."""

from __future__ import annotations

import builtins
import re

# Builtins that run or fetch what nobody sees.
_OPEN_ENDED = frozenset(("exec", "eval", "compile", "__import__", "open", "input", "breakpoint"))

_MODULES = frozenset(
    (
        *("abc", "base64", "binascii", "bisect", "calendar", "cmath", "collections", "contextlib"),
        *("copy", "dataclasses", "datetime", "decimal", "difflib", "enum", "fractions"),
        *("functools", "hashlib", "heapq", "hmac", "html", "itertools", "json", "logging"),
        *("math", "numbers", "operator", "random", "re", "secrets", "statistics", "string"),
        *("struct", "textwrap", "time", "traceback", "types", "typing", "unicodedata", "uuid"),
        "zoneinfo",
    )
)

# Of these modules, what runs or opens what it was given.
_ELSEWHERE = ("contextlib.ExitStack", "contextlib.AsyncExitStack", "contextlib.closing")


def calculates(path: str) -> bool:
    """Tell whether a member of a library, by its resolved path, only calculates."""
    head = re.split(r"[.(\[]", path, maxsplit=1)[0]
    if hasattr(builtins, head):
        return head not in _OPEN_ENDED
    return head in _MODULES and not path.startswith(_ELSEWHERE)

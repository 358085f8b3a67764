"""Text to tree, or one sentence and a place that say why not; never a crash.

libcst's parser is native code that recurses without a check, so what CPython itself calls nested
too deeply is refused before the parser sees it.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
import warnings

import libcst as cst

from durable_lint.findings import Position
from durable_lint.source import Source

# CPython's tokenizer gives up at the same depth, so no file that runs is refused.
MAX_BRACKETS = 200

_STRING_COMMENT_OR_BRACKET = re.compile(
    r'"""(?:[^\\]|\\.)*?"""'
    r"|'''(?:[^\\]|\\.)*?'''"
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|'(?:[^'\\\n]|\\.)*'"
    r"|#[^\n]*"
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])",
    re.DOTALL,
)


class UnreadableError(Exception):
    """A file cannot be parsed; the message says why and `position` says where."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.position = position


def parse(source: Source) -> cst.Module:
    """Return the tree of `source`.

    Raises UnreadableError for a syntax error, for nesting that Python refuses too, and for what
    Python accepts and libcst does not.
    """
    _refuse_null_bytes(source)
    _refuse_deep_brackets(source)
    refusal = _python_refusal(source)
    try:
        return cst.parse_module(source.text)
    except cst.ParserSyntaxError as error:
        if refusal is not None:
            raise refusal from error
        version = importlib.metadata.version("libcst")
        raise UnreadableError(
            "Python accepts this file, but the parser of durable-lint does not "
            f"(libcst {version}: {_first_line(error.message)})",
            Position(error.raw_line, error.raw_column + 1),
        ) from error
    except RecursionError as error:
        raise UnreadableError("nested too deeply to be analysed", Position(1, 1)) from error


def _refuse_null_bytes(source: Source) -> None:
    place = source.text.find("\0")
    if place >= 0:
        raise UnreadableError("the file contains a null byte", source.position(place))


def _refuse_deep_brackets(source: Source) -> None:
    text = source.text
    if sum(map(text.count, "([{")) <= MAX_BRACKETS:
        return
    depth = 0
    for match in _STRING_COMMENT_OR_BRACKET.finditer(text):
        if match["open"]:
            depth += 1
        elif match["close"]:
            depth -= 1
        if depth > MAX_BRACKETS:
            raise UnreadableError(
                f"more than {MAX_BRACKETS} brackets are nested here, which Python refuses too",
                source.position(match.start()),
            )


def _python_refusal(source: Source) -> UnreadableError | None:
    """Return how the running Python refuses the text, None where it accepts it.

    Raises UnreadableError where Python gives up on the depth of the text.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(source.text, str(source.path), "exec", dont_inherit=True)
    except SyntaxError as error:
        row = min(max(error.lineno or 1, 1), source.line_count)
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        return UnreadableError(
            f"syntax error: {error.msg} (read as Python {version})",
            Position(row, max(error.offset or 1, 1)),
        )
    except (RecursionError, MemoryError) as error:
        raise UnreadableError(
            "nested too deeply: Python refuses this file too", Position(1, 1)
        ) from error
    except ValueError as error:
        return UnreadableError(str(error), Position(1, 1))
    return None


def _first_line(message: str) -> str:
    return message.split("\n", 1)[0].strip()

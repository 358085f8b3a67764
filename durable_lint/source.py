"""Bytes to text and back: encoding, byte-order mark, newlines, and the table of line starts."""

from __future__ import annotations

import codecs
import io
import re
import tokenize
from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from durable_lint.findings import Position, Span

_NEWLINE = re.compile(r"\r\n?|\n")


class UndecodableError(Exception):
    """A file's bytes are not text in the encoding that the file declares."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True)
class Source:
    """One decoded file; `text` keeps its newlines and has no byte-order mark."""

    path: Path
    text: str
    encoding: str = "utf-8"
    bom: bool = False

    @classmethod
    def decode(cls, path: Path, data: bytes) -> Source:
        """Decode `data` as Python would (BOM, coding cookie, UTF-8).

        Raises UndecodableError for an unknown encoding or bytes outside of it.
        """
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        except SyntaxError as error:
            # Where nothing is declared, the byte that is not UTF-8 is what the reader looks for.
            cls._decode(path, data, "utf-8")
            raise UndecodableError(str(error.msg), Position(1, 1)) from error
        bom = data.startswith(codecs.BOM_UTF8)
        if bom:
            data = data[len(codecs.BOM_UTF8) :]
            encoding = "utf-8"
        return replace(cls._decode(path, data, encoding), bom=bom)

    @classmethod
    def _decode(cls, path: Path, data: bytes, encoding: str) -> Source:
        try:
            return cls(path, data.decode(encoding), encoding)
        except LookupError as error:
            raise UndecodableError(str(error), Position(1, 1)) from error
        except UnicodeDecodeError as error:
            before = data[: error.start].decode(encoding, errors="replace")
            place = cls(path, before).position(len(before))
            message = f"byte 0x{data[error.start]:02x} is not {encoding}"
            raise UndecodableError(message, place) from error

    def encode(self, text: str) -> bytes:
        """Return `text` as bytes in this file's encoding, with its byte-order mark.

        Raises UnicodeEncodeError where the encoding lacks a character.
        """
        return (codecs.BOM_UTF8 if self.bom else b"") + text.encode(self.encoding)

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in _NEWLINE.finditer(self.text))]

    @cached_property
    def newline(self) -> str:
        """The newline that the file uses first, a line feed where it has none."""
        match = _NEWLINE.search(self.text)
        return match.group() if match else "\n"

    @property
    def line_count(self) -> int:
        """How many lines the file has, an empty last one included."""
        return len(self._line_starts)

    def offset(self, position: Position) -> int:
        """Return the 0-based offset in `text` of a 1-based position."""
        return self._line_starts[position.row - 1] + position.column - 1

    def position(self, offset: int) -> Position:
        """Return the 1-based position of a 0-based offset in `text`."""
        row = bisect_right(self._line_starts, offset)
        return Position(row, offset - self._line_starts[row - 1] + 1)

    def line(self, row: int) -> str:
        """Return the text of a 1-based row without its newline; empty beyond the end."""
        if not 1 <= row <= len(self._line_starts):
            return ""
        start = self._line_starts[row - 1]
        end = self._line_starts[row] if row < len(self._line_starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def segment(self, span: Span) -> str:
        """Return the text between the two ends of `span`."""
        return self.text[self.offset(span.start) : self.offset(span.end)]

"""The files of a run as they are, or as they were given or mended; each is read once."""

from __future__ import annotations

from pathlib import Path

from durable_lint.source import Source, UndecodableError
from durable_lint.suppressions import Suppressions


class Texts:
    """Bytes and decoded texts by absolute path."""

    def __init__(self) -> None:
        self._data: dict[Path, bytes] = {}
        self._sources: dict[Path, Source | None] = {}
        self._suppressions: dict[Path, tuple[Source, Suppressions]] = {}

    def give(self, path: Path, data: bytes) -> None:
        """Use these bytes for a file, whatever the disk says."""
        self._data[path] = data

    def replace(self, source: Source) -> None:
        """Use this text for its file from now on."""
        self._sources[source.path] = source

    def read(self, path: Path) -> bytes:
        """Return a file's bytes, which are not kept; raises OSError."""
        return self._data[path] if path in self._data else path.read_bytes()

    def decode(self, path: Path) -> Source:
        """Return the text of a file; raises OSError, and UndecodableError where it is no text."""
        source = self._sources.get(path)
        if source is None:
            source = self._sources[path] = Source.decode(path, self.read(path))
        return source

    def source(self, path: Path) -> Source | None:
        """Return the text of a file, None where it cannot be had."""
        if path not in self._sources:
            try:
                return self.decode(path)
            except (OSError, UndecodableError):
                self._sources[path] = None
        return self._sources[path]

    def suppressions(self, source: Source) -> Suppressions:
        """Return the suppressions of a text, which are looked for once."""
        known = self._suppressions.get(source.path)
        if known is None or known[0] is not source:
            known = (source, Suppressions.of(source))
            self._suppressions[source.path] = known
        return known[1]

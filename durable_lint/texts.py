"""The files of a run as they are, or as they were given or mended; each is read once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from durable_lint.needles import PYTHON_SUFFIX, TEMPLATE_SUFFIXES, is_template
from durable_lint.source import Source, UndecodableError
from durable_lint.suppressions import Suppressions

if TYPE_CHECKING:
    from durable_lint.templates.model import Template, TemplateError


class Texts:
    """Bytes and decoded texts by absolute path."""

    def __init__(self) -> None:
        self._data: dict[Path, bytes] = {}
        self._sources: dict[Path, Source | None] = {}
        self._suppressions: dict[Path, tuple[Source, Suppressions]] = {}
        self._is_template: dict[Path, bool] = {}
        self._templates: dict[Path, tuple[Source, Template | TemplateError | None]] = {}

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
            known = (source, self._find_suppressions(source))
            self._suppressions[source.path] = known
        return known[1]

    def _find_suppressions(self, source: Source) -> Suppressions:
        named = source.path.suffix in TEMPLATE_SUFFIXES
        if not named and not self.is_template(source.path):
            return Suppressions.of(source)
        template = self.template(source)
        comments = () if template is None or isinstance(template, Exception) else template.comments
        return Suppressions.of_comments(source, comments)

    def is_template(self, path: Path) -> bool:
        """Tell whether a file is to be read as a template rather than as Python."""
        if path.suffix == PYTHON_SUFFIX:
            return False
        if path not in self._is_template:
            try:
                self._is_template[path] = is_template(path, self.read(path))
            except OSError:
                return False
        return self._is_template[path]

    def template(self, source: Source) -> Template | TemplateError | None:
        """Return the template in a text, or why it cannot be read; None for another document."""
        # The parser of YAML is loaded only if a file turns up that may be a template.
        from durable_lint.templates.model import TemplateError, read_template

        known = self._templates.get(source.path)
        if known is None or known[0] is not source:
            try:
                known = (source, read_template(source))
            except TemplateError as error:
                known = (source, error)
            self._templates[source.path] = known
        return known[1]

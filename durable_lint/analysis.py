"""One file to its findings: read, pre-filter, decode, walk, check. Whatever fails, fails alone."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from pathlib import Path

from durable_lint.catalogue import Catalogue
from durable_lint.checks import run
from durable_lint.durable.effects import NamesTable
from durable_lint.durable.walk import Vocabulary, walk
from durable_lint.files import mentions, project_root
from durable_lint.findings import Finding, Position, Span
from durable_lint.inspection import Inspection
from durable_lint.problems import Complain, Problem
from durable_lint.program.module import Module
from durable_lint.program.project import Project
from durable_lint.settings import Resolver, Settings
from durable_lint.source import Source, UndecodableError
from durable_lint.suppressions import Suppressions

UNREADABLE = "LDF900"


class Analysis:
    """Reads files once, keeps the projects they belong to, and yields raw findings.

    `complain` is told of what kept a file from being analysed and is not the file's own defect.
    `given` has the bytes of files that are not to be read from the disk.
    """

    def __init__(self, rules: Catalogue, settings: Resolver, complain: Complain) -> None:
        self._rules = rules
        self._settings = settings
        self._complain = complain
        self._projects: dict[tuple[Path, tuple[Path, ...]], Project] = {}
        self._read: dict[Path, Source | None] = {}
        self.given: dict[Path, bytes] = {}
        self._suppressions: dict[Path, tuple[Source, Suppressions]] = {}
        self._vocabularies: dict[object, Vocabulary] = {}
        self.concerned: set[Path] = set()

    def replace(self, source: Source) -> None:
        """Use this text for its path from now on, whatever the disk says."""
        self._read[source.path] = source
        self._project(source.path).add(source)

    def source(self, path: Path) -> Source | None:
        """Return the text of a file, None where it cannot be had."""
        if path not in self._read:
            try:
                self._read[path] = Source.decode(path, self._bytes(path))
            except (OSError, UndecodableError):
                self._read[path] = None
        return self._read[path]

    def findings(self, path: Path, codes: frozenset[str]) -> Iterator[Finding]:
        """Yield what the walk from `path` finds, wherever it lies, of the rules `codes`."""
        settings = self._settings.for_file(path)
        try:
            source = self._concerning(path, settings)
        except UndecodableError as error:
            self.concerned.add(path)
            yield self._unreadable(path, str(error), error.position)
            return
        if source is None:
            return
        self.concerned.add(path)
        project = self._project(path)
        yield from self._walk(project, path, settings, codes)
        for broken, reason in project.unreadable.items():
            yield self._unreadable(broken, str(reason), reason.position)

    def _concerning(self, path: Path, settings: Settings) -> Source | None:
        """Return the text of a file that mentions what we look for, None for any other."""
        source = self._read.get(path)
        if source is not None:
            return source if mentions(source.text.encode(), settings.needles()) else None
        try:
            data = self._bytes(path)
        except OSError as error:
            self._complain(Problem(error.strerror or str(error), path))
            return None
        if not mentions(data, settings.needles()):
            return None
        source = Source.decode(path, data)
        self.replace(source)
        return source

    def _walk(
        self, project: Project, path: Path, settings: Settings, codes: frozenset[str]
    ) -> Iterator[Finding]:
        module = project.load(path)
        if module is None:
            return
        rules = {code: self._rules.rule(code) for code in codes}
        try:
            walked = walk(project, module, self._vocabulary(settings))
            yield from run(Inspection(walked, rules, self._silenced))
        except RecursionError:
            yield self._unreadable(path, "nested too deeply to be analysed", Position(1, 1))
        except Exception as error:  # noqa: BLE001 - the other files must get their findings
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(frame.filename).name}:{frame.lineno}"
            what = f"internal error: {type(error).__name__}: {error} ({place}); please report it"
            self._complain(Problem(what, path))

    def suppressions(self, source: Source) -> Suppressions:
        """Return the suppressions of a text, read once."""
        known = self._suppressions.get(source.path)
        if known is None or known[0] is not source:
            known = (source, Suppressions.of(source))
            self._suppressions[source.path] = known
        return known[1]

    def _silenced(self, code: str, module: Module, row: int) -> bool:
        name = self._rules.names[code]
        return self.suppressions(module.source).match(code, name, row) is not None

    def _vocabulary(self, settings: Settings) -> Vocabulary:
        house = tuple(settings.names.items())
        key = (house, settings.step_wrappers, settings.entry_points, settings.on_demand_functions)
        if key not in self._vocabularies:
            rows = [
                (rule.code, pattern, entry)
                for rule in self._rules.rules
                for pattern, entry in rule.names.items()
            ]
            rows += [(name.code, pattern, name.entry) for pattern, name in house]
            self._vocabularies[key] = Vocabulary(
                NamesTable(rows),
                frozenset(settings.step_wrappers),
                frozenset(settings.entry_points),
                settings.on_demand_functions,
            )
        return self._vocabularies[key]

    def _bytes(self, path: Path) -> bytes:
        return self.given[path] if path in self.given else path.read_bytes()

    def _project(self, path: Path) -> Project:
        key = (project_root(path), self._settings.for_file(path).src)
        if key not in self._projects:
            self._projects[key] = Project(*key)
        return self._projects[key]

    def _unreadable(self, path: Path, message: str, position: Position) -> Finding:
        name = self._rules.names[UNREADABLE]
        return Finding(UNREADABLE, name, message, path, Span(position, position))

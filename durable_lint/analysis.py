"""One file to its findings: decode, walk, check. Whatever fails, fails alone."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from durable_lint.catalogue import Catalogue
from durable_lint.checks import run
from durable_lint.durable.effects import NamesTable
from durable_lint.durable.walk import Vocabulary, walk
from durable_lint.files import project_root
from durable_lint.findings import Finding, Position, Span
from durable_lint.inspection import Inspection
from durable_lint.problems import Complain, Problem
from durable_lint.program.module import Module
from durable_lint.program.parse import UnreadableError, parse
from durable_lint.program.project import Project
from durable_lint.settings import Resolver, Settings
from durable_lint.source import Source, UndecodableError
from durable_lint.texts import Texts

UNREADABLE = "LDF900"


class Analysis:
    """Keeps the projects that files belong to, and yields raw findings.

    `complain` is told of what kept a file from being analysed and is not the file's own defect.
    """

    def __init__(
        self, rules: Catalogue, settings: Resolver, texts: Texts, complain: Complain
    ) -> None:
        self._rules = rules
        self._settings = settings
        self._texts = texts
        self._complain = complain
        self._projects: dict[tuple[Path, tuple[Path, ...]], Project] = {}
        self._added: set[tuple[Project, Path]] = set()
        self._vocabularies: dict[object, Vocabulary] = {}

    def findings(self, path: Path, codes: frozenset[str]) -> Iterator[Finding]:
        """Yield what the walk from `path` finds, wherever it lies, of the rules `codes`."""
        project = self._project(path)
        try:
            if (project, path) not in self._added:
                project.add(self._texts.decode(path))
                self._added.add((project, path))
        except UndecodableError as error:
            yield self._unreadable(path, str(error), error.position)
            return
        except OSError as error:
            self._complain(Problem(error.strerror or str(error), path))
            return
        if (module := project.load(path)) is not None:
            yield from self._walk(project, module, codes)
        for broken, reason in project.unreadable.items():
            yield self._unreadable(broken, str(reason), reason.position)

    def mend(self, source: Source) -> str | None:
        """Use this text for its file from now on; if it cannot be parsed, return why instead."""
        try:
            parse(source)
        except UnreadableError as error:
            return str(error)
        self._texts.replace(source)
        for project in self._projects.values():
            project.add(source)
        return None

    def _walk(self, project: Project, module: Module, codes: frozenset[str]) -> Iterator[Finding]:
        rules = {code: self._rules.rule(code) for code in codes}
        vocabulary = self._vocabulary(self._settings.for_file(module.path))
        try:
            inspection = Inspection(walk(project, module, vocabulary), rules, self._silenced)
        except RecursionError:
            reason = "nested too deeply to be analysed"
            yield self._unreadable(module.path, reason, Position(1, 1))
        except Exception as error:  # noqa: BLE001 - the other files must get their findings
            self._failed(module.path, error)
        else:
            yield from run(inspection, partial(self._failed, module.path))

    def _failed(self, path: Path, error: Exception) -> None:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        what = f"internal error: {type(error).__name__}: {error} ({place}); please report it"
        self._complain(Problem(what, path))

    def _silenced(self, code: str, module: Module, row: int) -> bool:
        name = self._rules.names[code]
        return self._texts.suppressions(module.source).match(code, name, row) is not None

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

    def _project(self, path: Path) -> Project:
        key = (project_root(path), self._settings.for_file(path).src)
        if key not in self._projects:
            self._projects[key] = Project(*key)
        return self._projects[key]

    def _unreadable(self, path: Path, message: str, position: Position) -> Finding:
        name = self._rules.names[UNREADABLE]
        return Finding(UNREADABLE, name, message, path, Span(position, position))

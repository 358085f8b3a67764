"""One file to its findings: decode, walk, check. Whatever fails, fails alone."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from functools import cached_property, partial
from pathlib import Path

from durable_lint.catalogue import Catalogue
from durable_lint.checks import run
from durable_lint.concerns import mentions_durable_functions
from durable_lint.deployments import Deployments
from durable_lint.durable.checkpoints.storage import Result, results_table
from durable_lint.durable.effects import NamesTable
from durable_lint.durable.flow.coverage import Coverage
from durable_lint.durable.paths import PathTable
from durable_lint.durable.sdk import PACKAGE
from durable_lint.durable.walk import Vocabulary, Walk, walk
from durable_lint.findings import Finding, Position, Span
from durable_lint.inspection import Inspection
from durable_lint.problems import Complain, Problem
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.parse import UnreadableError, parse
from durable_lint.program.modules.project import Project
from durable_lint.settings import Settings
from durable_lint.source import Source, UndecodableError
from durable_lint.survey import Surveys
from durable_lint.workspaces import layout

UNREADABLE = "LDF900"


class Analysis:
    """Keeps the projects that files belong to, and yields raw findings.

    `complain` is told of what kept a file from being analysed and is not the file's own defect,
    `note` of a template that cannot be read and of a program that is too large. `coverage` counts
    what was walked since somebody last set it.
    """

    def __init__(
        self,
        rules: Catalogue,
        surveys: Surveys,
        complain: Complain,
        note: Complain,
    ) -> None:
        self._rules = rules
        self._settings = surveys.settings
        self._texts = surveys.texts
        self._surveys = surveys
        self._complain = complain
        self._note = note
        self._projects: dict[tuple[Path, tuple[Path, ...]], Project] = {}
        self._added: set[tuple[Project, Path]] = set()
        self._vocabularies: dict[object, Vocabulary] = {}
        self.coverage = Coverage()

    def findings(self, path: Path, codes: frozenset[str]) -> Iterator[Finding]:
        """Yield what the walk from `path` finds, wherever it lies, of the rules `codes`.

        A template is not walked, but read.
        """
        if self._texts.is_template(path):
            found = self._deployments.findings(path, partial(self._failed, path))
            yield from (finding for finding in found if finding.code in codes)
            return
        speaks = self._speaks_of_durable_functions(path)
        project = self._project(path) if speaks else self._deployments.project(path)
        # What keeps other code from being read is not for us to say.
        python = self._python(project, path, codes)
        yield from (finding for finding in python if speaks or finding.code != UNREADABLE)

    def _speaks_of_durable_functions(self, path: Path) -> bool:
        try:
            data = self._texts.read(path)
        except OSError:
            return True
        return mentions_durable_functions(data, self._settings.for_file(path))

    def _python(self, project: Project, path: Path, codes: frozenset[str]) -> Iterator[Finding]:
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
        if self._texts.is_template(source.path):
            broken = self._texts.template(source)
            if isinstance(broken, Exception):
                return str(broken)
        else:
            try:
                parse(source)
            except UnreadableError as error:
                return str(error)
            for project in self._projects.values():
                project.add(source)
        self._texts.replace(source)
        self._deployments.use(source)
        return None

    def _walk(self, project: Project, module: Module, codes: frozenset[str]) -> Iterator[Finding]:
        rules = {code: self._rules.rule(code) for code in codes}
        vocabulary = self._vocabulary(self._settings.for_file(module.path))
        try:
            walked = walk(project, module, vocabulary)
            self.coverage.add(walked)
            self._tell_of_size(walked)
            inspection = Inspection(
                walked,
                rules,
                self._silenced,
                self._deployments.evidence(module.path),
            )
        except RecursionError:
            reason = "nested too deeply to be analysed"
            yield self._unreadable(module.path, reason, Position(1, 1))
        except Exception as error:  # noqa: BLE001 - the other files must get their findings
            self._failed(module.path, error)
        else:
            yield from run(inspection, partial(self._failed, module.path))

    def _tell_of_size(self, walked: Walk) -> None:
        for frame, node in walked.interpreter.unfollowed:
            row = frame.module.span(node).start.row
            what = "the program is too large to be followed to its end; this call is the first that"
            self._note(Problem(f"{what} was not followed", frame.module.path, row))
            return

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
                tuple(settings.names),
                self._rules.rule("LDF502").tables["calls"],
                self._rules.rule("LDF504").tables,
                self._results,
                {
                    code: PathTable(self._rules.rule(code).tables["objects"].items())
                    for code in ("LDF206", "LDF207")
                },
            )
        return self._vocabularies[key]

    @cached_property
    def _results(self) -> PathTable[Result]:
        return results_table(self._rules.rules)

    def _project(self, path: Path) -> Project:
        key = layout(path, self._settings.for_file(path))
        if key not in self._projects:
            self._projects[key] = Project(*key, self._libraries, self._texts.decode)
        return self._projects[key]

    @cached_property
    def _libraries(self) -> frozenset[str]:
        return self._rules.libraries | {PACKAGE}

    @cached_property
    def _deployments(self) -> Deployments:
        return Deployments(self._rules, self._surveys, self._note, self._libraries)

    def _unreadable(self, path: Path, message: str, position: Position) -> Finding:
        name = self._rules.names[UNREADABLE]
        return Finding(UNREADABLE, name, message, path, Span(position, position))

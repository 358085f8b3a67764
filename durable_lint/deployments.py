"""What the projects of a run deploy: their templates with findings, and evidence for their Python.

Everything is read when it is first asked for, and read again after a file was mended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from durable_lint.catalogue import Catalogue
from durable_lint.checks import run_on_template
from durable_lint.durable.deployment.cdk import Stacks
from durable_lint.durable.deployment.deployment import Deployment
from durable_lint.durable.deployment.evidence import Deployed, Evidence, deployed_by_template
from durable_lint.durable.deployment.handlers import PythonHandlers
from durable_lint.durable.deployment.invokers import Invokers
from durable_lint.durable.deployment.stack_evidence import deployed_by_stacks
from durable_lint.durable.plain_code import plain_interpreter, run_plainly
from durable_lint.findings import Finding
from durable_lint.problems import Complain, Problem
from durable_lint.program.modules.project import Project
from durable_lint.settings import Settings
from durable_lint.source import Source, UndecodableError
from durable_lint.survey import Survey, Surveys
from durable_lint.templates.model import Template
from durable_lint.workspaces import layout

MAX_TEMPLATES = 200
MAX_STACKS = 200
MAX_FRAMES = 4_000


class _Surroundings:
    """One project: its files, its code, and what it deploys.

    The code is opened apart from that which is linted, so that a file which is broken but only
    looked at here is nobody's finding.
    """

    def __init__(self, project: Project, survey: Survey, settings: Settings) -> None:
        self.project = project
        self.survey = survey
        self._settings = settings
        self.evidence: Evidence | None = None

    @cached_property
    def handlers(self) -> PythonHandlers:
        """The Python functions that templates name."""
        needles = self._settings.needles()
        points = frozenset(self._settings.entry_points)
        return PythonHandlers(self.project, points, lambda file: self.survey.has(file, needles))

    def use(self, source: Source) -> None:
        """Use this text for its file from now on."""
        self.project.add(source)
        self.evidence = None
        self.__dict__.pop("handlers", None)


class Deployments:
    """Reads templates and stacks; `note` is told of a template that cannot be read.

    `libraries` are top-level names that are never a project's own packages.
    """

    def __init__(
        self,
        rules: Catalogue,
        surveys: Surveys,
        note: Complain,
        libraries: frozenset[str],
    ) -> None:
        self._rules = rules
        self._surveys = surveys
        self._note = note
        self._libraries = libraries
        self._around: dict[tuple[Path, tuple[Path, ...]], _Surroundings] = {}

    def findings(self, path: Path, failed: Callable[[Exception], None]) -> Iterator[Finding]:
        """Yield what the checks find in a file that may be a template."""
        deployment = self._deployment(path, self._surroundings(path))
        if deployment is not None:
            yield from run_on_template(deployment, failed)

    def evidence(self, path: Path) -> Evidence:
        """Return what the project of a file deploys."""
        around = self._surroundings(path)
        if around.evidence is None:
            around.evidence = Evidence(around.project.root, lambda: self._gather(around))
        return around.evidence

    def project(self, path: Path) -> Project:
        """Return the code around a file that speaks of no durable function itself."""
        return self._surroundings(path).project

    def use(self, source: Source) -> None:
        """Use this text for its file from now on."""
        for around in self._around.values():
            around.use(source)

    def _surroundings(self, path: Path) -> _Surroundings:
        settings = self._surveys.settings.for_file(path)
        key = layout(path, settings)
        if key not in self._around:
            project = Project(*key, self._libraries)
            self._around[key] = _Surroundings(project, self._surveys.of(path), settings)
        return self._around[key]

    def _gather(self, around: _Surroundings) -> Iterator[Deployed]:
        for path in around.survey.templates[:MAX_TEMPLATES]:
            deployment = self._deployment(path, around)
            if deployment is not None:
                yield from deployed_by_template(deployment)
        if around.survey.has_durable_stacks:
            interpreter = plain_interpreter(around.project, most_frames=MAX_FRAMES)
            for path in around.survey.stacks[:MAX_STACKS]:
                module = around.project.load(path)
                if module is not None:
                    run_plainly(interpreter, module)
            constructs = self._rules.rule("LDF504").tables["constructs"]
            yield from deployed_by_stacks(Stacks(interpreter.frames, constructs))

    @cached_property
    def _invokers(self) -> Invokers:
        return Invokers.from_tables(self._rules.rule("LDF505").tables)

    def _deployment(self, path: Path, around: _Surroundings) -> Deployment | None:
        template = self._template(path)
        if template is None:
            return None
        judged = _Lazily(lambda: around.survey.variables)
        return Deployment(template, self._invokers, around.handlers, judged)

    def _template(self, path: Path) -> Template | None:
        try:
            texts = self._surveys.texts
            read = texts.template(texts.decode(path))
            if not isinstance(read, Exception):
                return read
            why: str = str(read)
            row: int | None = read.position.row
        except UndecodableError as error:
            why, row = str(error), error.position.row
        except OSError as error:
            why, row = error.strerror or str(error), None
        self._note(Problem(f"not read as a template: {why}", path, row))
        return None


class _Lazily:
    """A set of names that is made when somebody asks for one."""

    def __init__(self, names: Callable[[], frozenset[str]]) -> None:
        self._names = names

    def __contains__(self, name: object) -> bool:
        return name in self._names()

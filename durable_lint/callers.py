"""Which files must be walked so that the selected ones are judged: those whose imports lead there.

A helper is judged by the handlers that reach it. Where it alone is linted, as a commit hook does,
they are looked for in its project, by bytes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from durable_lint import needles
from durable_lint.catalogue import Catalogue
from durable_lint.files import project_root
from durable_lint.program.modules.leads import Leads
from durable_lint.program.modules.search import NO_ADDITIONS, Additions, Search
from durable_lint.source import UndecodableError
from durable_lint.survey import Survey, Surveys
from durable_lint.workspaces import layout


class CallerSearch:
    """Finds the files of a run's projects whose code may reach the selected files.

    `concerns` tells of a file whether it may have findings.
    """

    def __init__(
        self, rules: Catalogue, surveys: Surveys, concerns: Callable[[Path, bytes], bool]
    ) -> None:
        self._rules = rules
        self._surveys = surveys
        self._concerns = concerns
        self._leads: dict[tuple[Path, tuple[Path, ...]], Leads] = {}

    def of(self, selected: Collection[Path], folders: Collection[Path]) -> Iterator[Path]:
        """Yield the files to be walked beside the selected ones.

        Of `folders` all files are selected, so a project that begins in one of them has no others.
        """
        whole = [folder for folder in folders if project_root(folder) == folder]
        apart: dict[Path, list[Path]] = defaultdict(list)
        for path in selected:
            if not any(path.is_relative_to(folder) for folder in whole):
                apart[path.parent].append(path)
        projects: dict[Path, list[Path]] = defaultdict(list)
        for folder, files in apart.items():
            projects[project_root(folder)] += files
        for files in projects.values():
            yield from self._in(self._surveys.of(files[0]), files, selected)

    def _in(
        self, survey: Survey, files: Collection[Path], selected: Collection[Path]
    ) -> Iterator[Path]:
        others = (path for path in survey.python if path not in selected)
        callers = [path for path in others if self._concerns(path, survey.read(path))]
        goals = set(files)
        if callers and any(_deploys(path, survey.read(path)) for path in files):
            # What is deployed decides on calls of code that does not import it.
            python = survey.python
            goals.update(path for path in python if needles.names_function(survey.read(path)))
        alike: dict[Leads, list[Path]] = defaultdict(list)
        for path in callers:
            alike[self._from(path, survey)].append(path)
        for leads, starts in alike.items():
            yield from leads.reaching(starts, goals)

    def _from(self, path: Path, survey: Survey) -> Leads:
        key = layout(path, self._surveys.settings.for_file(path))
        if key not in self._leads:
            search = Search(*key, self._rules.libraries)
            self._leads[key] = Leads(search, survey.read, self._additions)
        return self._leads[key]

    def _additions(self, path: Path) -> Additions:
        # What is put on `sys.path` cannot be told without the parser.
        from durable_lint.program.modules.module import Module
        from durable_lint.program.modules.parse import UnreadableError
        from durable_lint.program.modules.syspath import path_additions

        try:
            source = self._surveys.texts.decode(path)
            return path_additions(Module(source))
        except (OSError, UndecodableError, UnreadableError):
            return NO_ADDITIONS


def _deploys(path: Path, data: bytes) -> bool:
    return needles.is_template(path, data) or needles.is_stack(data)

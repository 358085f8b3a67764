"""The order of the pipeline: pre-filter, findings, filters, fixes in rounds, a report."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from durable_lint import hygiene
from durable_lint.callers import CallerSearch
from durable_lint.catalogue import Catalogue
from durable_lint.concerns import concerns
from durable_lint.findings import Applicability, Finding, Fix, Severity
from durable_lint.fixes.apply import apply, wanted, write
from durable_lint.problems import Problem
from durable_lint.settings import Resolver
from durable_lint.source import Source
from durable_lint.suppressions import MARK
from durable_lint.survey import Surveys
from durable_lint.texts import Texts

if TYPE_CHECKING:
    from durable_lint.analysis import Analysis
    from durable_lint.durable.flow.coverage import Covered

MAX_ROUNDS = 10

# What a comment that may be ours cannot do without.
COMMENT_MARKS = (MARK.encode(), b"LDF")


@dataclass
class Report:
    """What a run found and did. `problems` are what could not be done: exit code 2.

    `notes` are what was left undone and costs nothing, such as a template that cannot be read.
    `concerned` counts those of the files that may have findings, `callers` what was walked besides
    to judge them. Only what is `selected` is mended.
    `mended` has the text of each mended file before and after; `sources` the texts that the
    findings lie in or pass through.
    """

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    files: int = 0
    concerned: int = 0
    callers: int = 0
    selected: frozenset[Path] = frozenset()
    covered: dict[Path, Covered] = field(default_factory=dict)
    fixed: dict[Path, list[Fix]] = field(default_factory=dict)
    mended: dict[Path, tuple[Source, str]] = field(default_factory=dict)
    sources: dict[Path, Source] = field(default_factory=dict)
    failing: bool = False

    def complain(self, problem: Problem) -> None:
        """Add a problem, once."""
        if problem not in self.problems:
            self.problems.append(problem)

    def note(self, problem: Problem) -> None:
        """Add a note, once."""
        if problem not in self.notes:
            self.notes.append(problem)


class Engine:
    """Checks files and mends them, with the settings that govern each."""

    def __init__(self, rules: Catalogue, settings: Resolver) -> None:
        self._rules = rules
        self._settings = settings
        self._texts = Texts()
        self._surveys = Surveys(settings, self._texts)
        self._walked: list[Path] = []
        self._commented: list[Path] = []
        self._on: dict[Path, frozenset[str]] = {}
        self.report = Report()

    @cached_property
    def _analysis(self) -> Analysis:
        # Parser and rule pages are loaded only if a file turns up that concerns us.
        from durable_lint.analysis import Analysis

        return Analysis(self._rules, self._surveys, self.report.complain, self.report.note)

    def give(self, path: Path, data: bytes) -> None:
        """Use these bytes as the content of a file, whatever the disk says."""
        self._texts.give(path, data)

    def check(self, files: Iterable[Path], folders: Collection[Path] = ()) -> None:
        """Put the findings of absolute `files` into the report.

        `folders` are those whose files are all among them.
        """
        selected = self.report.selected = frozenset(files)
        concerned = [path for path in sorted(selected) if self._is_to_walk(path)]
        search = CallerSearch(self._rules, self._surveys, self._concerns)
        callers = set(search.of(selected, folders))
        self._walked = sorted({*concerned, *callers})
        self.report.files = len(selected)
        self.report.concerned = len(concerned)
        self.report.callers = len(callers)
        self._find()

    def fix(self, *, unsafe: bool) -> None:
        """Mend what was found, round by round, until there is nothing left to mend.

        Nothing is written: the new texts are in the report's `mended`.
        """
        seen: dict[Path, set[str]] = {}
        left_alone: set[Path] = set()
        for _ in range(MAX_ROUNDS):
            fixes = self._fixes(left_alone, unsafe=unsafe)
            if not fixes:
                return
            for path, codes in fixes.items():
                if not self._mend(path, codes, seen.setdefault(path, set())):
                    left_alone.add(path)
            self._find()
        if self._fixes(left_alone, unsafe=unsafe):
            what = f"internal error: not done with mending after {MAX_ROUNDS} rounds"
            self.report.complain(Problem(what))

    def write(self) -> None:
        """Write the mended files."""
        for path, (before, after) in list(self.report.mended.items()):
            try:
                write(before, after)
            except (OSError, UnicodeError) as error:
                self.report.complain(Problem(f"not written: {error}", path))
                del self.report.mended[path], self.report.fixed[path]

    def _is_to_walk(self, path: Path) -> bool:
        """Tell whether a selected file may have findings; note it where it has comments of ours."""
        try:
            data = self._texts.read(path)
        except OSError as error:
            self.report.complain(Problem(error.strerror or str(error), path))
            return False
        if any(mark in data for mark in COMMENT_MARKS):
            self._commented.append(path)
        return self._concerns(path, data)

    def _concerns(self, path: Path, data: bytes) -> bool:
        settings, survey = self._settings.for_file(path), partial(self._surveys.of, path)
        return concerns(path, data, settings, self._rules_on(path), survey)

    def _find(self) -> None:
        found: dict[object, Finding] = {}
        codes = frozenset[str]().union(*map(self._rules_on, self._walked))
        for path in self._walked:
            for finding in self._analysis.findings(path, codes):
                key = (finding.path, finding.span, finding.code)
                known = found.get(key)
                if (known is None or _is_worse(finding, known)) and self._wanted(finding):
                    found[key] = self._demoted(finding)
        found |= {finding: finding for finding in self._unused_suppressions()}
        report = self.report
        report.covered = self._covered()
        report.findings = sorted(found.values(), key=Finding.sort_key)
        report.failing = any(
            finding.severity is Severity.ERROR
            or self._settings.for_file(finding.path).fail_on is Severity.WARNING
            for finding in report.findings
        )
        report.sources = {
            path: source
            for finding in report.findings
            for path in (finding.path, *(hop.path for hop in finding.route))
            if (source := self._texts.source(path)) is not None
        }

    def _covered(self) -> dict[Path, Covered]:
        """Return what was walked of the selected files since this was last asked."""
        if not self._walked:
            return {}
        from durable_lint.durable.flow.coverage import Coverage

        files, self._analysis.coverage = self._analysis.coverage.files, Coverage()
        return {path: files[path] for path in sorted(self.report.selected & files.keys())}

    def _unused_suppressions(self) -> Iterator[Finding]:
        """Yield what is superfluous among our own comments, now that all findings were matched."""
        for path in self._commented:
            on = self._rules_on(path)
            source = self._texts.source(path)
            if source is not None and hygiene.CODE in on:
                comments = self._texts.suppressions(source)
                yield from hygiene.unused_suppressions(source, comments, self._rules, on)

    def _rules_on(self, path: Path) -> frozenset[str]:
        if path not in self._on:
            settings = self._settings.for_file(path)
            self._on[path] = settings.enabled(self._rules) - settings.ignored(path, self._rules)
        return self._on[path]

    def _wanted(self, finding: Finding) -> bool:
        """Tell whether a finding is asked for: its place or its route lies in a selected file."""
        path = finding.path
        touched = {path, *(hop.path for hop in finding.route)}
        if not touched & self.report.selected or finding.code not in self._rules_on(path):
            return False
        source = self._texts.source(path)
        if source is None:
            return True
        row = finding.span.start.row
        return self._texts.suppressions(source).match(finding.code, finding.name, row) is None

    def _demoted(self, finding: Finding) -> Finding:
        """Make a fix that changes operations unsafe where the settings have them frozen."""
        fix = finding.fix
        if fix is None or not fix.changes_operations or fix.applicability is not Applicability.SAFE:
            return finding
        if self._settings.for_file(finding.path).operations != "frozen":
            return finding
        return replace(finding, fix=replace(fix, applicability=Applicability.UNSAFE))

    def _fixes(self, left_alone: set[Path], *, unsafe: bool) -> dict[Path, dict[Fix, str]]:
        """Return by file the fixes to apply, each with its rule's code."""
        found: dict[Path, dict[Fix, str]] = {}
        for finding in self.report.findings:
            fix = finding.fix
            mendable = finding.path in self.report.selected and finding.path not in left_alone
            if fix is not None and mendable and wanted(fix, unsafe=unsafe):
                found.setdefault(finding.path, {})[fix] = finding.code
        return found

    def _mend(self, path: Path, fixes: dict[Fix, str], seen: set[str]) -> bool:
        """Apply fixes to a file; return False where it is left alone for a defect of ours."""
        source = self._texts.source(path)
        if source is None:
            return False
        seen.add(source.text)
        applied = apply(source.text, fixes, newline=source.newline)
        codes = ", ".join(sorted({fixes[fix] for fix in applied.fixes}))
        if applied.text in seen:
            return self._leave_alone(path, f"the fixes of {codes} undo each other")
        if (reason := self._analysis.mend(replace(source, text=applied.text))) is not None:
            return self._leave_alone(path, f"the fixes of {codes} would break it: {reason}")
        report = self.report
        before = report.mended[path][0] if path in report.mended else source
        report.mended[path] = (before, applied.text)
        report.fixed.setdefault(path, []).extend(applied.fixes)
        return True

    def _leave_alone(self, path: Path, why: str) -> bool:
        self.report.complain(Problem(f"internal error: left alone, for {why}", path))
        return False


def _is_worse(finding: Finding, known: Finding) -> bool:
    """Tell whether of two findings in one place the new one is to be shown.

    Code that is reached from several places may do less harm in one of them, and a walk from
    another file may not dare to mend what it finds.
    """
    if finding.severity is not known.severity:
        return finding.severity is Severity.ERROR
    return known.fix is None and finding.fix is not None

"""The order of the pipeline: files, findings, filters, fixes in rounds, a report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from durable_lint.analysis import Analysis
from durable_lint.catalogue import Catalogue
from durable_lint.findings import Applicability, Finding, Fix, Severity
from durable_lint.fixes.apply import apply, wanted, write
from durable_lint.problems import Problem
from durable_lint.program.parse import UnreadableError, parse
from durable_lint.settings import Resolver
from durable_lint.source import Source

MAX_ROUNDS = 10


@dataclass
class Report:
    """What a run found and did. `problems` are what could not be done: exit code 2."""

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0
    concerned: int = 0
    fixed: dict[Path, list[Fix]] = field(default_factory=dict)
    mended: dict[Path, tuple[Source, str]] = field(default_factory=dict)
    sources: dict[Path, Source] = field(default_factory=dict)
    failing: bool = False

    def complain(self, problem: Problem) -> None:
        """Add a problem, once."""
        if problem not in self.problems:
            self.problems.append(problem)


class Engine:
    """Checks files and mends them, with the settings that govern each."""

    def __init__(self, rules: Catalogue, settings: Resolver) -> None:
        self._rules = rules
        self._settings = settings
        self.report = Report()
        self._analysis = Analysis(rules, settings, self.report.complain)
        self._selected: frozenset[Path] = frozenset()
        self._on: dict[Path, frozenset[str]] = {}

    def add(self, path: Path, data: bytes) -> None:
        """Use these bytes as the content of a file, whatever the disk says."""
        self._analysis.given[path] = data

    def check(self, files: Iterable[Path]) -> None:
        """Put the findings of absolute `files` into the report."""
        self._selected = frozenset(files)
        self.report.files = len(self._selected)
        for path in self._selected:
            settings = self._settings.for_file(path)
            self._on[path] = settings.enabled(self._rules) - settings.ignored(path, self._rules)
        self._find()

    def fix(self, *, unsafe: bool) -> None:
        """Mend what was found, round by round, until there is nothing left to mend.

        Nothing is written: the new texts are in the report's `mended`.
        """
        seen = {
            path: {source.text}
            for path in self._selected
            if (source := self._analysis.source(path)) is not None
        }
        for _ in range(MAX_ROUNDS):
            if not self._mend_once(seen, unsafe=unsafe):
                return
            self._find()
        self.report.complain(
            Problem(f"internal error: not done with mending after {MAX_ROUNDS} rounds")
        )

    def write(self) -> None:
        """Write the mended files."""
        for path, (before, after) in list(self.report.mended.items()):
            try:
                write(before, after)
            except (OSError, UnicodeError) as error:
                self.report.complain(Problem(f"not written: {error}", path))
                del self.report.mended[path]
                self.report.fixed.pop(path, None)

    def _find(self) -> None:
        found: dict[object, Finding] = {}
        codes = frozenset[str]().union(*self._on.values())
        for path in self._entry_files():
            for finding in self._analysis.findings(path, codes):
                key = (finding.path, finding.span, finding.code, finding.message)
                if key not in found and self._wanted(finding):
                    found[key] = self._demoted(finding)
        report = self.report
        report.findings = sorted(found.values(), key=Finding.sort_key)
        report.concerned = len(self._analysis.concerned)
        report.failing = any(
            finding.severity is Severity.ERROR
            or self._settings.for_file(finding.path).fail_on is Severity.WARNING
            for finding in report.findings
        )
        report.sources = {
            path: source
            for finding in report.findings
            for path in (finding.path, *(hop.path for hop in finding.route))
            if (source := self._analysis.source(path)) is not None
        }

    def _entry_files(self) -> list[Path]:
        """Return the files to walk so that the selected ones are judged."""
        return sorted(self._selected)

    def _wanted(self, finding: Finding) -> bool:
        path = finding.path
        if path not in self._selected or finding.code not in self._on[path]:
            return False
        source = self._analysis.source(path)
        if source is None:
            return True
        row = finding.span.start.row
        return self._analysis.suppressions(source).match(finding.code, finding.name, row) is None

    def _demoted(self, finding: Finding) -> Finding:
        """Make a fix that changes operations unsafe where the settings have them frozen."""
        fix = finding.fix
        if fix is None or not fix.changes_operations or fix.applicability is not Applicability.SAFE:
            return finding
        if self._settings.for_file(finding.path).operations != "frozen":
            return finding
        return replace(finding, fix=replace(fix, applicability=Applicability.UNSAFE))

    def _mend_once(self, seen: dict[Path, set[str]], *, unsafe: bool) -> bool:
        """Apply one round of fixes to every file; return whether any text changed."""
        by_file: dict[Path, dict[Fix, Finding]] = {}
        for finding in self.report.findings:
            if finding.fix is not None and wanted(finding.fix, unsafe=unsafe):
                by_file.setdefault(finding.path, {})[finding.fix] = finding
        changed = False
        for path, fixes in by_file.items():
            source = self._analysis.source(path)
            if source is None:
                continue
            applied = apply(source.text, fixes, newline=source.newline)
            if applied.text in seen[path]:
                self.report.complain(Problem("internal error: its fixes undo each other", path))
                continue
            mended = replace(source, text=applied.text)
            try:
                parse(mended)
            except UnreadableError as error:
                codes = ", ".join(sorted({fixes[fix].code for fix in applied.fixes}))
                what = f"internal error: the fixes of {codes} would break the file ({error})"
                self.report.complain(Problem(f"{what}; it was left alone", path))
                continue
            seen[path].add(applied.text)
            self._analysis.replace(mended)
            before = self.report.mended[path][0] if path in self.report.mended else source
            self.report.mended[path] = (before, applied.text)
            self.report.fixed.setdefault(path, []).extend(applied.fixes)
            changed = True
        return changed

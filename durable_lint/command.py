"""`durable-lint check`: from flags to a run of the engine, its output and its exit code."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from durable_lint import console
from durable_lint.catalogue import Catalogue, catalogue
from durable_lint.deep import run_deep
from durable_lint.describe import settings_text
from durable_lint.engine import Engine
from durable_lint.files import Finder
from durable_lint.findings import Severity
from durable_lint.keys import SettingsError
from durable_lint.output import coverage, render, statistics
from durable_lint.output.summary import PUBLISH, summary
from durable_lint.output.view import View, printable, unified_diff
from durable_lint.problems import Problem, ProblemError
from durable_lint.settings import Layer, Resolver, Settings

STDIN = "-"

# What a shell makes of a program that was interrupted; 1 would mean findings.
_INTERRUPTED = 130


class UsageError(ProblemError):
    """Flags and paths that do not go together."""


@dataclass(frozen=True)
class Flags:
    """The command line of `check`, as click hands it over."""

    paths: tuple[str, ...]
    fix: bool
    unsafe_fixes: bool
    diff: bool
    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    output_format: str | None
    output_file: str | None
    statistics: bool
    fail_on: str | None
    exit_zero: bool
    exit_non_zero_on_fix: bool
    stdin_filename: str | None
    force_exclude: bool
    no_respect_gitignore: bool
    show_files: bool
    show_coverage: bool
    show_settings: bool
    config: str | None
    isolated: bool
    color: str
    verbose: bool
    quiet: bool

    @classmethod
    def of(cls, paths: tuple[str, ...], flags: Mapping[str, Any]) -> Flags:
        """Return the flags that click has parsed."""
        return cls(paths=paths, **flags)

    @property
    def layer(self) -> Layer | None:
        """What the flags say about which rules are on."""
        select = _split(self.select) if self.select else None
        extend, ignore = _split(self.extend_select), _split(self.ignore)
        if select is None and not extend and not ignore:
            return None
        return Layer(select, extend, ignore)

    @property
    def stdin(self) -> Path | None:
        """The path that standard input stands for, None where files are linted."""
        if "" in self.paths:
            raise UsageError("one of the paths is empty")
        if STDIN not in self.paths and (self.paths or self.stdin_filename is None):
            return None
        if len(self.paths) > 1:
            raise UsageError("`-` (standard input) cannot be linted together with other paths")
        return Path(os.path.abspath(self.stdin_filename or STDIN))

    @property
    def first_path(self) -> Path:
        """The path whose settings decide what does not belong to any one file."""
        return self.stdin or Path(os.path.abspath((self.paths or (".",))[0]))


def _split(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def run_check(flags: Flags) -> int:
    """Run `check` and return the exit code."""
    console.tolerant_streams()
    try:
        rules = catalogue()
        resolver = Resolver(
            rules,
            explicit=Path(os.path.abspath(flags.config)) if flags.config else None,
            isolated=flags.isolated,
            layer=flags.layer,
            fail_on=Severity(flags.fail_on) if flags.fail_on else None,
        )
        return run_deep(lambda: _Run(rules, resolver, flags).run())
    except ProblemError as error:
        console.complain(error.problem, flags.color)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return _INTERRUPTED
    except OSError as error:
        # A full disk behind standard output, and the like.
        console.complain(Problem(error.strerror or str(error)), flags.color)
    return 2


class _Run:
    def __init__(self, rules: Catalogue, resolver: Resolver, flags: Flags) -> None:
        self._rules = rules
        self._resolver = resolver
        self._flags = flags
        self._started = time.monotonic()
        self._engine = Engine(rules, resolver)
        self._report = self._engine.report
        self._finder = Finder(
            resolver,
            self._report.complain,
            force_exclude=flags.force_exclude,
            respect_gitignore=not flags.no_respect_gitignore,
        )

    def run(self) -> int:
        """Lint, print what there is to print, and return the exit code."""
        flags = self._flags
        data = sys.stdin.buffer.read() if flags.stdin is not None else b""
        files = self._files(data)
        if flags.show_settings:
            sys.stdout.write(settings_text(self._settings, self._rules))
        elif flags.show_files:
            sys.stdout.write("".join(f"{printable(str(file))}\n" for file in files))
        elif flags.show_coverage:
            self._engine.check(files, self._folders)
            sys.stdout.write(coverage.table(self._report.covered, self._view(None)))
        else:
            self._lint(files, data)
        sys.stdout.flush()
        for problem in self._report.problems:
            console.complain(problem, flags.color)
        if not flags.quiet:
            for note in self._report.notes:
                console.complain(note, flags.color, "note")
            if not self._only_shows:
                self._talk(files)
        return self._exit_code()

    @property
    def _only_shows(self) -> bool:
        """Whether what is shown is about the files and not about findings."""
        flags = self._flags
        return flags.show_settings or flags.show_files or flags.show_coverage

    @property
    def _settings(self) -> Settings:
        first = self._flags.first_path
        try:
            return self._resolver.for_folder(first if first.is_dir() else first.parent)
        except SettingsError as error:
            self._report.complain(error.problem)
            return Settings(first)

    def _files(self, data: bytes) -> list[Path]:
        stdin = self._flags.stdin
        if stdin is None:
            return self._finder.find(Path(path) for path in self._flags.paths or (".",))
        self._engine.give(stdin, data)
        return [] if self._finder.forced_out(stdin) else [stdin]

    @property
    def _folders(self) -> list[Path]:
        """The folders whose files are all linted."""
        if self._flags.stdin is not None:
            return []
        paths = (Path(os.path.abspath(path)) for path in self._flags.paths or (".",))
        return [path for path in paths if path.is_dir()]

    def _lint(self, files: list[Path], data: bytes) -> None:
        flags, report = self._flags, self._report
        self._engine.check(files, self._folders)
        if flags.fix or flags.diff:
            self._engine.fix(unsafe=flags.unsafe_fixes)
        if flags.diff:
            for path, (before, after) in sorted(report.mended.items()):
                sys.stdout.write(unified_diff(before.text, after, self._view(None).name(path)))
        elif flags.fix and flags.stdin is not None:
            sys.stdout.buffer.write(
                next((before.encode(after) for before, after in report.mended.values()), data)
            )
            sys.stdout.buffer.flush()
            self._show(sys.stderr)
        else:
            if flags.fix:
                self._engine.write()
            self._show_where_asked()

    def _view(self, stream: TextIO | None) -> View:
        colour = stream is not None and console.wants_colour(self._flags.color, stream)
        report = self._report
        return View(
            Path.cwd(),
            report.sources,
            report.selected,
            unsafe=self._flags.unsafe_fixes,
            colour=colour,
        )

    def _show_where_asked(self) -> None:
        if self._flags.output_file is None:
            self._show(sys.stdout)
            return
        try:
            with Path(self._flags.output_file).open("w", encoding="utf-8") as file:
                self._show(file)
        except OSError as error:
            path = Path(self._flags.output_file).absolute()
            self._report.complain(Problem(error.strerror or str(error), path))

    def _show(self, stream: TextIO) -> None:
        view = self._view(stream)
        name = self._flags.output_format or self._settings.output_format
        if self._flags.statistics:
            stream.write(statistics.render(self._report.findings, view, as_json=name == "json"))
        else:
            stream.write(render(name, self._report.findings, view))

    def _talk(self, files: list[Path]) -> None:
        """Say on standard error what was done."""
        flags, report = self._flags, self._report
        done = [fix for fixes in report.fixed.values() for fix in fixes]
        if not files:
            if not report.problems:
                console.say("note", "no Python files and no templates found", flags.color)
            return
        if any(fix.changes_operations for fix in done):
            console.say("note", PUBLISH, flags.color)
        if flags.verbose:
            took = time.monotonic() - self._started
            count = f"{report.concerned} of {report.files} files concern durable functions"
            callers = f", {report.callers} more lead to them" if report.callers else ""
            console.say("note", f"{count}{callers}; {took:.2f} s", flags.color)
            console.say("note", coverage.sentence(report.covered.values()), flags.color)
        text = summary(
            report.findings,
            files=len(files),
            fixed=len(done),
            unsafe=flags.unsafe_fixes,
            dry=flags.diff,
            selected=report.selected,
        )
        print(text, file=sys.stderr)

    def _exit_code(self) -> int:
        flags, report = self._flags, self._report
        if report.problems:
            return 2
        if self._only_shows:
            return 0
        if flags.diff:
            return 1 if report.mended and not flags.exit_zero else 0
        if report.fixed and flags.exit_non_zero_on_fix:
            return 1
        return 1 if report.failing and not flags.exit_zero else 0

"""Runs the linter over programs of the matrix and says what was missed and what was imagined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from durable_lint.catalogue import catalogue
from durable_lint.deep import run_deep
from durable_lint.engine import Engine
from durable_lint.findings import Finding
from durable_lint.settings import Layer, Resolver
from tests.recall.batches import Place, Spelling, modules
from tests.recall.templates import Program

PREVIEW = ("LDF108",)


def lint(files: Iterable[Path]) -> list[Finding]:
    """Return the findings of all `files`, preview rules with a names table included."""
    engine = Engine(catalogue(), Resolver(catalogue(), layer=Layer(None, PREVIEW, ())))
    run_deep(lambda: engine.check(files))
    assert not engine.report.problems, engine.report.problems
    return engine.report.findings


def judge(programs: list[Program], folder: Path) -> list[str]:
    """Return a line for each hole of `programs` that is judged wrongly."""
    homes: dict[Path, Program] = {}
    paths: list[Path] = []
    for number, program in enumerate(programs):
        home = folder / str(number)
        (home / ".git").mkdir(parents=True)
        homes[home] = program
        for name, text in program.files.items():
            path = home / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            paths.append(path)
    found: dict[Path, list[Finding]] = defaultdict(list)
    for finding in lint(paths):
        home = next(parent for parent in finding.path.parents if parent in homes)
        found[home].append(finding)
    return [line for home, program in homes.items() for line in _wrong(program, home, found[home])]


def _wrong(program: Program, home: Path, findings: list[Finding]) -> Iterable[str]:
    seen = {
        (hop.path.relative_to(home).as_posix(), hop.position.row)
        for finding in findings
        if finding.code == program.code
        for hop in finding.route[-1:]
    }
    if program.replayed:
        for file, row in sorted(program.rows - seen):
            yield f"missed {program.code} at {file}:{row}: {program.name}"
    unexpected = seen - program.rows if program.replayed else seen
    for file, row in sorted(unexpected):
        yield f"imagined {program.code} at {file}:{row}: {program.name}"


def judge_names(spelled: Iterable[Spelling], folder: Path) -> list[str]:
    """Return a line for each spelling of a row that is judged wrongly."""
    (folder / ".git").mkdir()
    homes: dict[Path, list[Place]] = {}
    for number, (text, places) in enumerate(modules(spelled)):
        path = folder / f"batch{number}.py"
        path.write_text(text, encoding="utf-8")
        homes[path] = places
    found: dict[tuple[Path, int], set[str]] = defaultdict(set)
    for finding in lint(homes):
        found[finding.path, finding.span.start.row].add(finding.code)
    wrong: list[str] = []
    for path, places in homes.items():
        for place in places:
            row = place.spelling.row
            replayed = {code for line in place.replayed for code in found[path, line]}
            stepped = {code for line in place.stepped for code in found[path, line]}
            where = f"{path.name}:{max(place.replayed)}"
            if row.code is not None and row.code not in replayed:
                wrong.append(f"missed {row.code} at {where}: {place.spelling.name}")
            if row.code is None and replayed:
                wrong.append(f"imagined {replayed} at {where}: {place.spelling.name}")
            if stepped:
                wrong.append(f"imagined {stepped} in a step at {where}: {place.spelling.name}")
    return wrong

"""Runs the linter over programs of the matrix and says what was missed and what was imagined."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from durable_lint.catalogue import catalogue
from durable_lint.deep import run_deep
from durable_lint.engine import Engine
from durable_lint.findings import Finding
from durable_lint.settings import Layer, Resolver
from tests.recall.batches import Place, Spelling, modules
from tests.recall.templates import Program


def lint(files: Iterable[Path], rules: Iterable[str]) -> list[Finding]:
    """Return what the `rules` find in all `files`."""
    layer = Layer(tuple(sorted(set(rules))), (), ())
    engine = Engine(catalogue(), Resolver(catalogue(), layer=layer))
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
    for finding in lint(paths, (program.code for program in programs)):
        home = next(parent for parent in finding.path.parents if parent in homes)
        found[home].append(finding)
    return [line for home, program in homes.items() for line in _wrong(program, home, found[home])]


def _wrong(program: Program, home: Path, findings: list[Finding]) -> Iterator[str]:
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
    codes = {place.spelling.row.code for places in homes.values() for place in places}
    found: dict[tuple[Path, int], set[str]] = defaultdict(set)
    for finding in lint(homes, (code for code in codes if code is not None)):
        found[finding.path, finding.span.start.row].add(finding.code)
    return [
        f"{wrong} at {path.name}:{max(place.replayed)}: {place.spelling.name}"
        for path, places in homes.items()
        for place in places
        for wrong in _misjudged(place, lambda row, path=path: found.get((path, row), set()))
    ]


def _misjudged(place: Place, found_in: Callable[[int], set[str]]) -> Iterator[str]:
    wanted, on_the_way = place.spelling.code, place.spelling.row.on_the_way
    replayed = {code for row in place.replayed for code in found_in(row)}
    stepped = {code for row in place.stepped for code in found_in(row)}
    if wanted is not None and wanted not in replayed:
        yield f"missed {wanted}"
    if wanted is None and replayed - on_the_way:
        yield f"imagined {', '.join(sorted(replayed))}"
    if stepped:
        yield f"imagined {', '.join(sorted(stepped))} in a step"

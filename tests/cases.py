"""Pages and case files as tests: what is linted, what must be found, what the fix must make."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from durable_lint.catalogue import catalogue
from durable_lint.deep import run_deep
from durable_lint.engine import Engine, Report
from durable_lint.files import Finder
from durable_lint.pages import Block, Marker, sections, take_markers
from durable_lint.settings import Layer, Resolver

ROOT = Path(__file__).parents[1]
# What the main block of a case is called, by its language.
MAINS = {"python": "handler.py", "yaml": "template.yaml", "json": "template.json"}
KINDS = ("bad", "fixed", "good")


@dataclass(frozen=True)
class Case:
    """One block with the files beside it; `fixed` is what its fix must make, None if unsaid."""

    name: str
    kind: str
    files: dict[str, str]
    markers: dict[str, tuple[Marker, ...]]
    extra_codes: tuple[str, ...] = ()
    fixed: dict[str, str] = field(default_factory=dict)


def cases_of(page: Path) -> Iterator[Case]:
    """Yield the cases of a rule page or a case file."""
    code = re.match(r"LDF[0-9]{3}", page.name)
    extra = (code.group(),) if code else ()
    for section in sections(page.read_text(encoding="utf-8")):
        yield from _in_section(f"{page.stem}:{section.row}", section.blocks, extra)


def _in_section(name: str, blocks: tuple[Block, ...], extra: tuple[str, ...]) -> Iterator[Case]:
    shared: dict[str, str] = {}
    marked: dict[str, tuple[Marker, ...]] = {}
    fixed_files: dict[str, str] = {}
    pending: Case | None = None
    for block in blocks:
        kind = next((word for word in block.words if word in KINDS), None)
        file = block.options.get("file")
        if block.language == "toml" and "settings" in block.words:
            shared["durable-lint.toml"] = block.text
            continue
        if kind is None and file is None:
            continue
        code, markers = take_markers(block.text)
        main = block.options.get("main", MAINS[block.language])
        if file is not None and kind == "fixed":
            fixed_files[file] = code
        elif file is not None:
            if pending is not None:
                yield pending
                pending, shared, marked = None, dict(shared), dict(marked)
            shared[file], marked[file] = code, markers
        elif kind == "fixed":
            fixed = {**shared, **fixed_files, main: code}
            if pending is not None:
                yield Case(**{**vars(pending), "fixed": fixed})
                pending = None
            yield Case(f"{name}:{block.row}:fixed", "fixed", fixed, {}, extra)
        else:
            if pending is not None:
                yield pending
            pending = Case(
                f"{name}:{block.row}:{kind}",
                kind or "good",
                {**shared, main: code},
                {**marked, main: markers},
                extra,
            )
            fixed_files = {}
            if kind == "good":
                yield Case(**{**vars(pending), "markers": {}})
                pending = None
    if pending is not None:
        yield pending


def lint(folder: Path, case: Case, *, fix: bool = False) -> Report:
    """Write a case's files below `folder`, lint them all, and mend them where asked."""
    (folder / ".git").mkdir(exist_ok=True)
    for name, text in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    layer = Layer(None, case.extra_codes, ())
    resolver = Resolver(catalogue(), layer=layer)
    engine = Engine(catalogue(), resolver)
    finder = Finder(resolver, engine.report.complain)

    def run() -> None:
        engine.check(finder.find([folder]))
        if fix:
            engine.fix(unsafe=True)

    run_deep(run)
    return engine.report

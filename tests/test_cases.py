"""Every example of every rule page and case file: found exactly, mended exactly, clean exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import ROOT, Case, cases_of, lint

PAGES = [*sorted((ROOT / "rules").glob("*.md")), *sorted((ROOT / "tests/cases").glob("*.md"))]
CASES = [case for page in PAGES for case in cases_of(page)]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_finds_exactly_what_is_marked(case: Case, tmp_path: Path) -> None:
    report = lint(tmp_path, case)
    found = [
        (
            finding.path.relative_to(tmp_path).as_posix(),
            finding.span.start.row,
            finding.span.start.column,
            finding.code,
            finding.severity.value,
            finding.message,
        )
        for finding in report.findings
    ]
    expected = sorted(
        (file, marker.row, marker.column, marker.code, marker.severity.value, marker.substring)
        for file, markers in case.markers.items()
        for marker in markers
    )
    assert report.problems == []
    assert [item[:5] for item in sorted(found)] == [item[:5] for item in expected], found
    for (*_, message), (*_, substring) in zip(sorted(found), expected, strict=True):
        assert substring in message


MENDED = [case for case in CASES if case.kind == "bad" and case.fixed]


@pytest.mark.parametrize("case", MENDED, ids=[case.name for case in MENDED])
def test_mends_exactly(case: Case, tmp_path: Path) -> None:
    before = lint(tmp_path, case)
    if not any(finding.fix for finding in before.findings):
        # Mended by hand; that the mended code is clean is a case of its own.
        return
    report = lint(tmp_path, case, fix=True)
    for path, (_, text) in report.mended.items():
        assert text == case.fixed[path.relative_to(tmp_path).as_posix()]
    assert report.mended
    assert not [finding for finding in report.findings if finding.fix]

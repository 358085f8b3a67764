"""Rule pages as data, and what is said of a malformed one."""

from __future__ import annotations

from pathlib import Path

import pytest

from durable_lint.catalogue import (
    HEADINGS,
    Catalogue,
    CatalogueError,
    NameEntry,
    UnknownRuleError,
    catalogue,
    read_page,
)
from durable_lint.findings import Applicability, Severity

PAGE = """\
# LDF101 wall-clock

```toml
code = "LDF101"
name = "wall-clock"
summary = "A clock is read"
since = "0.1.0"
status = "stable"
default = true
severity = "error"
fix = "safe"

[proof]
symptom = "repeats"

[names]
"time.time" = "reads the clock"
"time.strftime" = { why = "formats the time", unless-argument = 1 }
"time.x" = { why = "reads", unless-argument = [0, "at"], attribute = true }
"time.gmtime" = false
```

## What it finds

Clocks.

## Why it breaks replay

It does.

## Examples

```python bad
x = 1  # error: 5 [LDF101] "time.time"
```

## Proof

Run it.

## When not to use it

Never.
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "LDF101-wall-clock.md"
    path.write_text(PAGE)
    return path


def test_a_page(page: Path) -> None:
    rule = read_page(page)
    assert (rule.code, rule.name, rule.since) == ("LDF101", "wall-clock", "0.1.0")
    assert (rule.default, rule.preview) == (True, False)
    assert (rule.severity, rule.fix) == (Severity.ERROR, Applicability.SAFE)
    assert rule.proof == {"symptom": "repeats"}
    assert tuple(rule.sections) == HEADINGS
    assert rule.sections["Proof"] == "Run it."
    assert dict(rule.names) == {
        "time.time": NameEntry("reads the clock"),
        "time.strftime": NameEntry("formats the time", (1,)),
        "time.x": NameEntry("reads", (0, "at"), attribute=True),
        "time.gmtime": None,
    }


@pytest.mark.parametrize(
    ("old", "new", "row", "message"),
    [
        ("```toml", "```yaml", 1, "begins with a heading and a toml block"),
        ('code = "LDF101"', "code = ", 4, "Invalid value"),
        ("default = true", 'default = "yes"', 4, "lacks default, or it is of the wrong type"),
        ('since = "0.1.0"\n', "", 4, "lacks since"),
        ("[proof]", "[prof]", 4, "unknown key: prof"),
        ('status = "stable"', 'status = "new"', 4, "neither stable nor preview"),
        ('severity = "error"', 'severity = "bad"', 4, "'bad' is not a valid Severity"),
        ('fix = "safe"', 'fix = "sure"', 4, "'sure' is not a valid Applicability"),
        ("# LDF101 wall-clock", "# LDF101 clock", 1, "the heading is not"),
        ('"reads the clock"', "3", 4, "the row 'time.time' of [names]"),
        ("unless-argument = 1", "unless-argument = true", 4, "the row 'time.strftime'"),
        ("## Proof", "## Prof", 1, "the headings are not"),
        ('"time.time"\n```', '"time.time"\n', 33, "has no end"),
    ],
)
def test_malformed_pages(page: Path, old: str, new: str, row: int, message: str) -> None:
    assert old in PAGE
    page.write_text(PAGE.replace(old, new, 1))
    with pytest.raises(CatalogueError) as caught:
        read_page(page)
    problem = caught.value.problem
    assert (problem.path, problem.row) == (page, row)
    assert message in problem.message


def test_a_page_under_a_wrong_name(page: Path) -> None:
    with pytest.raises(CatalogueError, match="the file's name"):
        read_page(page.rename(page.with_name("LDF101-clock.md")))


def test_two_pages_with_one_code(page: Path) -> None:
    page.with_name("LDF101-other.md").write_text(PAGE)
    with pytest.raises(CatalogueError, match="a second page"):
        Catalogue(page.parent)


def test_selectors(page: Path) -> None:
    page.with_name("LDF102-randomness.md").write_text("never read")
    rules = Catalogue(page.parent)
    assert rules.codes == ("LDF101", "LDF102")
    assert rules.find("ldf101") == rules.find("wall-clock") == "LDF101"
    assert rules.expand("LDF1") == rules.expand("ALL") == ("LDF101", "LDF102")
    assert rules.expand("randomness") == ("LDF102",)
    for wrong in ("", "LDF2", "clock", "W"):
        with pytest.raises(UnknownRuleError):
            rules.expand(wrong)
    with pytest.raises(
        UnknownRuleError, match=r"unknown rule 'walclock'; did you mean wall-clock\?"
    ):
        rules.find("walclock")


def test_our_own_pages_can_be_read() -> None:
    for rule in catalogue().rules:
        assert rule.summary
        assert not rule.summary.endswith(".")
        assert all(rule.sections.values()), rule.code

"""README says what is so."""

from __future__ import annotations

import re

from tests.readme import README, ROOT, renewed

TEXT = README.read_text(encoding="utf-8")


def test_demo_and_rule_table_are_current() -> None:
    assert renewed(TEXT) == TEXT, "renew it: python -m tests.readme"


def test_the_demo_is_short() -> None:
    source = re.search(r"<!-- demo source -->\n```python\n(.*?)```", TEXT, re.DOTALL)
    assert source is not None
    assert len(source[1].splitlines()) <= 20


def test_the_test_command_is_the_one_that_ci_runs() -> None:
    command = re.search(r"<!-- test command -->\n```sh\n(python3 .*)\n```", TEXT)
    assert command is not None
    assert "pytest" in command[1]
    assert "<!-- test command -->" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", TEXT):
        assert (ROOT / target).exists(), target

"""Every rule page is right about the SDK: its examples run on the SDK's own local runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from durable_lint.catalogue import catalogue
from tests.local_run import observe
from tests.proof import SYMPTOMS, Runnable, complaint, is_run, runnables

if TYPE_CHECKING:
    from durable_lint.catalogue import Rule

RULES = catalogue().rules

# These are about files and comments, of which the SDK knows nothing.
BEYOND_THE_SDK = {"LDF900", "LDF901", "LDF903"}

EXAMPLES = [
    pytest.param(rule, example, id=f"{rule.code}-{example.kind}-{example.row}")
    for rule in RULES
    if is_run(rule)
    for example in runnables(rule)
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_proven_or_off(rule: Rule) -> None:
    if not rule.proof:
        assert rule.preview or rule.code in BEYOND_THE_SDK
        return
    assert rule.proof["symptom"] in SYMPTOMS
    if is_run(rule):
        assert {"bad", "good"} <= {example.kind for example in runnables(rule)}
    else:
        assert rule.proof["why"], "name the documented rule of the service that stands for a proof"


# Bad examples fail on threads of their own and leave coroutines behind: that is the proof.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")
@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_an_example_does_what_its_page_says(rule: Rule, example: Runnable) -> None:
    observation = observe(example.files, rule.proof)
    assert complaint(example.kind, observation, rule.proof) is None, observation

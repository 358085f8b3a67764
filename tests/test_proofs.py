"""Every rule page is right about the SDK: its examples run on the SDK's own local runner."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.local_run import observe
from tests.proof import SYMPTOMS, Example, Page, complaint, read_page

PAGES = [read_page(path) for path in sorted(Path(__file__, "../../rules").resolve().glob("*.md"))]

# These are about files and comments, of which the SDK knows nothing.
BEYOND_THE_SDK = {"LDF900", "LDF901", "LDF903"}

RUNNABLE = [
    pytest.param(page, example, id=f"{page.meta['code']}-{example.kind}-{example.row}")
    for page in PAGES
    if page.proof is not None and page.proof["symptom"] != "none"
    for example in page.examples
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.meta["code"])
def test_a_rule_is_proven_or_off(page: Page) -> None:
    if page.proof is None:
        assert page.meta["status"] == "preview" or page.meta["code"] in BEYOND_THE_SDK
        return
    symptom = page.proof["symptom"]
    assert symptom in SYMPTOMS
    if symptom == "none":
        assert page.proof["why"], "name the documented rule of the service that stands for a proof"
    else:
        assert {"bad"} < {example.kind for example in page.examples}


@pytest.mark.parametrize(("page", "example"), RUNNABLE)
def test_an_example_does_what_its_page_says(page: Page, example: Example) -> None:
    assert page.proof is not None
    observation = observe(example.files, page.proof)
    assert complaint(example.kind, observation, page.proof) is None, observation

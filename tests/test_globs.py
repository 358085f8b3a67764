"""gitignore patterns: git itself is the judge."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from durable_lint.globs import Patterns

SEGMENT = st.text("ab*?", min_size=1, max_size=4) | st.sampled_from(
    ["**", "*.py", "[ab]", "[!a]*", "[a-b]?", "a\\*", "b[", "[]a]", "\\[a]"]
)
PATTERN = st.builds(
    lambda negated, start, segments, end: f"{negated}{start}{'/'.join(segments)}{end}",
    st.sampled_from(["", "", "", "!"]),
    st.sampled_from(["", "/"]),
    st.lists(SEGMENT, min_size=1, max_size=3),
    st.sampled_from(["", "/", "/**"]),
)
NAME = st.sampled_from(["a", "b", "ab", "aab", "a.py", "b.py", "a*", "[a]"])


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "-q", folder], check=True)
    return folder


def ignored_by_us(lines: list[str], parts: list[str]) -> bool:
    patterns = Patterns(lines)
    return any(
        patterns.decide(parts[:end], folder=end < len(parts)) for end in range(1, len(parts) + 1)
    )


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(PATTERN, max_size=3), parts=st.lists(NAME, min_size=1, max_size=4))
def test_agrees_with_git(repository: Path, lines: list[str], parts: list[str]) -> None:
    (repository / ".gitignore").write_text("".join(f"{line}\n" for line in lines))
    git = subprocess.run(
        ["git", "-C", repository, "check-ignore", "-q", "--no-index", "--", "/".join(parts)],
        check=False,
    )
    assert ignored_by_us(lines, parts) == (git.returncode == 0)


@pytest.mark.parametrize(
    ("line", "ignored", "kept"),
    [
        ("build", ["build", "a/build"], ["builds"]),
        ("build/", ["build/x"], ["build"]),
        ("/build", ["build"], ["a/build"]),
        ("a/b", ["a/b", "a/b/c"], ["c/a/b"]),
        ("**/gen/*.py", ["gen/x.py", "a/b/gen/x.py"], ["gen/a/x.py"]),
        ("a/**", ["a/b", "a/b/c"], ["a"]),
        ("a/**/b", ["a/b", "a/x/y/b"], ["a/c"]),
        ("x\\ ", ["x "], ["x"]),
        ("x ", ["x"], ["x "]),
        ("\\#x", ["#x"], ["x"]),
        ("# x", [], ["x", "# x"]),
        ("", [], ["x"]),
        ("/", [], ["x"]),
    ],
)
def test_patterns(line: str, ignored: list[str], kept: list[str]) -> None:
    for path in ignored:
        assert ignored_by_us([line], path.split("/")), path
    for path in kept:
        assert not ignored_by_us([line], path.split("/")), path


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("*a" * 60 + "b", ["a" * 250]),
        ("[ab]*" * 60 + "c", ["ab" * 120]),
        ("**/a/" * 60 + "b", ["a"] * 1500),
    ],
)
def test_hostile_patterns_end_soon(line: str, parts: list[str]) -> None:
    start = time.perf_counter()
    Patterns([line]).decide(parts, folder=False)
    assert time.perf_counter() - start < 1

"""Settings: where they are found, what they may say, and what they must not reach."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from durable_lint.catalogue import NameEntry, catalogue
from durable_lint.findings import Severity
from durable_lint.keys import KEYS, SettingsError
from durable_lint.settings import Resolver, Settings
from tests.conftest import HANDLER, Run, Write


def settings_of(path: Path) -> Settings:
    return Resolver(catalogue()).for_file(path)


def error_of(path: Path) -> str:
    with pytest.raises(SettingsError) as caught:
        settings_of(path)
    problem = caught.value.problem
    name = problem.path.name if problem.path else None
    return f"{name}:{problem.row}: {problem.message}"


def test_every_key(folder: Path, write: Write) -> None:
    write(
        "durable-lint.toml",
        """\
select = ["LDF1", "randomness"]
extend-select = ["LDF601"]
ignore = ["LDF102"]
exclude = ["gen"]
extend-exclude = ["more"]
respect-gitignore = false
force-exclude = true
src = ["lib"]
step-wrappers = ["mylib.run_step"]
entry-points = ["mylib.workflow"]
on-demand-functions = ["audit-*"]
operations = "frozen"
fail-on = "warning"
output-format = "json"

[per-file-ignores]
"tests" = ["LDF101"]

[names]
"mycompany.ids.new_id" = "LDF103"
"mycompany.clock.*" = false
"mycompany.now" = { rule = "wall-clock", why = "asks the clock", unless-argument = [0, "at"] }
""",
    )
    found = settings_of(folder / "a.py")
    codes = found.enabled(catalogue())
    assert {"LDF101", "LDF601"} <= codes
    assert not {"LDF102", "LDF201"} & codes
    assert (found.exclude, found.extend_exclude) == (("gen",), ("more",))
    assert (found.respect_gitignore, found.force_exclude) == (False, True)
    assert found.src == (folder / "lib",)
    assert found.step_wrappers == ("mylib.run_step",)
    assert found.entry_points == ("mylib.workflow",)
    assert found.on_demand_functions == ("audit-*",)
    assert (found.operations, found.fail_on) == ("frozen", Severity.WARNING)
    assert found.output_format == "json"
    assert found.ignored(folder / "tests" / "x.py", catalogue()) == {"LDF101"}
    assert found.ignored(folder / "x.py", catalogue()) == frozenset()
    assert found.names["mycompany.ids.new_id"].code == "LDF103"
    assert found.names["mycompany.clock.*"].entry is None
    assert found.names["mycompany.now"].code == "LDF101"
    assert found.names["mycompany.now"].entry == NameEntry("asks the clock", (0, "at"))
    assert found.needles() == (b"aws_durable_execution_sdk_python", b"workflow", b"run_step")


def test_every_key_has_a_field() -> None:
    fields = set(Settings.__dataclass_fields__) | {"select", "extend_select", "ignore", "extend"}
    assert {key.replace("-", "_") for key in KEYS} <= fields


def test_the_nearest_folder_wins_and_nothing_is_merged(folder: Path, write: Write) -> None:
    write("pyproject.toml", '[tool.durable-lint]\nfail-on = "warning"\nexclude = ["x"]\n')
    write("a/pyproject.toml", "[project]\nname = 'other'\n")
    write("a/b/durable-lint.toml", 'operations = "frozen"\n')
    assert settings_of(folder / "a" / "x.py").fail_on is Severity.WARNING
    nearest = settings_of(folder / "a" / "b" / "c" / "x.py")
    assert nearest.fail_on is Severity.ERROR
    assert nearest.exclude != ("x",)
    assert nearest.root == folder / "a" / "b"


def test_the_own_file_wins_over_the_shared_one(folder: Path, write: Write) -> None:
    write("pyproject.toml", '[tool.durable-lint]\nfail-on = "warning"\n')
    write("durable-lint.toml", "")
    assert settings_of(folder / "x.py").fail_on is Severity.ERROR


def test_extend(folder: Path, write: Write) -> None:
    (folder / ".git").mkdir()
    write("base.toml", 'select = ["LDF1"]\nfail-on = "warning"\nextend-exclude = ["gen"]\n')
    write(
        "a/durable-lint.toml",
        'extend = "../base.toml"\nignore = ["LDF102"]\nextend-exclude = ["more"]\n',
    )
    found = settings_of(folder / "a" / "x.py")
    assert found.fail_on is Severity.WARNING
    assert found.extend_exclude == ("gen", "more")
    assert found.root == folder / "a"
    codes = found.enabled(catalogue())
    assert "LDF101" in codes
    assert not {"LDF102", "LDF201"} & codes


def test_extend_in_a_circle(folder: Path, write: Write) -> None:
    write("durable-lint.toml", 'extend = "b.toml"\n')
    write("b.toml", 'extend = "durable-lint.toml"\n')
    assert "in a circle" in error_of(folder / "x.py")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        (
            "durable-lint.toml",
            "\nselct = []\n",
            "durable-lint.toml:2: unknown setting 'selct'; did you mean select?",
        ),
        (
            "pyproject.toml",
            "[project]\nselct = 1\n[tool.durable-lint]\nselct = []\n",
            "pyproject.toml:4: unknown setting 'selct'; did you mean select?",
        ),
        (
            "pyproject.toml",
            "[tool.durable-lint.nams]\nx = 1\n",
            "pyproject.toml:1: unknown setting 'nams'; did you mean names?",
        ),
        (
            "durable-lint.toml",
            'select = ["LDF101", "wall-clok"]\n',
            "durable-lint.toml:1: select: unknown rule 'wall-clok'; did you mean wall-clock?",
        ),
        (
            "durable-lint.toml",
            '[names]\n"a.b" = "LDF1O3"\n',
            "durable-lint.toml:2: names: unknown rule 'LDF1O3'; did you mean LDF103?",
        ),
        (
            "durable-lint.toml",
            '[per-file-ignores]\n"a" = ["nothing-like-it"]\n',
            "durable-lint.toml:1: per-file-ignores: unknown rule 'nothing-like-it'",
        ),
        (
            "durable-lint.toml",
            'select = "LDF101"\n',
            "durable-lint.toml:1: select must be a list of strings",
        ),
        (
            "durable-lint.toml",
            'fail-on = "never"\n',
            'durable-lint.toml:1: fail-on must be "error" or "warning"',
        ),
        (
            "durable-lint.toml",
            "respect-gitignore = 1\n",
            "durable-lint.toml:1: respect-gitignore must be true or false",
        ),
        (
            "durable-lint.toml",
            "[names]\nx = 3\n",
            "durable-lint.toml:1: names must be a table",
        ),
        (
            "durable-lint.toml",
            "x = \n",
            "durable-lint.toml:1: not valid TOML: Invalid value (at line 1, column 5)",
        ),
        (
            "pyproject.toml",
            "[tool]\ndurable-lint = 3\n",
            "pyproject.toml:None: tool.durable-lint is not a table",
        ),
        (
            "durable-lint.toml",
            "src = ['../elsewhere']\n",
            "durable-lint.toml:1: src: ../elsewhere lies outside the project",
        ),
        (
            "durable-lint.toml",
            "extend = '/etc/passwd'\n",
            "durable-lint.toml:1: extend: /etc/passwd lies outside the project",
        ),
        (
            "durable-lint.toml",
            "extend = 'missing.toml'\n",
            "missing.toml:None: No such file or directory",
        ),
    ],
)
def test_mistakes_have_a_place(
    folder: Path, write: Write, name: str, text: str, message: str
) -> None:
    write(name, text)
    assert error_of(folder / "x.py").startswith(message)


def test_patterns_that_would_take_long_are_refused(folder: Path, write: Write) -> None:
    write("durable-lint.toml", "names = { 'a.**.b.**.c.**.d.**' = false }\n")
    assert "has more than 3 wildcards" in error_of(folder / "x.py")


def test_a_link_does_not_lead_out_of_the_project(folder: Path, write: Write) -> None:
    outside = write("outside/base.toml", "")
    write("inside/durable-lint.toml", "extend = 'link.toml'\n")
    (folder / "inside" / "link.toml").symlink_to(outside)
    assert "lies outside the project" in error_of(folder / "inside" / "x.py")


def test_the_repository_is_the_project(folder: Path, write: Write) -> None:
    (folder / ".git").mkdir()
    write("a/durable-lint.toml", "src = ['../shared']\n")
    assert settings_of(folder / "a" / "x.py").src == (folder / "shared",)


def test_config_is_trusted_and_isolated_is_alone(folder: Path, write: Write) -> None:
    write("durable-lint.toml", "nonsense = 1\n")
    write("a/other.toml", "src = ['../../elsewhere']\n")
    explicit = Resolver(catalogue(), explicit=folder / "a" / "other.toml")
    assert explicit.for_file(folder / "x.py").src == (folder.parent / "elsewhere",)
    assert Resolver(catalogue(), isolated=True).for_file(folder / "x.py").file is None


def test_one_wrong_file_costs_its_own_folder_only(run: Run, write: Write) -> None:
    write("a/durable-lint.toml", "nonsense = 1\n")
    write("a/handler.py", HANDLER)
    write("b/handler.py", HANDLER)
    outcome = run("check")
    assert outcome.code == 2
    assert outcome.out.startswith("b/handler.py:8:15: LDF101")
    assert outcome.err.startswith("error: a/durable-lint.toml:1: unknown setting 'nonsense'\n")
    assert run("check", "a/handler.py", "b/handler.py").out == outcome.out


FOLDERS = ["", "a", "a/b", "c"]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    tables=st.dictionaries(
        st.sampled_from(FOLDERS), st.sampled_from(['["LDF101"]', '["LDF6"]', "[]"]), max_size=3
    ),
    chosen=st.sets(st.sampled_from(FOLDERS), min_size=1),
    start=st.sampled_from(FOLDERS),
    numbers=st.uuids(),
)
def test_findings_do_not_depend_on_where_or_with_what_they_are_asked_for(
    folder: Path, run: Run, write: Write, tables: dict[str, str], chosen: set[str], start: str,
    numbers: object,
) -> None:  # fmt: skip
    top = folder / str(numbers)
    for name in FOLDERS:
        write(f"{numbers}/{name}/handler.py", HANDLER)
    for name, select in tables.items():
        write(f"{numbers}/{name}/durable-lint.toml", f"select = {select}\n")
    everything = run("check", str(top), "--output-format", "json").out
    os.chdir(top / start)
    try:
        paths = [str(top / name / "handler.py") for name in sorted(chosen)]
        some = keys(run("check", *paths, "--output-format", "json").out)
    finally:
        os.chdir(folder)
    wanted = {str(top / name) for name in chosen}
    assert some == [key for key in keys(everything) if key[0] in wanted]


def keys(output: str) -> list[tuple[str, ...]]:
    """Return the folder, code and place of each finding, in order."""
    return sorted(
        (
            str(Path(found["filename"]).absolute().parent),
            found["code"],
            str(found["location"]),
        )
        for found in json.loads(output)
    )


def test_specificity_decides_not_the_order() -> None:
    rules = catalogue()
    from durable_lint.selection import enabled

    for select in itertools.permutations(["LDF101", "ALL"]):
        assert "LDF101" in enabled(rules, [(select, (), ("LDF1",))])
        assert "LDF102" not in enabled(rules, [(select, (), ("LDF1",))])


def test_preview_rules_are_chosen_by_name_only() -> None:
    from durable_lint.selection import enabled

    rules = catalogue()
    preview = next(rule for rule in rules.rules if rule.preview)
    assert preview.code not in enabled(rules, [(["ALL"], (), ())])
    assert preview.code not in enabled(rules, [([preview.code[:4]], (), ())])
    assert preview.code in enabled(rules, [([preview.code], (), ())])
    assert preview.code in enabled(rules, [(None, (preview.name,), ())])

"""Whichever files are passed, from wherever: a helper is judged by the handlers that reach it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from durable_lint.program.modules.leads import Leads
from durable_lint.program.modules.search import NO_ADDITIONS, Search
from tests.conftest import Run, Write
from tests.counting import CallCounter

ROOT = Path(__file__).parents[1]

HEAD = "from aws_durable_execution_sdk_python import DurableContext, durable_execution\n"


def handler(imports: str, *statements: str) -> str:
    """Return a durable handler that runs some statements in replayed code."""
    body = "".join(f"    {statement}\n" for statement in statements)
    return (
        f"{HEAD}{imports}\n\n\n@durable_execution\n"
        f"def handler(event, context: DurableContext):\n{body}"
        "    return context.step(lambda _: 1, name='one')\n"
    )


CLOCK = "import time\n\n\ndef now():\n    return time.time()\n"

# Several handlers, levels, packages with and without `__init__`, layers, src folders.
PROJECTS: dict[str, dict[str, str]] = {
    "levels": {
        "handler.py": handler("from services import stamp", "name = stamp(event)"),
        "services/__init__.py": "from .repo import stamp\n",
        "services/repo.py": (
            "from services import clock as time_of_day\nfrom .ids import fresh\n\n\n"
            "def stamp(event):\n    return f'{time_of_day.now()}-{fresh()}'\n"
        ),
        "services/clock.py": CLOCK,
        "services/ids.py": "import uuid\n\n\ndef fresh():\n    return uuid.uuid4().hex\n",
        "services/unused.py": CLOCK,
    },
    "several handlers": {
        "orders/handler.py": handler(
            "from shared.clock import (  # the (only) clock\n    now as moment,\n)", "moment()"
        ),
        "refunds/handler.py": handler("import shared.clock", "shared.clock.now()"),
        "audit/handler.py": handler("import shared", "x = shared.clock.now()"),
        "clean/handler.py": handler("import shared.words", "shared.words.upper('a')"),
        "shared/clock.py": CLOCK,
        "shared/words.py": "def upper(text):\n    return text.upper()\n",
    },
    "src layout": {
        "src/app/__init__.py": "",
        "src/app/main.py": handler("from app.lib.clock import *", "now()"),
        "src/app/lib/__init__.py": "",
        "src/app/lib/clock.py": CLOCK,
        "scripts/report.py": "from app.lib.clock import now\n\nprint(now())\n",
        "tests/test_main.py": f"{HEAD}from app.main import handler\n",
    },
    "layers": {
        "functions/pay/handler.py": handler("from common.clock import now", "now()"),
        "layers/base/python/common/clock.py": CLOCK,
    },
    "paths": {
        "functions/pay/handler.py": (
            "import os\nimport sys\n\n"
            "sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', '..', 'vendored'))\n"
            + handler("import stamps", "stamps.stamp()")
        ),
        "vendored/stamps.py": "import clock\n\n\ndef stamp():\n    return clock.now()\n",
        "vendored/clock.py": CLOCK,
        "clock.py": CLOCK.replace("time.time()", "0"),
    },
    "dynamic": {
        "handler.py": handler(
            "import importlib\n\nclock = importlib.import_module('lib.clock')", "clock.now()"
        ),
        "lib/clock.py": CLOCK,
    },
    "inside functions": {
        "handler.py": handler("", "from lib import clock; import lib.ids", "clock.now()"),
        "lib/clock.py": "try: import missing\nexcept ImportError: from lib.real import now\n",
        "lib/real.py": CLOCK,
        "lib/ids.py": "",
    },
    "comments": {
        "handler.py": handler("from lib import now, later", "now(); later()"),
        "lib.py": (
            "import time\n\n\ndef now():\n    return time.time()  # durable-lint: ignore[LDF101]\n"
            "\n\ndef later():\n    # durable-lint: ignore[LDF102]\n    return time.time()\n"
        ),
    },
    "broken": {
        "handler.py": handler("from lib import clock\nfrom lib.real import now", "now()"),
        "lib/clock.py": "def broken(:\n",
        "lib/real.py": CLOCK,
    },
    "house names": {
        "durable-lint.toml": (
            'entry-points = ["house.workflow"]\nsrc = ["own"]\nextend-exclude = ["old"]\n'
        ),
        "own/house.py": "def workflow(function):\n    return function\n",
        "own/clock.py": CLOCK,
        "app.py": (
            "from house import workflow\nimport clock\n\n\n@workflow\n"
            "def run(event, context):\n    clock.now()\n    context.wait(5)\n"
        ),
        "old/app.py": handler("import clock", "clock.now()"),
    },
    "clients": {
        "template.yaml": (
            "Resources:\n  Pay:\n    Type: AWS::Serverless::Function\n    Properties:\n"
            "      FunctionName: pay\n      DurableConfig: {ExecutionTimeout: 60}\n"
        ),
        "start.py": (
            "import boto3\nfrom lib import call\n\nclient = boto3.client('lambda')\n\n\n"
            "def run():\n    call(client, FunctionName='pay')\n"
        ),
        "lib.py": (
            "def call(client, **options):\n    return client.invoke(**options)\n"
        ),
    },
    "deployed": {
        "template.yaml": (
            "Resources:\n  Pay:\n    Type: AWS::Serverless::Function\n    Properties:\n"
            "      FunctionName: pay\n      DurableConfig: {ExecutionTimeout: 60}\n"
            "  Order:\n    Type: AWS::Serverless::Function\n    Properties:\n"
            "      Environment: {Variables: {PAY: pay}}\n"
        ),
        "handler.py": handler("import os", "context.invoke(os.environ['PAY'], {}, name='pay')"),
    },
}  # fmt: skip


Shown = dict[str, Any]


@pytest.fixture(params=PROJECTS)
def project(request: pytest.FixtureRequest, folder: Path, write: Write) -> Path:
    """The folder of a project, which is the working directory."""
    lay_out(write, PROJECTS[request.param])
    return folder


def lay_out(write: Write, files: dict[str, str]) -> None:
    write("pyproject.toml", "")
    for name, text in files.items():
        write(name, text)


def found(run: Run, *arguments: str, **options: Any) -> list[Shown]:
    """Return the findings of a run, with names of files that do not depend on the folder."""
    findings: list[Shown] = json.loads(
        run("check", "--output-format", "json", *arguments, **options).out
    )
    for finding in findings:
        for shown in (finding, *finding["route"]):
            shown["filename"] = str(Path(shown["filename"]).resolve())
    return findings


def touching(findings: list[Shown], *paths: Path) -> list[Shown]:
    """Return the findings that lie in one of the files, or pass through one."""
    wanted = set(map(str, paths))
    return [
        finding
        for finding in findings
        if wanted & {finding["filename"], *(hop["filename"] for hop in finding["route"])}
    ]


def linted(project: Path) -> list[Path]:
    return sorted(path for path in project.rglob("*.*") if path.suffix in (".py", ".yaml"))


def test_every_project_has_something_to_agree_on(project: Path, run: Run) -> None:
    assert found(run)


def test_one_file_gets_what_all_get(project: Path, run: Run) -> None:
    everything = found(run)
    for path in linted(project):
        if "old" not in path.parts:
            assert found(run, str(path)) == touching(everything, path), path


def test_some_files_get_what_all_get(project: Path, run: Run) -> None:
    everything = found(run)
    paths = [path for path in linted(project) if "old" not in path.parts]
    for some in (paths[::2], paths[1::2], paths):
        if some:
            assert found(run, *map(str, some)) == touching(everything, *some), some
    for inner in (path for path in project.iterdir() if path.is_dir() and path.name != "old"):
        inside = [path for path in paths if path.is_relative_to(inner)]
        assert found(run, str(inner)) == touching(everything, *inside), inner


def test_the_working_directory_does_not_matter(
    project: Path, run: Run, tmp_path_factory: pytest.TempPathFactory, monkeypatch: Any
) -> None:
    everything = found(run)
    inside = max((path.parent for path in linted(project)), key=lambda folder: len(folder.parts))
    for cwd in (inside, tmp_path_factory.mktemp("elsewhere")):
        monkeypatch.chdir(cwd)
        assert found(run, str(project)) == everything, cwd
        for path in linted(project):
            if "old" not in path.parts:
                assert found(run, str(path)) == touching(everything, path), (cwd, path)


def test_standard_input_for_a_helper(folder: Path, run: Run, write: Write) -> None:
    lay_out(write, PROJECTS["levels"])
    helper = folder / "services" / "clock.py"
    name = str(helper)
    assert found(run, "--stdin-filename", name, "-", stdin=CLOCK) == found(run, name)
    fresh = CLOCK.replace("import time", "import time, uuid").replace("time.time", "uuid.uuid4")
    codes = {finding["code"] for finding in found(run, "--stdin-filename", name, "-", stdin=fresh)}
    assert codes == {"LDF103"}
    assert found(run, "--stdin-filename", name, "-", stdin="def now():\n    return 1\n") == []


def test_only_the_selected_file_is_mended(folder: Path, run: Run, write: Write) -> None:
    lay_out(write, PROJECTS["levels"])
    before = {path: path.read_bytes() for path in linted(folder)}
    outcome = run("check", "--fix", "services/clock.py")
    assert {path: path.read_bytes() for path in linted(folder)} == before
    assert outcome.out.startswith("handler.py:")
    assert "[*]" not in outcome.out
    assert "fixable" not in outcome.err
    assert "[*]" in run("check", "handler.py").out


def test_a_route_goes_to_each_effect(folder: Path, run: Run, write: Write) -> None:
    lay_out(write, PROJECTS["levels"])
    (finding,) = found(run)
    assert [hop["message"].partition(" ")[0] for hop in finding["route"]] == [
        "calls",
        "calls",
        "uuid.uuid4",
        "calls",
        "time.time",
    ]


def test_what_git_ignores_calls_nobody(folder: Path, run: Run, write: Write) -> None:
    lay_out(write, PROJECTS["levels"])
    (folder / ".git").mkdir()
    assert found(run, "services/clock.py")
    write(".gitignore", "/handler.py\n")
    assert found(run, "services/clock.py") == []


def test_packages_in_a_folder_that_nothing_marks(folder: Path, run: Run, write: Write) -> None:
    write("pay/__init__.py", "")
    write("pay/handler.py", handler("from pay.lib.clock import now", "now()"))
    write("pay/lib/__init__.py", "")
    write("pay/lib/clock.py", CLOCK)
    write("other/handler.py", handler("from pay.lib.clock import now", "now()"))
    assert [finding["code"] for finding in found(run, "pay/lib/clock.py")] == ["LDF101"]


def test_verbose_counts_the_callers(folder: Path, run: Run, write: Write) -> None:
    lay_out(write, PROJECTS["several handlers"])
    outcome = run("check", "-v", "shared/clock.py")
    assert "note: 0 of 1 files concern durable functions, 3 more lead to them; " in outcome.err
    assert "more lead" not in run("check", "-v").err


PARSER = "durable_lint.program.modules.parse.parse"
READER = "durable_lint.texts.Texts.read"


def calls(function: str, act: Callable[[], object]) -> int:
    with CallCounter([function], ROOT / "durable_lint") as counter:
        act()
    return counter.calls


def test_only_what_leads_to_a_helper_is_parsed(folder: Path, run: Run, write: Write) -> None:
    lay_out(write, PROJECTS["several handlers"])
    for number in range(50):
        write(f"more/handler_{number}.py", handler("from shared import words", "words.upper('a')"))
        write(f"plain/clock_{number}.py", f"from shared.clock import now\n\nx = {number}\n")
    # Three handlers and the helper: what is only imported beside it is not opened.
    assert calls(PARSER, lambda: run("check", "shared/clock.py")) == 4
    assert calls(PARSER, lambda: run("check", "shared/words.py")) > 50
    assert calls(PARSER, lambda: run("check", "plain/clock_7.py")) == 0


def test_the_whole_project_is_read_once(folder: Path, run: Run, write: Write) -> None:
    lay_out(write, PROJECTS["several handlers"])
    for number in range(50):
        write(f"plain/clock_{number}.py", f"from shared.clock import now\n\nx = {number}\n")
    paths = [str(path) for path in linted(folder)]
    folders = calls(READER, lambda: run("check", "."))
    assert calls(READER, lambda: run("check", *paths)) == folders


def test_without_the_sdk_no_parser_is_loaded(folder: Path, write: Write) -> None:
    for name, text in PROJECTS["levels"].items():
        write(name, text.replace("aws_durable", "other"))
    write("pyproject.toml", "")
    code = (
        "import atexit, sys\n"
        "from durable_lint.cli import main\n"
        "atexit.register(lambda: print('libcst' in sys.modules))\n"
        "main(['check', '-q', 'services/clock.py'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


# Imports as a text shows them.

IMPORTS: dict[str, tuple[str, ...]] = {
    "import a.b.c": ("a/__init__.py", "a/b/__init__.py", "a/b/c.py"),
    "import a.b.c as d": ("a/__init__.py", "a/b/__init__.py", "a/b/c.py"),
    "import x, top as t": ("top.py",),
    "import x, \\\n    top": ("top.py",),
    "if True: import top": ("top.py",),
    "x = 1; import top": ("top.py",),
    "import x\rimport top": ("top.py",),
    "from top import y": ("top.py",),
    "from a.b import c": ("a/b/__init__.py", "a/b/c.py"),
    "from a.b import (\n    x,  # one (of many)\n    c as d,\n)": ("a/b/__init__.py", "a/b/c.py"),
    "from a.b \\\n  import x, \\\n  c": ("a/b/__init__.py", "a/b/c.py"),
    "import a\na.b.c.run()": ("a/__init__.py", "a/b/__init__.py", "a/b/c.py"),
    "from . import top": ("top.py",),
    "from .top import y": ("top.py",),
    "from.a.b.c import y": ("a/b/c.py",),
    "from .a import importer": ("a/__init__.py", "a/importer.py"),
    "importlib.import_module('a.b.c')": ("a/__init__.py", "a/b/__init__.py", "a/b/c.py"),
    "from spaces import y": ("spaces/inner.py",),
    "x = 'important'": (),
    "yield from top": (),
    "import os, json": (),
}


@pytest.mark.parametrize("text", IMPORTS)
def test_imports_in_a_text(text: str, folder: Path, write: Write) -> None:
    for name in ("a/__init__.py", "a/importer.py", "a/b/__init__.py", "a/b/c.py", "top.py"):
        write(name, "")
    write("spaces/inner.py", "y = 1\n")
    file = write("file.py", text + (" # inner" if "spaces" in text else ""))
    file.write_bytes(file.read_text(encoding="utf-8").encode())
    leads = Leads(Search(folder, ()), Path.read_bytes, lambda _: NO_ADDITIONS)
    assert sorted(path.relative_to(folder).as_posix() for path in leads.imported(file)) == list(
        IMPORTS[text]
    )


def test_a_circle_of_imports_ends(folder: Path, write: Write) -> None:
    write("a.py", "import b\n")
    write("b.py", "import a\n")
    write("c.py", "")
    leads = Leads(Search(folder, ()), Path.read_bytes, lambda _: NO_ADDITIONS)
    a, b, c = (folder / name for name in ("a.py", "b.py", "c.py"))
    assert leads.reaching([a, c], [c]) == {c}
    assert leads.reaching([a], [b]) == {a}


HOSTILE = {
    "from": "from " * 100_000,
    "blanks": "from" + " " * 200_000,
    "dots": "from " + "." * 200_000,
    "commas": "import " + "a," * 100_000,
    "backslashes": "import" + "\\" * 100_001,
    "brackets": "from x import (" + "a.b," * 50_000,
    "dotted": "import " + "a." * 2_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_text_takes_long(name: str, folder: Path, write: Write) -> None:
    file = write("a.py", HOSTILE[name])
    leads = Leads(Search(folder, ()), Path.read_bytes, lambda _: NO_ADDITIONS)
    started = time.perf_counter()
    assert leads.imported(file) == frozenset()
    assert time.perf_counter() - started < 5

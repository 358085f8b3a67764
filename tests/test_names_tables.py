"""The names tables of the rule pages: each name belongs to one rule and is spelled as they are."""

from __future__ import annotations

import builtins
import importlib
import inspect
import re
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from durable_lint.catalogue import catalogue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from durable_lint.catalogue import NameEntry

RULES = [rule for rule in catalogue().rules if rule.names]
ROWS = [(rule.code, name, entry) for rule in RULES for name, entry in rule.names.items()]
SEGMENT = re.compile(r"[\w*]+((\(\))+(\*\*)?)?")

# Newer than the oldest Python, older than the newest, or of another system than Linux.
NOT_EVERYWHERE = """
    random.binomialvariate uuid.uuid6 uuid.uuid7 uuid.uuid8 ssl.RAND_pseudo_bytes ssl.wrap_socket
    select.kqueue().control dbm.gnu.open dbm.ndbm.open dbm.sqlite3.open msvcrt.locking
    os.lchmod os.chflags os.lchflags os.listdrives os.listvolumes os.listmounts os.startfile
    os.path.isjunction os.path.isdevdrive os.process_cpu_count _thread.start_joinable_thread
    concurrent.futures.InterpreterPoolExecutor
"""


def test_a_name_belongs_to_one_rule() -> None:
    counts = Counter(name for _, name, _ in ROWS)
    assert [name for name, count in counts.items() if count > 1] == []


@pytest.mark.parametrize(("code", "rows"), [(rule.code, rule.names) for rule in RULES])
def test_rows_are_well_formed(code: str, rows: Mapping[str, NameEntry | None]) -> None:
    for name, entry in rows.items():
        assert all(SEGMENT.fullmatch(segment) for segment in name.split(".")), name
        # It is read after the name, as in `"time.time" reads the clock`.
        assert entry is None or re.match(r"(\w+s|may) ", entry.why), (name, entry)


def test_the_standard_library_has_the_names() -> None:
    known = {*sys.stdlib_module_names, *dir(builtins)} - {"crypt", "nntplib", "telnetlib"}
    names = [name for _, name, _ in ROWS if "*" not in name and re.split(r"[.(]", name)[0] in known]
    assert [n for n in names if n not in NOT_EVERYWHERE.split() and not _exists(n.split("."))] == []


def _exists(parts: list[str]) -> bool:
    target: object = builtins
    plain = [part.partition("()")[0] for part in parts]
    start = 0
    for size in range(len(parts), 0, -1):
        try:
            target = importlib.import_module(".".join(plain[:size]))
        except ImportError:
            continue
        start = size
        break
    for part, called in zip(plain[start:], parts[start:], strict=True):
        if not hasattr(target, part):
            return False
        target = getattr(target, part)
        if called.endswith("()") and not inspect.isclass(target):
            # What a function returns is not known before it is called.
            return True
    return True

"""The rule pages as data: `rules/LDF101-wall-clock.md` becomes a `Rule`.

File names alone give every code and name, so a selector is checked without opening a page; a page
is read when its rule is asked for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from durable_lint.findings import Applicability, Severity
from durable_lint.pages import Example, PageError, Section, examples, sections
from durable_lint.problems import ProblemError, suggestion

HEADINGS = (
    "What it finds",
    "Why it breaks replay",
    "Examples",
    "Proof",
    "When not to use it",
)

_FILE_NAME = re.compile(r"(?P<code>LDF[0-9]{3})-(?P<name>[a-z0-9-]+)\.md")
_REQUIRED = ("code", "name", "summary", "since", "status", "default", "severity", "fix")
_OPTIONAL = ("names", "proof", "tables")


class CatalogueError(ProblemError):
    """A rule page is malformed."""


class UnknownRuleError(ProblemError):
    """A selector fits no rule."""


@dataclass(frozen=True, slots=True)
class NameEntry:
    """Why a call is reported, read after its name: "reads the clock".

    A call that gives one of the arguments in `unless_argument` (0-based place or keyword) is fine.
    So is one that is given one of the values in `unless_value`: a literal string, any literal of a
    type, such as `int()`, or what has that resolved path, such as `io.BytesIO()`; a `*` at its end
    stands for any rest. Where there are
    `only_argument` or `only_value`, a call that gives none of them is fine too. An `attribute` is
    reported where it is read, without a call.
    """

    why: str
    unless_argument: tuple[int | str, ...] = ()
    attribute: bool = False
    unless_value: tuple[str, ...] = ()
    only_argument: tuple[int | str, ...] = ()
    only_value: tuple[str, ...] = ()

    @property
    def is_selective(self) -> bool:
        """Whether the row is about some calls only, and says nothing of the others."""
        return bool(self.only_argument or self.only_value)


@dataclass(frozen=True)
class Rule:
    """One rule page. `fix` is the most that the rule's fixes dare, None where it has none.

    `tables` is other data that the rule's check wants.
    """

    code: str
    name: str
    summary: str
    since: str
    status: str
    default: bool
    severity: Severity
    fix: Applicability | None
    names: Mapping[str, NameEntry | None]
    proof: Mapping[str, Any]
    tables: Mapping[str, Any]
    path: Path
    parts: tuple[Section, ...]

    @property
    def preview(self) -> bool:
        """Whether the rule is chosen by its exact code or name only."""
        return self.status == "preview"

    @cached_property
    def sections(self) -> Mapping[str, str]:
        """Heading to Markdown, in the page's order."""
        return {part.title: part.text for part in self.parts[1:]}

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """The page's examples, in order.

        Raises CatalogueError where one is marked wrongly.
        """
        blocks = tuple(block for part in self.parts[1:] for block in part.blocks)
        try:
            return tuple(examples(blocks))
        except PageError as error:
            raise CatalogueError(str(error), self.path, error.row) from error


class Catalogue:
    """All rules of one folder, by code and by name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._paths: dict[str, Path] = {}
        self._names: dict[str, str] = {}
        self._rules: dict[str, Rule] = {}
        for path in sorted(folder.glob("*.md")):
            match = _FILE_NAME.fullmatch(path.name)
            if match is None:
                continue
            if match["code"] in self._paths or match["name"] in self._names.values():
                raise CatalogueError("a second page for this code or name", path, 1)
            self._paths[match["code"]] = path
            self._names[match["code"]] = match["name"]

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code, in order."""
        return tuple(self._paths)

    @property
    def names(self) -> Mapping[str, str]:
        """Code to name."""
        return self._names

    def rule(self, code: str) -> Rule:
        """Return the rule with this code; its page is read once.

        Raises CatalogueError for a malformed page.
        """
        if code not in self._rules:
            self._rules[code] = read_page(self._paths[code])
        return self._rules[code]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order of their codes."""
        return tuple(self.rule(code) for code in self.codes)

    @cached_property
    def libraries(self) -> frozenset[str]:
        """The top-level names of what the pages speak of: none of it is a project's own package."""
        named = (pattern for rule in self.rules for pattern in rule.names)
        return frozenset(re.split(r"\W", pattern, maxsplit=1)[0] for pattern in named)

    def find(self, code_or_name: str) -> str:
        """Return the code of the one rule with this code or name.

        Raises UnknownRuleError with a suggestion.
        """
        wanted = code_or_name.strip()
        for code, name in self._names.items():
            if wanted.upper() == code or wanted == name:
                return code
        raise UnknownRuleError(self._unknown(wanted))

    def expand(self, selector: str) -> tuple[str, ...]:
        """Return the codes that a code, a name, a prefix of codes or ALL stands for.

        Raises UnknownRuleError with a suggestion where there is none.
        """
        wanted = selector.strip()
        if wanted == "ALL":
            return self.codes
        try:
            return (self.find(wanted),)
        except UnknownRuleError:
            found = tuple(code for code in self.codes if wanted and code.startswith(wanted.upper()))
            if not found:
                raise
            return found

    def _unknown(self, wanted: str) -> str:
        close = suggestion(wanted, (*self._names, *self._names.values()))
        hint = f"did you mean {close}?" if close else "see `durable-lint rules`"
        return f"unknown rule {wanted!r}; {hint}"


def read_page(path: Path) -> Rule:
    """Return the rule that a page describes.

    Raises CatalogueError for anything out of shape.
    """
    try:
        parts = sections(path.read_text(encoding="utf-8"))
        return _rule(path, parts)
    except PageError as error:
        raise CatalogueError(str(error), path, error.row) from error
    except UnicodeDecodeError as error:
        raise CatalogueError(str(error), path, 1) from error


def _rule(path: Path, parts: tuple[Section, ...]) -> Rule:
    if not parts or not parts[0].blocks or parts[0].blocks[0].language != "toml":
        raise PageError("a rule page begins with a heading and a toml block", 1)
    block = parts[0].blocks[0]
    try:
        data = tomllib.loads(block.text)
    except tomllib.TOMLDecodeError as error:
        raise PageError(str(error), block.row) from error
    _check_keys(data, block.row)
    if parts[0].title != f"{data['code']} {data['name']}":
        raise PageError("the heading is not the code and the name of the toml block", parts[0].row)
    if path.name != f"{data['code']}-{data['name']}.md":
        raise PageError("the file's name is not the code and the name of the toml block", 1)
    titles = tuple(part.title for part in parts[1:] if part.level == 2)
    if titles != HEADINGS:
        raise PageError(f"the headings are not {', '.join(HEADINGS)}", parts[0].row)
    try:
        names = {key: name_entry(key, value) for key, value in data.get("names", {}).items()}
        severity = Severity(data["severity"])
        fix = None if data["fix"] == "none" else Applicability(data["fix"])
    except ValueError as error:
        raise PageError(str(error), block.row) from error
    return Rule(
        code=data["code"],
        name=data["name"],
        summary=data["summary"],
        since=data["since"],
        status=data["status"],
        default=data["default"],
        severity=severity,
        fix=fix,
        names=names,
        proof=data.get("proof", {}),
        tables=data.get("tables", {}),
        path=path,
        parts=parts,
    )


def _check_keys(data: Mapping[str, Any], row: int) -> None:
    for key in _REQUIRED:
        if not isinstance(data.get(key), bool if key == "default" else str):
            raise PageError(f"the toml block lacks {key}, or it is of the wrong type", row)
    for key in data.keys() - {*_REQUIRED, *_OPTIONAL}:
        raise PageError(f"the toml block has an unknown key: {key}", row)
    if data["status"] not in ("stable", "preview"):
        raise PageError("status is neither stable nor preview", row)


def name_entry(key: str, value: object) -> NameEntry | None:
    """Return the entry that a row of a names table means, None for an exempt name.

    Raises ValueError for a value that is none of the three forms.
    """
    match value:
        case False:
            return None
        case str():
            return NameEntry(value)
        case {"why": str(why), **rest} if rest.keys() <= _ROW_KEYS:
            unless, only = _listed(rest, "unless-argument"), _listed(rest, "only-argument")
            unless_value, only_value = _listed(rest, "unless-value"), _listed(rest, "only-value")
            attribute = rest.get("attribute", False)
            if (
                isinstance(attribute, bool)
                and all(type(item) in (int, str) for item in (*unless, *only))
                and all(isinstance(item, str) for item in (*unless_value, *only_value))
            ):
                return NameEntry(why, unless, attribute, unless_value, only, only_value)
    raise ValueError(f"the row {key!r} of [names] is neither a reason, a table nor false")


_ROW_KEYS = frozenset(
    {"unless-argument", "unless-value", "only-argument", "only-value", "attribute"}
)


def _listed(row: Mapping[Any, Any], key: str) -> tuple[Any, ...]:
    value = row.get(key, [])
    return tuple(value) if isinstance(value, list) else (value,)


@cache
def catalogue() -> Catalogue:
    """Return the rules that come with the program."""
    packaged = Path(__file__).parent / "rules"
    # An editable install has no copy of the pages: there the checkout's own are read.
    return Catalogue(packaged if packaged.is_dir() else Path(__file__).parents[1] / "rules")

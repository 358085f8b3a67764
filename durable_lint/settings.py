"""`[tool.durable-lint]` and durable-lint.toml: found by folder, checked key by key.

A linted file is governed by the nearest folder above it that holds a `durable-lint.toml` or a
`pyproject.toml` with our table, and by nothing else: not by the working directory and not by which
other files are linted.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from durable_lint.catalogue import Catalogue, NameEntry, UnknownRuleError
from durable_lint.findings import Severity
from durable_lint.globs import Patterns
from durable_lint.keys import Place, SettingsError, read_keys
from durable_lint.selection import enabled

FILE_NAME = "durable-lint.toml"

DEFAULT_EXCLUDE = (
    ".aws-sam", ".bzr", ".direnv", ".eggs", ".git", ".hg", ".ipynb_checkpoints", ".mypy_cache",
    ".nox", ".pytest_cache", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode", "__pycache__",
    "__pypackages__", "_build", "build", "cdk.out", "dist", "node_modules", "site-packages", "venv",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layer:
    """What one place says about which rules are on; a `select` starts afresh."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HouseName:
    """A row that the settings add to a rule's names; no `entry` exempts the name."""

    code: str
    entry: NameEntry | None


@dataclass(frozen=True)
class Settings:
    """What holds for the files of one folder. Patterns are relative to `root`."""

    root: Path
    file: Path | None = None
    layers: tuple[Layer, ...] = ()
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    respect_gitignore: bool = True
    force_exclude: bool = False
    src: tuple[Path, ...] = ()
    names: Mapping[str, HouseName] = field(default_factory=dict)
    step_wrappers: tuple[str, ...] = ()
    entry_points: tuple[str, ...] = ()
    on_demand_functions: tuple[str, ...] = ()
    operations: str = "versioned"
    fail_on: Severity = Severity.ERROR
    output_format: str = "concise"

    @cached_property
    def _excluded(self) -> Patterns:
        return Patterns((*self.exclude, *self.extend_exclude))

    @cached_property
    def _per_file(self) -> list[tuple[Patterns, tuple[str, ...]]]:
        return [(Patterns([key]), codes) for key, codes in self.per_file_ignores.items()]

    def excludes(self, path: Path, *, folder: bool) -> bool:
        """Tell whether `exclude` or `extend-exclude` names this path itself."""
        if not path.is_relative_to(self.root):
            return False
        parts = path.relative_to(self.root).parts
        return bool(parts) and self._excluded.decide(parts, folder=folder) is True

    def enabled(self, rules: Catalogue) -> frozenset[str]:
        """Return the codes of the rules that are on.

        Raises UnknownRuleError for a selector that fits none.
        """
        return enabled(
            rules, ((layer.select, layer.extend_select, layer.ignore) for layer in self.layers)
        )

    def ignored(self, path: Path, rules: Catalogue) -> frozenset[str]:
        """Return the codes that `per-file-ignores` turns off for `path`."""
        if not self._per_file or not path.is_relative_to(self.root):
            return frozenset()
        parts = path.relative_to(self.root).parts
        return frozenset(
            code
            for patterns, selectors in self._per_file
            # A pattern that names a folder holds for what is inside it.
            if any(
                patterns.decide(parts[:end], folder=end < len(parts))
                for end in range(1, len(parts) + 1)
            )
            for selector in selectors
            for code in rules.expand(selector)
        )

    def needles(self) -> tuple[bytes, ...]:
        """Return the byte strings of which a file has one if it can concern us."""
        added = (name.rpartition(".")[2] for name in (*self.entry_points, *self.step_wrappers))
        return (b"aws_durable_execution_sdk_python", *(name.encode() for name in added))


class Resolver:
    """Finds the settings that govern a file, reading each settings file once."""

    def __init__(
        self,
        rules: Catalogue,
        *,
        explicit: Path | None = None,
        isolated: bool = False,
        layer: Layer | None = None,
        fail_on: Severity | None = None,
    ) -> None:
        """`explicit` is the file of --config; `layer` and `fail_on` are what the flags say."""
        self._rules = rules
        self._layer = layer
        self._fail_on = fail_on
        self._isolated = isolated
        self._folders: dict[Path, Settings] = {}
        self._own: dict[Path, Settings | None] = {}
        self._explicit: Settings | None = None
        if layer is not None:
            enabled(rules, [(layer.select, layer.extend_select, layer.ignore)])
        if explicit is not None:
            table, text = _read(explicit)
            self._explicit = self._load(explicit, table, text, trusted=True)

    def for_file(self, path: Path) -> Settings:
        """Return the settings for an absolute file path; raises SettingsError."""
        return self.for_folder(path.parent)

    def for_folder(self, folder: Path) -> Settings:
        """Return the settings for what lies directly in an absolute folder.

        Raises SettingsError for a settings file that cannot be read or is wrong.
        """
        if self._explicit is not None:
            return self._explicit
        if folder not in self._folders:
            above = () if self._isolated else (folder, *folder.parents)
            found = next(filter(None, map(self._in, above)), None)
            self._folders[folder] = found or self._with_flags(Settings(boundary(folder)))
        return self._folders[folder]

    def _with_flags(self, settings: Settings) -> Settings:
        if self._layer is not None:
            settings = replace(settings, layers=(*settings.layers, self._layer))
        if self._fail_on is not None:
            settings = replace(settings, fail_on=self._fail_on)
        return settings

    def _in(self, folder: Path) -> Settings | None:
        """Return the settings that a folder itself holds, if any; read once."""
        if folder not in self._own:
            self._own[folder] = self._read_in(folder)
        return self._own[folder]

    def _read_in(self, folder: Path) -> Settings | None:
        for name in (FILE_NAME, "pyproject.toml"):
            file = folder / name
            if file.is_file():
                table, text = _read(file)
                if table is not None:
                    return self._load(file, table, text)
        return None

    def _load(
        self, file: Path, table: Mapping[str, Any] | None, text: str, *, trusted: bool = False
    ) -> Settings:
        if table is None:
            raise SettingsError("there is no [tool.durable-lint] table", file)
        return self._with_flags(self._build(file, table, text, trusted=trusted, seen=(file,)))

    def _build(
        self,
        file: Path,
        table: Mapping[str, Any],
        text: str,
        *,
        trusted: bool,
        seen: tuple[Path, ...],
    ) -> Settings:
        place = Place(file, text)
        values = read_keys(table, place)
        base = Settings(file.parent, file)
        fence = None if trusted else boundary(file.parent)
        if (extended := values.pop("extend", None)) is not None:
            target = _inside(extended, fence, place, "extend")
            if target in seen:
                raise place.error("extend", f"settings extend each other in a circle: {target}")
            base_table, base_text = _read(target)
            if base_table is None:
                raise place.error("extend", f"{target} has no [tool.durable-lint] table")
            inherited = self._build(
                target, base_table, base_text, trusted=trusted, seen=(*seen, target)
            )
            base = replace(inherited, root=file.parent, file=file)
        layer = Layer(
            values.pop("select", None), values.pop("extend_select", ()), values.pop("ignore", ())
        )
        if "src" in values:
            values["src"] = tuple(_inside(item, fence, place, "src") for item in values["src"])
        if "names" in values:
            values["names"] = self._names(values["names"], place)
        values["extend_exclude"] = (*base.extend_exclude, *values.get("extend_exclude", ()))
        settings = replace(base, layers=(*base.layers, layer), **values)
        self._check_selectors(layer, values.get("per_file_ignores", {}), place)
        return settings

    def _check_selectors(
        self, layer: Layer, per_file: Mapping[str, tuple[str, ...]], place: Place
    ) -> None:
        written = [("select", item) for item in layer.select or ()]
        written += [("extend-select", item) for item in layer.extend_select]
        written += [("ignore", item) for item in layer.ignore]
        written += [("per-file-ignores", item) for items in per_file.values() for item in items]
        for key, selector in written:
            try:
                self._rules.expand(selector)
            except UnknownRuleError as error:
                raise place.error(key, f"{key}: {error}") from error

    def _names(
        self, rows: Mapping[str, tuple[str | None, NameEntry | None]], place: Place
    ) -> dict[str, HouseName]:
        found: dict[str, HouseName] = {}
        for name, (rule, entry) in rows.items():
            try:
                code = "" if rule is None else self._rules.find(rule)
            except UnknownRuleError as error:
                raise place.error(name, f"names: {error}") from error
            found[name] = HouseName(code, entry)
        return found


def boundary(folder: Path) -> Path:
    """Return the folder that settings in `folder` must not look beyond: their repository."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            return candidate
    return folder


def _inside(written: str, fence: Path | None, place: Place, key: str) -> Path:
    target = (place.file.parent / written).resolve()
    if fence is not None and not target.is_relative_to(fence.resolve()):
        raise place.error(key, f"{key}: {written} lies outside the project ({fence})")
    return target


def _read(file: Path) -> tuple[Mapping[str, Any] | None, str]:
    """Return our table of a settings file, None where a pyproject.toml has none, and its text."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
        data = tomllib.loads(text)
    except OSError as error:
        raise SettingsError(error.strerror or str(error), file) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"not UTF-8 ({error.reason} at byte {error.start})", file) from error
    except tomllib.TOMLDecodeError as error:
        row = re.search(r"at line ([0-9]+)", str(error))
        raise SettingsError(
            f"not valid TOML: {error}", file, int(row[1]) if row else None
        ) from error
    except RecursionError as error:
        raise SettingsError("nested too deeply", file) from error
    if file.name != "pyproject.toml":
        return data, text
    tools = data.get("tool", {})
    table = tools.get("durable-lint") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise SettingsError("tool.durable-lint is not a table", file)
    return table, text

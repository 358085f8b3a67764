"""What a module adds to `sys.path`, where constants and its own place say what it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import libcst as cst

from durable_lint.program.modules.module import Module
from durable_lint.program.modules.search import NO_ADDITIONS, Additions
from durable_lint.program.modules.syntax import descendants, dotted_name

_SAME = frozenset(("str", "abspath", "realpath", "Path", "PurePath", "fspath", "normpath"))


def path_additions(module: Module) -> Additions:
    """Return the folders that a module puts on `sys.path`."""
    if "sys.path" not in module.source.text:
        return NO_ADDITIONS
    folders = _Folders(module)
    added = NO_ADDITIONS
    for node in descendants(module.tree):
        if isinstance(node, cst.Call) and node.args:
            called = dotted_name(node.func)
            if called in ("sys.path.insert", "sys.path.append"):
                path = folders.path(node.args[-1].value)
                if path is not None:
                    folder = (Path(os.path.normpath(path)),)
                    added += (
                        Additions(folder) if called.endswith("insert") else Additions((), folder)
                    )
    return added


class _Folders:
    """Reads expressions for paths that are made of constants and `__file__`."""

    def __init__(self, module: Module) -> None:
        self._file = module.path
        self._names = _assigned(module)

    def path(self, node: cst.BaseExpression | None) -> Path | None:
        """Return the path that an expression makes, None where it cannot be told."""
        rule = _RULES.get(type(node))
        return rule(self, node) if rule is not None else None

    def text(self, node: cst.SimpleString | cst.ConcatenatedString) -> Path | None:
        text = node.evaluated_value
        return self._file.parent / text if isinstance(text, str) else None

    def name(self, node: cst.Name) -> Path | None:
        if node.value == "__file__":
            return self._file
        # Taken out while it is read, for a name may be made of itself.
        value = self._names.pop(node.value, None)
        path = self.path(value)
        if value is not None:
            self._names[node.value] = value
        return path

    def joined(self, node: cst.BinaryOperation) -> Path | None:
        left = self.path(node.left)
        if left is None or not isinstance(node.operator, cst.Divide):
            return None
        return self._below(left, node.right)

    def attribute(self, node: cst.Attribute) -> Path | None:
        inner = self.path(node.value) if node.attr.value == "parent" else None
        return inner.parent if inner is not None else None

    def parents(self, node: cst.Subscript) -> Path | None:
        index = node.slice[0].slice
        if not isinstance(node.value, cst.Attribute) or node.value.attr.value != "parents":
            return None
        inner = self.path(node.value.value)
        if inner is None or not isinstance(index, cst.Index):
            return None
        if not isinstance(index.value, cst.Integer):
            return None
        level = index.value.evaluated_value
        return inner.parents[level] if level < len(inner.parents) else None

    def called(self, node: cst.Call) -> Path | None:
        name = (dotted_name(node.func) or "").rpartition(".")[2]
        if isinstance(node.func, cst.Attribute) and node.func.attr.value in ("resolve", "absolute"):
            return self.path(node.func.value)
        first = self.path(node.args[0].value) if node.args else None
        if first is None:
            return None
        if name == "dirname":
            return first.parent
        if name in ("join", "Path", "PurePath"):
            for arg in node.args[1:]:
                below = self._below(first, arg.value)
                if below is None:
                    return None
                first = below
            return first
        return first if name in _SAME else None

    def _below(self, folder: Path, node: cst.BaseExpression) -> Path | None:
        if isinstance(node, cst.Attribute) and node.attr.value in ("pardir", "curdir"):
            return folder / {"pardir": "..", "curdir": "."}[node.attr.value]
        if not isinstance(node, cst.SimpleString):
            return None
        text = node.evaluated_value
        return folder / text if isinstance(text, str) else None


def _assigned(module: Module) -> dict[str, cst.BaseExpression]:
    """Return the expressions that the module's top level assigns to names."""
    found: dict[str, cst.BaseExpression] = {}
    for line in module.tree.body:
        for part in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(part, cst.Assign) and isinstance(part.targets[0].target, cst.Name):
                found[part.targets[0].target.value] = part.value
    return found


_RULES: Mapping[type, Callable[[_Folders, Any], Path | None]] = {
    cst.SimpleString: _Folders.text,
    cst.ConcatenatedString: _Folders.text,
    cst.Name: _Folders.name,
    cst.BinaryOperation: _Folders.joined,
    cst.Attribute: _Folders.attribute,
    cst.Subscript: _Folders.parents,
    cst.Call: _Folders.called,
}

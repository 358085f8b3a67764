"""What a name stands for: variables of blocks, members of modules, imports."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.modules.imports import Deferred, Either, Import
from durable_lint.program.modules.module import Module
from durable_lint.program.modules.search import NO_ADDITIONS
from durable_lint.program.modules.syntax import runs_as_script
from durable_lint.program.modules.syspath import path_additions
from durable_lint.program.values.frames import Cell, Env, Frame
from durable_lint.program.values.reaching import replacement
from durable_lint.program.values.shapes import (
    External,
    ModuleShape,
    NamespacePackage,
    member_path,
)
from durable_lint.program.values.values import (
    UNKNOWN,
    Value,
    join,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

_BUILTINS = frozenset(dir(builtins))


class Names:
    """The variables and modules of one run; a module runs when a name from it is first used."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._project = interpreter.project
        self._modules: dict[Path, Frame] = {}
        self._resolving: set[Import] = set()
        self._added = NO_ADDITIONS

    def module_frame(self, module: Module) -> Frame:
        """Return the frame of a module's top level, run at the first call."""
        frame = self._modules.get(module.path)
        if frame is None:
            interpreter = self._interpreter
            imported = bool(self._modules)
            self._added += path_additions(module)
            frame = Frame(module.tree, module, interpreter.scope(module.tree))
            self._modules[module.path] = frame
            interpreter.frames.append(frame)
            body = module.tree.body
            interpreter.execute(
                frame, [part for part in body if not (imported and runs_as_script(part))]
            )
        return frame

    def lookup(self, frame: Frame, name: str, node: cst.CSTNode) -> Value:
        """Return what `name` may be when read in `frame`."""
        owner = frame.owner_of(name)
        if owner is None or name not in owner.env:
            starred = self._starred(frame.module_frame(), name)
            if starred is not None:
                return starred
            return value_of(External(name)) if owner is None else UNKNOWN
        return self._read(owner, name, frame, node)

    def read_member(self, module: Module, name: str, frame: Frame, node: cst.CSTNode) -> Value:
        """Return a module's member as the code of `frame` reads it at `node`."""
        value = self.member(module, name)
        owner = self._modules.get(module.path)
        if owner is None or owner.env.get(name) is not value:
            return value
        return self._read(owner, name, frame, node)

    def _read(self, owner: Frame, name: str, frame: Frame, node: cst.CSTNode) -> Value:
        cell = Cell(owner, name)
        bound = self._value(owner.env, name)
        bound = replacement(self._interpreter.state, cell) or bound
        self._interpreter.read(cell, frame, node, bound)
        if owner.outer is None and bound.origins:
            bound = self._interpreter.library.kept(self._interpreter, frame, node, name, bound)
        return bound

    def _value(self, env: Env, name: str) -> Value:
        """Return what `name` is bound to in `env`; what an import stands for is kept there."""
        bound = env[name]
        if isinstance(bound, Deferred):
            env[name] = bound = self.resolve(bound)
        return bound

    def _starred(self, frame: Frame, name: str) -> Value | None:
        """Return what star imports of a module bind `name` to; the last one wins."""
        libraries: list[Value] = []
        for star in reversed(frame.stars):
            found = self._project.find(star.importer, star.module, star.level, self._added)
            if isinstance(found, Module):
                value = None if name.startswith("_") else self._own_member(found, name)
                if value is not None:
                    return value
            elif found is None and not star.level:
                libraries.append(value_of(External(f"{star.module}.{name}")))
        if not libraries or name in _BUILTINS:
            return None
        return join(libraries if len(libraries) == 1 else [*libraries, UNKNOWN])

    def resolve(self, what: Deferred) -> Value:
        """Return what an import stands for, opening the module where it is the project's."""
        if isinstance(what, Either):
            return join(
                self.resolve(choice) if isinstance(choice, Deferred) else choice
                for choice in what.choices
            )
        if not isinstance(what, Import):
            return UNKNOWN
        found = self._project.find(what.importer, what.module, what.level, self._added)
        if found is None:
            if what.level:
                return UNKNOWN
            if what.member is None:
                return value_of(External(what.module))
            return value_of(External(member_path(what.module, what.member)))
        if what.member is None:
            return _package(found)
        if what in self._resolving:
            return self._submodule(found, what.member)
        self._resolving.add(what)
        try:
            return self.member(found, what.member)
        finally:
            self._resolving.discard(what)

    def run(self, what: Import) -> None:
        """Run what an import opens, for the sake of what that does."""
        for module in self._project.acting(what, self._added):
            self.module_frame(module)

    def member(self, module: Module | tuple[Path, ...], name: str) -> Value:
        """Return a module's member: one of its names, or a module inside it."""
        own = self._own_member(module, name) if isinstance(module, Module) else None
        return own if own is not None else self._submodule(module, name)

    def _own_member(self, module: Module, name: str) -> Value | None:
        claimed = self._interpreter.library.claimed(module.path, name)
        if claimed is not None:
            return value_of(External(claimed))
        frame = self.module_frame(module)
        if name in frame.env:
            return self._value(frame.env, name)
        return self._starred(frame, name)

    def _submodule(self, package: Module | tuple[Path, ...], name: str) -> Value:
        found = self._project.submodule(package, name)
        return UNKNOWN if found is None else _package(found)

    def assign(self, frame: Frame, name: str, value: Value) -> Cell:
        """Bind `name` as seen from `frame`; return the variable."""
        owner = _binder(frame, name)
        if owner is not frame and owner is not frame.host and name in owner.env:
            value = join([self._value(owner.env, name), value])
        owner.env[name] = value
        return Cell(owner, name)


def _binder(frame: Frame, name: str) -> Frame:
    if name in frame.scope.global_names:
        return frame.module_frame()
    if name in frame.scope.nonlocal_names and frame.outer is not None:
        return frame.outer.owner_of(name) or frame
    return frame


def _package(found: Module | tuple[Path, ...]) -> Value:
    return value_of(ModuleShape(found) if isinstance(found, Module) else NamespacePackage(found))

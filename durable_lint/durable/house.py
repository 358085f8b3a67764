"""The names that the settings give to a project's functions, found where these are defined."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path


class HouseNames:
    """Patterns of the settings (`names`, `step-wrappers`, `entry-points`) for own code."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = tuple(p for p in dict.fromkeys(patterns) if not p.startswith("*"))

    def find(self, module: Path, name: str) -> str | None:
        """Return the path by which the settings know a member of a module's file, if they do.

        A file may be imported from any of the folders above it, so every end of its path counts.
        """
        if not self._patterns:
            return None
        parts = [*module.parent.parts[1:], *([] if module.stem == "__init__" else [module.stem])]
        for start in range(len(parts)):
            path = ".".join((*parts[start:], name))
            if any(_speaks_of(pattern, path) for pattern in self._patterns):
                return path
        return None


def _speaks_of(pattern: str, path: str) -> bool:
    """Tell whether a pattern is about a path, or about something that is reached through it."""
    wanted = [segment.partition("(")[0] for segment in pattern.split(".")]
    for index, segment in enumerate(path.split(".")):
        if index == len(wanted):
            return False
        if index and wanted[index].startswith("**"):
            return True
        if not fnmatchcase(segment, wanted[index]):
            return False
    return True

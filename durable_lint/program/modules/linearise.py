"""The order in which a class and its bases are searched, as Python computes it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

C = TypeVar("C")


def linearise(cls: C, bases: Sequence[C], orders: Sequence[Sequence[C]]) -> list[C]:
    """Return the method resolution order of `cls` (C3), given those of its bases.

    Bases that Python would refuse to order are taken one after the other.
    """
    waiting = [list(order) for order in (*orders, bases) if order]
    found = [cls]
    while waiting:
        follower = next(
            (o[0] for o in waiting if not any(o[0] in other[1:] for other in waiting)),
            waiting[0][0],
        )
        if follower not in found:
            found.append(follower)
        waiting = [rest for o in waiting if (rest := [c for c in o if c != follower])]
    return found

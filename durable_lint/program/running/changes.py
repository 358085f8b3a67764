"""Changes of objects: what is put into them, and what is taken from those that give it once."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.program.values.arguments import Arguments
from durable_lint.program.values.frames import POSITION, Call, Cell, Frame, Write
from durable_lint.program.values.shapes import Container, External, Site
from durable_lint.program.values.values import (
    NOTHING,
    Shape,
    Value,
    value_of,
)

if TYPE_CHECKING:
    from durable_lint.program.running.interpreter import Interpreter

MUTATORS = frozenset(
    (
        *("append", "appendleft", "extend", "extendleft", "insert", "add", "update", "setdefault"),
        *("pop", "popleft", "popitem", "remove", "discard", "clear", "sort", "reverse"),
        *("subtract", "difference_update", "intersection_update", "symmetric_difference_update"),
        *("move_to_end", "rotate", "__setitem__", "__delitem__"),
    )
)

# Those that put something into the object: their last argument, or what all of them hold.
ADD_LAST = frozenset(
    (
        *("append", "appendleft", "add", "insert", "setdefault", "__setitem__"),
        *("put", "put_nowait"),
    )
)
ADD_ALL = frozenset(("extend", "extendleft", "update"))

# Objects that give each element once, by what makes them.
ONE_SHOT_KINDS = frozenset(("iterator", "generator"))
_ONE_SHOT = frozenset(
    (
        *("csv.reader()", "csv.DictReader()", "glob.iglob()", "os.scandir()", "re.finditer()"),
        *("open()", "io.open()", "gzip.open()", "pathlib.Path().open()"),
        *("io.StringIO()", "io.BytesIO()"),
    )
)
ADVANCING = frozenset(
    ("__next__", "send", "throw", "read", "read1", "readline", "readlines", "readinto", "seek")
)
_BUFFERS = frozenset(("io.StringIO()", "io.BytesIO()", "array.array()"))
_WRITING = frozenset(("write", "writelines", "truncate"))


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to an object: see Write. It `replaces` what certainly is not there any more."""

    how: str
    label: str
    value: Value = NOTHING
    part: Hashable = None
    builds: bool = True
    replaces: bool = False


def note_change(
    interpreter: Interpreter, frame: Frame, node: cst.CSTNode, what: Cell | Shape, change: Change
) -> Write:
    """Record that a variable or object is changed at `node`; return the event."""
    host = frame.host
    write = Write(
        node,
        host,
        host.regions,
        interpreter.tick(),
        what,
        change.how,
        change.label,
        change.value,
        change.part,
        change.builds,
    )
    variant = f"{change.how}:{hash((what, change.part))}"
    return interpreter.change(write, variant, replaces=change.replaces)


def advance(interpreter: Interpreter, frame: Frame, node: cst.CSTNode, value: Value) -> None:
    """Record that code at `node` takes elements from those of `value` that give each one once."""
    for shape in value.shapes:
        if is_one_shot(shape):
            interpreter.read(shape, frame, node, part=POSITION)
            note_change(interpreter, frame, node, shape, Change("advance", "next", part=POSITION))


def is_one_shot(shape: object) -> bool:
    """Tell whether an object gives each of its elements once: an iterator or an open file."""
    match shape:
        case Container():
            return shape.kind in ONE_SHOT_KINDS
        case External(site=Site()):
            return shape.path in _ONE_SHOT or (
                shape.path.startswith("itertools.") and shape.path.endswith("()")
            )
        case _:
            return False


def is_buffer(shape: object) -> bool:
    """Tell whether an object of the standard library only keeps what is written to it."""
    return isinstance(shape, External) and shape.site is not None and shape.path in _BUFFERS


def put_by(method: str, arguments: Arguments) -> Value:
    """Return what a method with this name puts into its object; NOTHING where it puts nothing."""
    puts = method in ADD_LAST or method in ADD_ALL or method in _WRITING
    return arguments.all_values() if puts else NOTHING


def call_foreign_method(interpreter: Interpreter, call: Call, owner: External, name: str) -> None:
    """Record what a method of a library's object changes in it, as far as that is known."""
    if name in ADVANCING:
        advance(interpreter, call.frame, call.node, value_of(owner))
    if name in MUTATORS or (name in _WRITING and is_buffer(owner)):
        change = Change("method", name, put_by(name, call.arguments))
        note_change(interpreter, call.frame, call.node, owner, change)

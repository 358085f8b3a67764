"""What a stretch of code may raise, as far as all that it does is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from durable_lint.durable.options import is_certainly, option
from durable_lint.durable.sdk import OPERATIONS, RAISES, sdk_name
from durable_lint.durable.shapes import (
    BranchObject,
    Effect,
    Factory,
    Operation,
    OperationMethod,
    Prepared,
)
from durable_lint.durable.suspension.exceptions import ErrorType, raised_type, sdk_error
from durable_lint.program.modules.syntax import is_generator, own_nodes
from durable_lint.program.running.calculations import calculates
from durable_lint.program.values.frames import Call, Event, Frame, Iteration, Leave
from durable_lint.program.values.shapes import (
    Bound,
    Class,
    External,
    Function,
    Instance,
    Method,
    Opaque,
    Partial,
)
from durable_lint.program.values.values import NOTHING, Shape, Value

# Rules whose effects only yield a value, or write a line.
_HARMLESS = frozenset(("LDF101", "LDF102", "LDF103", "LDF108", "LDF110", "LDF111", "LDF601"))

_FORMATTING = (cst.Modulo, cst.LeftShift, cst.RightShift, cst.Power)


@dataclass(slots=True)
class Failures:
    """What may be raised: `errors` by name, anything at all where not everything is `known`.

    `operations` are the calls that make operations or ask for their outcome, with the errors by
    which they fail; `calculates` says that builtins and the like are at work.
    """

    errors: set[ErrorType] = field(default_factory=set)
    operations: list[tuple[Call, Sequence[str]]] = field(default_factory=list)
    known: bool = True
    calculates: bool = False
    _seen: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, frame: Frame, block: cst.Try | cst.TryStar) -> Failures:
        """Return what the body of a `try` in `frame` may raise."""
        found = cls()
        found._read(block.body)
        found._happen(
            event
            for event in frame.all_events()
            if any(region.node is block and region.kind == "try" for region in event.regions)
        )
        return found

    def _enter(self, frames: Iterable[Frame]) -> None:
        for frame in frames:
            if id(frame) not in self._seen:
                self._seen.add(id(frame))
                self._read(frame.node)
                self._happen(frame.all_events())

    def _read(self, node: cst.CSTNode) -> None:
        """Note operators that may refuse their operands' values."""
        for inner in own_nodes(node):
            match inner:
                case cst.BinaryOperation() | cst.AugAssign():
                    self.calculates |= isinstance(inner.operator, _FORMATTING)
                case cst.FormattedStringExpression():
                    self.calculates |= inner.format_spec is not None
                case _:
                    pass

    def _happen(self, events: Iterable[Event]) -> None:
        for event in events:
            if not self.known:
                return
            match event:
                case Call():
                    self._call(event)
                case Iteration():
                    self._iterate(event.value)
                case Leave(how="raise"):
                    self._raise(event)
                case Leave(how="yield"):
                    # Whoever manages a block with this generator may throw anything into it.
                    self.known = False
                case _:
                    pass

    def _raise(self, event: Leave) -> None:
        if event.value == NOTHING:
            # What is raised again was raised in a block that is looked at as well.
            self.known &= any(region.kind == "handler" for region in event.regions)
            return
        for shape in event.value.shapes:
            if isinstance(shape, Opaque) and _is_caught(shape):
                continue
            error = raised_type(shape)
            if error is None:
                self.known = False
            else:
                self.errors.add(error)
        if event.value.open and not any(_is_caught(s) for s in event.value.shapes):
            self.known = False

    def _iterate(self, value: Value) -> None:
        self.calculates = True
        self.known &= not value.open and all(map(_is_plain_iterable, value.shapes))

    def _call(self, call: Call) -> None:
        if call.callee.open or not call.callee.shapes:
            self.known = False
        if isinstance(call.meaning, Effect):
            self.calculates = True
            self.known &= call.meaning.code in _HARMLESS
        elif isinstance(call.meaning, Operation):
            self._operate(call, call.meaning)
        else:
            for shape in call.callee.shapes:
                self._called(call, shape)
        self._enter(callee for callee in call.callees if callee.body == call.frame.body)

    def _operate(self, call: Call, operation: Operation) -> None:
        raises = RAISES.get(operation.name, ())
        if operation.name == "with_retry":
            wraps = option(operation, "wrap_with_run_in_child_context")
            if is_certainly(wraps, False):
                # The block's own failures come out as they are.
                raises = ()
                self._enter(frame for _, frames in operation.bodies for frame in frames)
            elif wraps != NOTHING and not is_certainly(wraps, True):
                self.known = False
        self._fail(call, raises)

    def _fail(self, call: Call, raises: Sequence[str]) -> None:
        self.operations.append((call, raises))
        self.errors.update(map(sdk_error, raises))

    def _called(self, call: Call, shape: Shape) -> None:
        match shape:
            case Function() | Bound():
                function = shape if isinstance(shape, Function) else shape.function
                opened = any(callee.node is function.node for callee in call.callees)
                self.known &= opened or is_generator(function.node)
            case Partial():
                self.known &= not shape.function.open
                for inner in shape.function.shapes:
                    self._called(call, inner)
            case Class():
                self.calculates = True
                self.known &= all(_is_plain_base(base) for base in shape.foreign_bases())
            case Instance() | Prepared():
                self.known &= bool(call.callees)
            case Factory() | BranchObject():
                pass
            case OperationMethod():
                self.known = False
            case Opaque():
                self.calculates = True
                self.known &= _is_data(shape)
            case External():
                self._library(call, shape.path)
            case Method():
                self.calculates = True
            case _:
                self.known = False

    def _library(self, call: Call, path: str) -> None:
        name = sdk_name(path)
        if name in RAISES:
            self._fail(call, RAISES[name])
        elif name is not None:
            # An operation on a context that is not known is not followed.
            self.known &= name.removeprefix("DurableContext().") not in (*OPERATIONS, "with_retry")
            self.calculates |= any(_is_input(item.value) for item in call.arguments.items)
        elif calculates(path):
            self.calculates = True
        else:
            self.known = False


def _is_caught(shape: Shape) -> bool:
    return isinstance(shape, Opaque) and isinstance(
        shape.site.node, cst.ExceptHandler | cst.ExceptStarHandler
    )


def _is_data(shape: Opaque) -> bool:
    """Whether an object is what the SDK hands over or what was caught, no unknown argument."""
    return not isinstance(shape.site.node, cst.Param)


def _is_input(value: Value) -> bool:
    """Whether a value is nobody knows what, so that what takes it may refuse it."""
    return value.open or any(isinstance(shape, Opaque) for shape in value.shapes)


def _is_plain_iterable(shape: Shape) -> bool:
    match shape:
        case Opaque():
            return _is_data(shape)
        case External():
            return calculates(shape.path) or sdk_name(shape.path) is not None
        case Instance():
            return False
        case _:
            return True


def _is_plain_base(base: External) -> bool:
    return calculates(base.path) or sdk_name(base.path) is not None

"""What operations are given to run, each with the expression that stands for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from durable_lint.durable.sdk import OPERATIONS, RECEIVES, WITH_RETRY, Role, Signature
from durable_lint.durable.shapes import BranchObject, Operation, Prepared
from durable_lint.program.running.signatures import Passed, called_functions
from durable_lint.program.values.frames import Call, Frame
from durable_lint.program.values.shapes import (
    Bound,
    Container,
    Function,
    Partial,
)
from durable_lint.program.values.values import Shape, Value

if TYPE_CHECKING:
    from durable_lint.durable.walk import Walk
    from durable_lint.program.running.interpreter import Interpreter


_CALLABLE = (Function, Bound, Partial, Prepared, BranchObject)


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What an operation is given to run as a body of `role`.

    `node`, in the code of `frame`, is the innermost expression that is known to stand for it: an
    element of a list of branches rather than the list. It is `direct` where it stands in the
    operation's own call, and not `exact` where it is a list that holds it somehow.
    """

    operation: Operation
    role: Role
    value: Value
    frame: Frame
    node: cst.CSTNode
    direct: bool = True
    exact: bool = True

    @property
    def call(self) -> Call | None:
        """The call that makes what is given, where the expression is a call."""
        return self.frame.call_at(self.node) if self.exact else None


def signature_of(operation: Operation) -> Signature:
    """Return the signature of an operation."""
    return WITH_RETRY if operation.name == WITH_RETRY.name else OPERATIONS[operation.name]


def is_callable(value: Value) -> bool:
    """Tell whether a value is certainly something of the project that an operation can run."""
    return bool(value.shapes) and all(isinstance(shape, _CALLABLE) for shape in value.shapes)


def given_to(operation: Operation) -> Iterator[Given]:
    """Yield what an operation is given to run."""
    signature = signature_of(operation)
    argument = operation.arguments.get(signature.body or "")
    if argument is None or signature.role is None:
        return
    call = operation.call
    exact = argument.node is not None
    node = argument.node or call.node
    whole = Given(operation, signature.role, argument.value, call.frame, node, exact=exact)
    for given in _elements(whole) if signature.role is Role.BRANCH else (whole,):
        yield from _inside_branch_objects(given)


def is_run(walk: Walk, node: cst.CSTNode) -> bool:
    """Tell whether an expression stands for what an operation is to run."""
    return any(given.node is node for operation in walk.operations for given in given_to(operation))


def _elements(whole: Given) -> Iterator[Given]:
    """Yield the branches of a list, each where it was put into the list."""
    for shape in whole.value.shapes:
        if not isinstance(shape, Container):
            continue
        made_at, frame = shape.site.node, shape.site.frame.host
        direct = made_at is whole.node
        for key, value in [*shape.items.items(), *((None, value) for value in shape.rest)]:
            node: cst.CSTNode | None = None
            if isinstance(made_at, cst.List | cst.Tuple) and isinstance(key, int):
                node = made_at.elements[key].value
            elif isinstance(made_at, cst.ListComp | cst.GeneratorExp) and (
                direct or _yields(frame, made_at.elt, value)
            ):
                node = made_at.elt
            if node is not None:
                yield replace(whole, value=value, frame=frame, node=node, direct=direct, exact=True)
            else:
                yield replace(whole, value=value, direct=False, exact=False)


def _yields(frame: Frame, node: cst.CSTNode, value: Value) -> bool:
    """Tell whether `value` is what `node` yields, and was not put into the list by other code."""
    if isinstance(node, cst.Lambda):
        return all(isinstance(s, Function) and s.node is node for s in value.shapes)
    call = frame.call_at(node)
    return call is not None and set(value.shapes) <= set(call.result.shapes)


def _inside_branch_objects(given: Given) -> Iterator[Given]:
    """Yield what is given, or the functions of the `ParallelBranch` objects that it may be."""
    plain: list[Shape] = []
    for shape in given.value.shapes:
        if not isinstance(shape, BranchObject):
            plain.append(shape)
            continue
        yield replace(
            given,
            value=shape.function,
            frame=shape.site.frame.host,
            node=shape.node,
            direct=given.direct and shape.site.node is given.node,
            exact=shape.node is not shape.site.node,
        )
    if plain or given.value.open:
        yield replace(given, value=Value(tuple(plain), given.value.origins, given.value.open))


def functions_run(
    interpreter: Interpreter, shape: Shape, role: Role
) -> Iterator[tuple[Function, Passed | None]]:
    """Yield the functions of the project that the SDK runs when it is given `shape`.

    Each comes with what it is passed, None where the number of arguments is not known.
    """
    passed = Passed(len(RECEIVES[role]))
    if not isinstance(shape, Prepared):
        yield from called_functions(interpreter, shape, passed)
        return
    completed = passed.with_rest(shape.arguments)
    for inner in shape.function.shapes:
        for function, given in called_functions(interpreter, inner, completed or passed):
            yield function, given if completed is not None else None

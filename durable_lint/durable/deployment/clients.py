"""Calls of AWS clients that invoke a Lambda function, or let something invoke it.

Which they are is the table of LDF502's page: methods as "service.method", with the arguments that
name a function.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from durable_lint.durable.deployment.targets import LATEST
from durable_lint.program.values.arguments import spread
from durable_lint.program.values.frames import Call
from durable_lint.program.values.shapes import (
    Constant,
    Container,
    External,
    Text,
    constant,
)
from durable_lint.program.values.values import NOTHING, Value, value_of

_MAKERS = re.compile(r"(?:aioboto3|boto3|aiobotocore|botocore)\.(?:.*\.)?(?:create_)?client\(\)")
_STUBS = re.compile(r"(?:mypy_boto3|types_aiobotocore)_(\w+)\.(?:client\.)?\w+Client\(\)")
_NAMED_IN_DOCUMENT = re.compile(r'"(?:Resource|FunctionName)"\s*:\s*"([^"]*)"')
_KEYS_IN_DOCUMENT = ("Resource", "FunctionName")
_HOLE = "\0"


@dataclass(frozen=True, slots=True)
class ClientCall:
    """One function that a client's call names, as `target`.

    `durable` says that the call takes only durable functions; `qualified` and `latest` are what
    the call's own argument for the qualifier says.
    """

    call: Call
    method: str
    target: Value
    durable: bool
    qualified: bool
    latest: bool


def client_calls(calls: Iterable[Call], table: Mapping[str, Any]) -> Iterator[ClientCall]:
    """Yield what the calls in `table`, the `[tables.calls]` of the page, name as functions."""
    methods = {key.rpartition(".")[2] for key in table}
    for call in calls:
        for shape in call.callee.shapes:
            if isinstance(shape, External) and shape.path.rpartition(".")[2] in methods:
                method = _method(shape)
                if method is not None and method in table:
                    yield from _named(call, method, table[method])


def _method(callee: External) -> str | None:
    """Return a client's method as "service.method"; None where the service is not known."""
    receiver, _, name = callee.path.rpartition(".")
    if (stub := _STUBS.fullmatch(receiver)) is not None:
        return f"{stub[1].replace('_', '-')}.{name}"
    if callee.site is None or _MAKERS.fullmatch(receiver) is None:
        return None
    made = callee.site.frame.call_at(callee.site.node)
    if made is None:
        return None
    service = made.arguments.value(0, "service_name").only()
    return f"{service.content}.{name}" if isinstance(service, Constant) else None


def _named(call: Call, method: str, row: Mapping[str, Any]) -> Iterator[ClientCall]:
    _, keywords, extra = spread(call.arguments)
    qualifier = keywords.get(row.get("qualifier", ""), NOTHING)
    qualified = extra.open or _is_given(qualifier)
    latest = qualifier.only() == Constant("str", LATEST)
    durable = _is_given(keywords.get(row.get("durable", ""), NOTHING))
    for target in _targets(keywords, row):
        yield ClientCall(call, method, target, durable, qualified, latest)


def _targets(keywords: Mapping[str, Value], row: Mapping[str, Any]) -> Iterator[Value]:
    for path in row.get("function", ()):
        yield from select(keywords, path)
    for path in row.get("document", ()):
        for document in select(keywords, path):
            yield from _in_document(document)


def _is_given(value: Value) -> bool:
    """Tell whether an argument is, or may be, something else than None."""
    return value.open or any(shape != Constant("NoneType", None) for shape in value.shapes)


def select(keywords: Mapping[str, Value], path: str) -> Iterator[Value]:
    """Yield the values under a path such as `Targets.*.Arn` in the arguments of a call."""
    first, *others = path.split(".")
    found = [keywords[first]] if first in keywords else []
    for name in others:
        found = [inner for value in found for inner in _step(value, name)]
    yield from found


def _step(value: Value, name: str) -> Iterator[Value]:
    for shape in value.shapes:
        if isinstance(shape, Container) and name == "*":
            yield from (*shape.items.values(), *shape.rest)
        elif isinstance(shape, Container):
            held = shape.items.get(Constant("str", name))
            yield from () if held is None else (held,)


def _in_document(document: Value) -> Iterator[Value]:
    """Yield what a state machine's definition, as text or through `json.dumps`, names."""
    for shape in document.shapes:
        match shape:
            case External(path="json.dumps()", site=site) if site is not None:
                dumped = site.frame.call_at(site.node)
                yield from _in_data(dumped.arguments.value(0)) if dumped is not None else ()
            case Constant(content=str(text)):
                yield from (constant(match[1]) for match in _NAMED_IN_DOCUMENT.finditer(text))
            case Text(parts=parts):
                yield from _in_text(parts)


def _in_data(value: Value, depth: int = 0) -> Iterator[Value]:
    for shape in value.shapes if depth < _MAX_DEPTH else ():
        if isinstance(shape, Container):
            for key, held in shape.items.items():
                if isinstance(key, Constant) and key.content in _KEYS_IN_DOCUMENT:
                    yield held
                else:
                    yield from _in_data(held, depth + 1)
            for held in shape.rest:
                yield from _in_data(held, depth + 1)


_MAX_DEPTH = 20


def _in_text(parts: tuple[str | Value, ...]) -> Iterator[Value]:
    holes = [part for part in parts if isinstance(part, Value)]
    text = "".join(part if isinstance(part, str) else _HOLE for part in parts)
    for match in _NAMED_IN_DOCUMENT.finditer(text):
        left = iter(holes[text.count(_HOLE, 0, match.start(1)) :])
        pieces = re.split(f"({_HOLE})", match[1])
        named = tuple(next(left) if piece == _HOLE else piece for piece in pieces if piece)
        yield value_of(Text(named))

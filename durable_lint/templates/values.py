"""What a template's value may be: text, with references where intrinsic functions fill it in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from durable_lint.templates.tree import Mapping, Node, Scalar, Sequence

MAX_ALTERNATIVES = 32

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_LONG_FORM = "Fn::"


@dataclass(frozen=True, slots=True)
class Reference:
    """What `Ref`, `GetAtt` or `${...}` names; `attribute` is empty for a plain `Ref`."""

    logical_id: str
    attribute: str = ""


NO_VALUE = Reference("AWS::NoValue")

Text = tuple[str | Reference | None, ...]
"""A value's text from left to right; None is a stretch that only the deployment knows."""

_UNREADABLE: tuple[Text, ...] = ((None,),)


def intrinsic(node: Node) -> tuple[str, Node] | None:
    """Return the function that `node` calls ("Ref", "Sub", "If", ...) and its argument.

    Both spellings are understood, `!Sub x` and `Fn::Sub: x`; the argument of the short one is the
    tagged node itself. None for a node that calls nothing.
    """
    if node.tag is not None and node.tag.startswith("!"):
        return node.tag.removeprefix("!"), node
    if isinstance(node, Mapping) and len(node.entries) == 1:
        key, argument = node.entries[0]
        if isinstance(key, Scalar) and (key.value == "Ref" or key.value.startswith(_LONG_FORM)):
            return key.value.removeprefix(_LONG_FORM), argument
    return None


def branches(node: Node) -> Iterator[Node]:
    """Yield what `node` may be: itself, or for `Fn::If` either side, without `AWS::NoValue`."""
    call = intrinsic(node)
    if call is not None and call[0] == "If" and isinstance(call[1], Sequence):
        for side in call[1].items[1:3]:
            yield from branches(side)
    elif reference(node) != NO_VALUE:
        yield node


def reference(node: Node) -> Reference | None:
    """Return what a `Ref` or `GetAtt` names, None for any other node."""
    call = intrinsic(node)
    match call:
        case ("Ref" | "GetAtt", Scalar(value=name)):
            return _named(name)
        case ("GetAtt", Sequence(items=(Scalar(value=logical_id), Scalar(value=attribute)))):
            return Reference(logical_id, attribute)
    return None


def texts(node: Node) -> tuple[Text, ...]:
    """Return every text that `node` may stand for; empty where it stands for no value."""
    found: list[Text] = []
    for branch in branches(node):
        found.extend(_branch_texts(branch))
    return tuple(found) if len(found) <= MAX_ALTERNATIVES else _UNREADABLE


def literal(node: Node | None) -> str | None:
    """Return the text of a node that is written out in full, None for any other."""
    return node.value if isinstance(node, Scalar) and node.tag is None else None


def _branch_texts(node: Node) -> tuple[Text, ...]:
    named = reference(node)
    if named is not None:
        return ((named,),)
    match intrinsic(node):
        case None:
            text = literal(node)
            return _UNREADABLE if text is None else ((text,),)
        case ("Sub", Scalar(value=template)):
            return _substituted(template, None)
        case ("Sub", Sequence(items=(Scalar(value=template), Mapping() as variables))):
            return _substituted(template, variables)
        case ("Join", Sequence(items=(Scalar(value=glue), Sequence(items=items, tag=None)))):
            return _joined(glue, items)
    return _UNREADABLE


def _joined(glue: str, items: tuple[Node, ...]) -> tuple[Text, ...]:
    pieces: list[tuple[Text, ...]] = []
    for item in items:
        if pieces:
            pieces.append(((glue,),))
        pieces.append(texts(item))
    return _combined(pieces)


def _substituted(template: str, variables: Mapping | None) -> tuple[Text, ...]:
    pieces: list[tuple[Text, ...]] = []
    place = 0
    for match in _PLACEHOLDER.finditer(template):
        pieces.append(((template[place : match.start()],),))
        place = match.end()
        name = match[1].strip()
        value = variables.get(name) if variables is not None else None
        if name.startswith("!"):
            pieces.append((("${" + name[1:] + "}",),))
        elif value is not None:
            pieces.append(texts(value))
        else:
            pieces.append(((_named(name),),))
    pieces.append(((template[place:],),))
    return _combined(pieces)


def _combined(pieces: list[tuple[Text, ...]]) -> tuple[Text, ...]:
    """Return the texts that follow from one choice for each piece, one after the other."""
    total = 1
    for piece in pieces:
        total *= len(piece)
        if total > MAX_ALTERNATIVES:
            return _UNREADABLE
    return tuple(
        tuple(part for text in choice for part in text if part != "") for choice in product(*pieces)
    )


def _named(text: str) -> Reference:
    logical_id, _, attribute = text.partition(".")
    return Reference(logical_id, attribute)

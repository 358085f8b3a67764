"""What a Lambda function name says: Lambda's grammar of names and ARNs, and text with holes in it.

A target is *qualified* if it carries a version, an alias or `$LATEST`. Where a program puts the
text together at run time, some stretches of it are unknown: `judge` decides as far as the known
ones allow, and says so where they do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LATEST = "$LATEST"
NAME_LENGTH = 256

_REGION = r"(?:eusc-)?[a-z]{2}(?:-gov|-iso[a-z]?)?-[a-z]+-\d"
_TARGET = re.compile(
    r"(?:arn:(?P<partition>aws[a-zA-Z-]*):lambda:)?"
    rf"(?:(?P<region>{_REGION}):)?"
    r"(?:(?P<account>\d{12}):)?"
    r"(?:function:)?"
    r"(?P<name>[a-zA-Z0-9-_.]+)"
    r"(?::(?P<qualifier>\$LATEST(?:\.PUBLISHED)?|[a-zA-Z0-9-_]+))?"
)
_NAME = re.compile(r"[a-zA-Z0-9-_.]*")
_QUALIFIER = re.compile(r"[a-zA-Z0-9-_.$]*")
_SCOPE = re.compile(rf"{_REGION}|\d{{12}}|aws[a-zA-Z-]*|lambda|arn")
_INTEGRATION = re.compile(r":lambda:path/[0-9-]+/functions/")
_INVOCATIONS = "/invocations"


class Qualifier(StrEnum):
    """What stands behind a function's name: nothing, or which kind of qualifier."""

    NONE = "none"
    VERSION = "version"
    ALIAS = "alias"
    LATEST = "$LATEST"
    ANY = "any"
    """Some qualifier, of which only a part can be read."""


class Verdict(StrEnum):
    """Whether a text names a function with a qualifier, without one, or cannot be decided."""

    QUALIFIED = "qualified"
    UNQUALIFIED = "unqualified"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Target:
    """A function name, partial ARN or full ARN, taken apart; what it leaves out is None."""

    name: str
    account: str | None = None
    region: str | None = None
    partition: str | None = None
    qualifier: Qualifier = Qualifier.NONE
    qualifier_text: str | None = None


@dataclass(frozen=True, slots=True)
class Hole:
    """A stretch of text that is only known at run time; equal labels stand for equal texts."""

    label: object = None


Part = str | Hole
Parts = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is known of a text with holes: the verdict, the kind of qualifier, the name's parts."""

    verdict: Verdict
    qualifier: Qualifier | None = None
    name: Parts = ()

    @property
    def literal_name(self) -> str | None:
        """The function's bare name where no part of it is a hole."""
        texts = [part for part in self.name if isinstance(part, str)]
        return "".join(texts) if texts and len(texts) == len(self.name) else None


UNKNOWN = Judgement(Verdict.UNKNOWN)


def parse_target(text: str) -> Target | None:
    """Take a function name, partial ARN or full ARN apart; None if Lambda would not accept it."""
    match = _TARGET.fullmatch(text)
    if match is None or len(text) > NAME_LENGTH:
        return None
    if match["partition"] and not (match["region"] and match["account"]):
        return None
    qualifier = match["qualifier"]
    return Target(
        name=match["name"],
        account=match["account"],
        region=match["region"],
        partition=match["partition"],
        qualifier=Qualifier.NONE if qualifier is None else qualifier_kind(qualifier),
        qualifier_text=qualifier,
    )


def qualifier_kind(text: str) -> Qualifier:
    """Return which kind of qualifier `text` is: digits are a version, names an alias."""
    if text == LATEST:
        return Qualifier.LATEST
    return Qualifier.VERSION if text.isdigit() or text.startswith(LATEST) else Qualifier.ALIAS


def judge(parts: Sequence[Part]) -> Judgement:
    """Decide whether the text that `parts` make up names a function with a qualifier.

    A hole may hold anything that Lambda accepts at its place, so a text that ends in a hole is
    unknown (the hole may end in a qualifier) unless a colon sets the hole off as the qualifier:
    `{hole}:live`, `{hole}:{hole}` and `arn:...:{hole}:live` are qualified, `{hole}-orders` and
    `arn:...:function:orders` are not.
    """
    merged = _merge(parts)
    if all(isinstance(part, str) for part in merged):
        return _judge_literal("".join(str(part) for part in merged))
    segments = _split(merged)
    if ("function",) in segments[:-1]:
        segments = segments[segments.index(("function",)) + 1 :]
        if len(segments) == 2:
            return _qualified(segments[0], segments[1])
        return _bare(segments[0]) if len(segments) == 1 else UNKNOWN
    if len(segments) == 1:
        return _bare(segments[0])
    if len(segments) == 2 and not _is_scope(segments[0]):
        return _qualified(segments[0], segments[1])
    return UNKNOWN


def integration_target(parts: Sequence[Part]) -> Parts | None:
    """Return the function in an API Gateway integration URI, None where `parts` is not one.

    `arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}:live/invocations` holds
    `{arn}:live`.
    """
    merged = _merge(parts)
    for place, part in enumerate(merged):
        match = _INTEGRATION.search(part) if isinstance(part, str) else None
        if match is not None and isinstance(part, str):
            inner = _merge([part[match.end() :], *merged[place + 1 :]])
            last = inner[-1] if inner else None
            if not isinstance(last, str) or not last.endswith(_INVOCATIONS):
                return None
            return _merge([*inner[:-1], last.removesuffix(_INVOCATIONS)])
    return None


def _judge_literal(text: str) -> Judgement:
    target = parse_target(text)
    if target is None:
        return UNKNOWN
    bare = target.qualifier is Qualifier.NONE
    verdict = Verdict.UNQUALIFIED if bare else Verdict.QUALIFIED
    return Judgement(verdict, target.qualifier, (target.name,))


def _bare(name: Parts) -> Judgement:
    if not _fits(_NAME, name) or isinstance(name[-1], Hole):
        return UNKNOWN
    return Judgement(Verdict.UNQUALIFIED, Qualifier.NONE, name)


def _qualified(name: Parts, qualifier: Parts) -> Judgement:
    if not _fits(_NAME, name) or not _fits(_QUALIFIER, qualifier):
        return UNKNOWN
    (text, *rest) = qualifier
    known = isinstance(text, str) and not rest
    kind = qualifier_kind(str(text)) if known else Qualifier.ANY
    return Judgement(Verdict.QUALIFIED, kind, name)


def _fits(pattern: re.Pattern[str], parts: Parts) -> bool:
    """Tell whether the known stretches of a segment may stand there; an empty one may not."""
    texts = (part for part in parts if isinstance(part, str))
    return bool(parts) and all(pattern.fullmatch(text) for text in texts)


def _is_scope(segment: Parts) -> bool:
    """Tell whether a segment is a part of an ARN that stands before the function's name."""
    text = segment[-1] if segment else ""
    if isinstance(text, Hole):
        return False
    return (len(segment) > 1 and text.endswith("function")) or bool(_SCOPE.fullmatch(text))


def _merge(parts: Sequence[Part]) -> Parts:
    merged: list[Part] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, str) and isinstance(last, str):
            merged[-1] = last + part
        elif part != "":
            merged.append(part)
    return tuple(merged)


def _split(parts: Parts) -> list[Parts]:
    """Split the text at its colons; those in holes cannot be seen."""
    segments: list[list[Part]] = [[]]
    for part in parts:
        if isinstance(part, Hole):
            segments[-1].append(part)
            continue
        first, *others = part.split(":")
        if first:
            segments[-1].append(first)
        segments.extend([text] if text else [] for text in others)
    return [tuple(segment) for segment in segments]

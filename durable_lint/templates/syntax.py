"""Text to tree: YAML by PyYAML's event parser, JSON by its tokens."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Protocol

import yaml

from durable_lint.templates.tree import Builder, Mapping, Node, Scalar, Sequence, TreeError

_JSON_TOKEN = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*"|[^\s{}\[\]",:]+')
_COMMENT = re.compile(r"(?:^|(?<=[ \t]))#[^\r\n]*", re.MULTILINE)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Mark(Protocol):
    @property
    def index(self) -> int: ...


def parse_tree(text: str) -> tuple[Node | None, bool]:
    """Return the first document in `text`, None if it is empty, and whether it is JSON.

    Raises TreeError where the text is neither YAML nor JSON, too deep, too large, or expands to
    too much.
    """
    if text.lstrip().startswith("{"):
        try:
            json.loads(text)
        except ValueError:
            pass
        except RecursionError as error:
            raise TreeError("nested too deep", 0) from error
        else:
            return _parse_json(text), True
    return _parse_yaml(text), False


def comments(text: str, root: Node | None) -> Iterator[tuple[int, str]]:
    """Yield the offset and text of each YAML comment, from its `#` to the end of the line."""
    spans = _scalar_spans(root)
    match = _COMMENT.search(text)
    while match is not None:
        while spans and spans[-1][1] <= match.start():
            spans.pop()
        inside = bool(spans) and spans[-1][0] <= match.start()
        if not inside:
            yield match.start(), match.group()
        match = _COMMENT.search(text, spans[-1][1] if inside else match.end())


def _parse_yaml(text: str) -> Node | None:
    builder = Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            if isinstance(event, yaml.DocumentEndEvent):
                break
            _take(builder, event)
    except yaml.MarkedYAMLError as error:
        offset = _offset(error.problem_mark or error.context_mark)
        raise TreeError(error.problem or "not YAML", offset) from error
    except yaml.reader.ReaderError as error:
        raise TreeError(error.reason, error.position) from error
    return builder.root


def _take(builder: Builder, event: yaml.Event) -> None:
    start, end = _offset(event.start_mark), _offset(event.end_mark)
    match event:
        case yaml.ScalarEvent():
            plain = bool(event.implicit[0])
            builder.scalar(Scalar(event.value, start, end, event.tag, plain), event.anchor)
        case yaml.MappingStartEvent():
            builder.open("mapping", start, event.tag, event.anchor, bool(event.flow_style))
        case yaml.SequenceStartEvent():
            builder.open("sequence", start, event.tag, event.anchor, bool(event.flow_style))
        case yaml.CollectionEndEvent():
            builder.close(end)
        case yaml.AliasEvent(anchor=str(name)):
            builder.alias(name, start)


def _offset(mark: _Mark | None) -> int:
    return mark.index if mark else 0


def _parse_json(text: str) -> Node | None:
    """Build the tree of a text that is known to be JSON."""
    builder = Builder()
    for match in _JSON_TOKEN.finditer(text):
        start, end, found = match.start(), match.end(), match.group()
        if found in "{[":
            kind = "mapping" if found == "{" else "sequence"
            builder.open(kind, start, tag=None, anchor=None, flow=True)
        elif found in "}]":
            builder.close(end)
        elif found.startswith('"'):
            builder.scalar(Scalar(json.loads(found), start, end))
        else:
            builder.scalar(Scalar(found, start, end, plain=True))
    return builder.root


def _scalar_spans(root: Node | None) -> list[tuple[int, int]]:
    """Return the stretches of text that scalars take, the last one first."""
    spans: set[tuple[int, int]] = set()
    seen: set[int] = set()
    waiting = [root] if root is not None else []
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        match node:
            case Scalar():
                spans.add((node.start, node.end))
            case Sequence():
                waiting.extend(node.items)
            case Mapping():
                waiting.extend(part for entry in node.entries for part in entry)
    return sorted(spans, reverse=True)

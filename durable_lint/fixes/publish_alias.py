"""Let SAM publish a function: `AutoPublishAlias: live` behind its `DurableConfig`."""

from __future__ import annotations

from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.source import Source
from durable_lint.templates.model import Template
from durable_lint.templates.tree import Mapping, Node, Scalar

ALIAS_NAME = "live"

_MESSAGE = f"publish it under the alias `{ALIAS_NAME}` at each deployment"


def publish_alias(template: Template, properties: Mapping, key: Scalar, value: Node) -> Fix | None:
    """Return the fix that adds the alias to the mapping in which `key: value` stands.

    None where the entry comes out of an anchor, for then others would be changed with it.
    """
    source = template.source
    if not properties.start <= key.start < template.end(properties):
        return None
    column = source.position(key.start).column
    indent = source.text[key.start - column + 1 : key.start]
    alone = not indent.strip()
    # The value of `DurableConfig: *shared` stands elsewhere, before its key.
    end = template.end(value) if value.start > key.start else _line_end(source, key.end)
    if properties.flow:
        quote = '"' if source.text[key.start] == '"' else ""
        gap = source.newline + indent if alone else " "
        added = f",{gap}{quote}AutoPublishAlias{quote}: {quote}{ALIAS_NAME}{quote}"
    elif alone:
        end = _line_end(source, end)
        added = f"{source.newline}{indent}AutoPublishAlias: {ALIAS_NAME}"
    else:
        return None
    return Fix(_MESSAGE, (Edit(end, end, added),), Applicability.SAFE)


def _line_end(source: Source, offset: int) -> int:
    place = source.position(offset)
    return offset - place.column + 1 + len(source.line(place.row))

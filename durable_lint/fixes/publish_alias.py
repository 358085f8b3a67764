"""Let SAM publish a function: `AutoPublishAlias: live` behind its `DurableConfig`."""

from __future__ import annotations

from durable_lint.findings import Applicability, Edit, Fix
from durable_lint.templates.model import Template
from durable_lint.templates.tree import Mapping, Node, Scalar

ALIAS_NAME = "live"

_MESSAGE = f"publish it under the alias `{ALIAS_NAME}` at each deployment"


def publish_alias(template: Template, properties: Mapping, key: Scalar, value: Node) -> Fix | None:
    """Return the fix that adds the alias to the mapping in which `key: value` stands.

    None where the entry comes out of an anchor, for then others would be changed with it.
    """
    text = template.source.text
    if not properties.start <= key.start < template.end(properties):
        return None
    line_start = text.rfind("\n", 0, key.start) + 1
    indent = text[line_start : key.start]
    alone = not indent.strip()
    # The value of `DurableConfig: *shared` stands elsewhere, before its key.
    end = template.end(value) if value.start > key.start else _line_end(text, key.end)
    if properties.flow:
        quote = '"' if text[key.start] == '"' else ""
        gap = template.source.newline + indent if alone else " "
        added = f",{gap}{quote}AutoPublishAlias{quote}: {quote}{ALIAS_NAME}{quote}"
    elif alone:
        end = _line_end(text, end)
        added = f"{template.source.newline}{indent}AutoPublishAlias: {ALIAS_NAME}"
    else:
        return None
    return Fix(_MESSAGE, (Edit(end, end, added),), Applicability.SAFE)


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    end = len(text) if end < 0 else end
    return end - 1 if text[end - 1 : end] == "\r" else end

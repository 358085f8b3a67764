"""A template's resources: its functions with what `Globals` adds, their versions and aliases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from durable_lint.findings import Position, Span
from durable_lint.source import Source
from durable_lint.templates import syntax
from durable_lint.templates.tree import Mapping, Node, Scalar, Sequence, TreeError, child
from durable_lint.templates.values import NO_VALUE, intrinsic, literal, reference

SERVERLESS_FUNCTION = "AWS::Serverless::Function"
LAMBDA_FUNCTION = "AWS::Lambda::Function"
VERSION = "AWS::Lambda::Version"
ALIAS = "AWS::Lambda::Alias"

_FUNCTION_TYPES = frozenset({SERVERLESS_FUNCTION, LAMBDA_FUNCTION})


class TemplateError(Exception):
    """A file that looks like a template cannot be read."""

    def __init__(self, message: str, position: Position) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One entry under `Resources`; `key` is its logical id where it is written."""

    key: Scalar
    type: str
    properties: Mapping | None

    @property
    def logical_id(self) -> str:
        """The resource's name in its template."""
        return self.key.value


@dataclass(frozen=True, slots=True, eq=False)
class Function(Resource):
    """A function, of SAM (`serverless`) or of CloudFormation; `shared` is SAM's `Globals`."""

    shared: Mapping | None = None

    @property
    def serverless(self) -> bool:
        """Whether SAM makes the function, and can give it versions, an alias and events."""
        return self.type == SERVERLESS_FUNCTION

    def own(self, name: str) -> tuple[Scalar, Node] | None:
        """Return the key and value of a property of the function itself."""
        return self.properties.entry(name) if self.properties is not None else None

    def entry(self, name: str) -> tuple[Scalar, Node] | None:
        """Return the key and value of a property, the function's own before the shared one."""
        return self.own(name) or (self.shared.entry(name) if self.shared is not None else None)

    def get(self, name: str) -> Node | None:
        """Return the value of a property, None where neither the function nor Globals has it."""
        found = self.entry(name)
        return found[1] if found else None

    @property
    def durable(self) -> bool | None:
        """Whether the function has a DurableConfig; None where a condition decides."""
        return _present(self.get("DurableConfig"))

    @property
    def auto_publish(self) -> bool | None:
        """Whether SAM publishes the function at each deployment; None where a condition decides."""
        if not self.serverless:
            return False
        published = [self.get(name) for name in ("AutoPublishAlias", "PublishToLatestPublished")]
        verdicts = [_present(node) for node in published]
        return True if True in verdicts else None if None in verdicts else False

    def variables(self) -> Iterator[tuple[Scalar, Node]]:
        """Yield the names and values of the environment variables, the function's own first."""
        seen: set[str] = set()
        for properties in (self.properties, self.shared):
            values = child(properties, "Environment", "Variables")
            for key, value in values.items() if isinstance(values, Mapping) else ():
                if key.value not in seen:
                    seen.add(key.value)
                    yield key, value

    def events(self) -> Iterator[tuple[Scalar, str, Mapping | None]]:
        """Yield the name, type and properties of each event that SAM connects to the function."""
        events = self.properties.get("Events") if self.properties is not None else None
        for key, event in events.items() if self.serverless and isinstance(events, Mapping) else ():
            kind = literal(child(event, "Type"))
            properties = child(event, "Properties")
            if kind is not None:
                yield key, kind, properties if isinstance(properties, Mapping) else None


@dataclass(frozen=True, eq=False)
class Template:
    """A template that has functions, with the text it was read from."""

    source: Source
    root: Mapping
    resources: dict[str, Resource]
    json: bool
    functions: dict[str, Function] = field(default_factory=dict)

    def span(self, node: Node) -> Span:
        """Return where `node` stands in the template, its tag included."""
        return Span(self.source.position(node.start), self.source.position(self.end(node)))

    def text(self, node: Node) -> str:
        """Return `node` as it is written."""
        return self.source.text[node.start : self.end(node)]

    def end(self, node: Node) -> int:
        """Return the offset behind the last character of `node`.

        A parser ends a block of YAML at whatever follows it, comments and empty lines included.
        """
        text = self.source.text
        if isinstance(node, Scalar):
            return node.start + len(text[node.start : node.end].rstrip())
        if text[node.end - 1 : node.end] in {"}", "]"}:
            return node.end
        inner = node.items if isinstance(node, Sequence) else [last for _, last in node.entries]
        # What an alias stands for lies elsewhere, before the block.
        inside = [item for item in inner if item.start >= node.start]
        return self.end(max(inside, key=lambda item: item.start)) if inside else node.end

    @cached_property
    def comments(self) -> tuple[tuple[Position, str], ...]:
        """The place and text of each comment, `#` included; JSON has none."""
        if self.json:
            return ()
        found = syntax.comments(self.source.text, self.root)
        return tuple((self.source.position(offset), text) for offset, text in found)

    def of_type(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these types in the template's order."""
        return (resource for resource in self.resources.values() if resource.type in types)


def read_template(source: Source) -> Template | None:
    """Read a SAM or CloudFormation template; None for any other document.

    Raises TemplateError where the text cannot be parsed or its aliases expand without bounds.
    """
    try:
        root, json = syntax.parse_tree(source.text)
    except TreeError as error:
        raise TemplateError(str(error), source.position(error.offset)) from error
    declared = root.get("Resources") if isinstance(root, Mapping) else None
    if not isinstance(root, Mapping) or not isinstance(declared, Mapping):
        return None
    shared = child(root, "Globals", "Function") if _is_serverless(root) else None
    resources: dict[str, Resource] = {}
    functions: dict[str, Function] = {}
    for key, body in declared.items():
        kind = literal(child(body, "Type"))
        node = child(body, "Properties")
        properties = node if isinstance(node, Mapping) else None
        if kind in _FUNCTION_TYPES:
            common = shared if kind == SERVERLESS_FUNCTION and isinstance(shared, Mapping) else None
            functions[key.value] = Function(key, kind, properties, common)
            resources[key.value] = functions[key.value]
        elif kind is not None:
            resources[key.value] = Resource(key, kind, properties)
    return Template(source, root, resources, json, functions) if functions else None


def _is_serverless(root: Mapping) -> bool:
    transform = root.get("Transform")
    listed = transform.items if isinstance(transform, Sequence) else (transform,)
    return any((literal(name) or "").startswith("AWS::Serverless-") for name in listed)


def _present(node: Node | None) -> bool | None:
    """Tell whether a property has a value: None if one side of a condition leaves it out."""
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return False
    call = intrinsic(node)
    if call is not None and call[0] == "If" and isinstance(call[1], Sequence):
        verdicts = {_present(side) for side in call[1].items[1:3]}
        return verdicts.pop() if len(verdicts) == 1 else None
    return reference(node) != NO_VALUE

"""Which durable function a template's value names, and with which qualifier.

A reference is judged as the text that it becomes when the template is deployed: `!Ref Fn` is the
function's name, `!GetAtt Fn.Arn` its ARN, `!Ref Fn.Alias` the ARN of its alias, and what stands
around them in a `!Sub` or `!Join` is read by Lambda's own grammar.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from durable_lint.durable.deployment.invokers import Invokers
from durable_lint.durable.deployment.targets import (
    LATEST,
    Hole,
    Part,
    Parts,
    Qualifier,
    integration_target,
    judge,
)
from durable_lint.templates.model import ALIAS, VERSION, Function, Resource, Template
from durable_lint.templates.paths import select
from durable_lint.templates.tree import Node, Scalar, child
from durable_lint.templates.values import Reference, Text, branches, intrinsic, literal, texts

# Stand-ins of the right shape let the parser of names and ARNs read what a deployment fills in.
_PSEUDO_PARAMETERS = {
    "AWS::Region": "us-east-1",
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}
_ARN = "arn:aws:lambda:us-east-1:123456789012:function:"
_STAND_IN = re.compile(r"\.\.(\w+)\.\.")
_EXECUTION = "/durable-execution/"
_GENERATED = re.compile(r"Alias\w+|Version[0-9a-f]{10}")


@dataclass(frozen=True, slots=True, eq=False)
class Pointer:
    """A value that names `function`; `qualifier` says what it is qualified by."""

    function: Function
    qualifier: Qualifier

    @property
    def bare(self) -> bool:
        """Whether the function is named without any qualifier."""
        return self.qualifier is Qualifier.NONE


class Handlers(Protocol):
    """What the project's Python says of the functions that templates name as handlers."""

    def may_be_durable(self, file: Path) -> bool:
        """Tell, without opening it as Python, whether a file can hold a durable handler."""

    def is_durable(self, file: Path, name: str) -> bool | None:
        """Tell whether `name` in `file` is a durable handler; None if it cannot be told."""


class Deployment:
    """One template and what its values mean for Lambda.

    `judged_variables` are the environment variables whose uses in Python have been looked at, so
    that nothing is left to say of them here.
    """

    def __init__(
        self,
        template: Template,
        invokers: Invokers,
        handlers: Handlers | None = None,
        judged_variables: Container[str] = frozenset(),
    ) -> None:
        self.template = template
        self.invokers = invokers
        self.handlers = handlers
        self.judged_variables = judged_variables
        self._owners: dict[str, Function | None] = {}

    @property
    def durable_functions(self) -> Iterator[Function]:
        """The functions that are durable under every condition."""
        return (item for item in self.template.functions.values() if item.durable)

    def readings(self, node: Node) -> Iterator[Pointer | None]:
        """Yield what `node` may name, one for each side of its conditions; None for the unknown."""
        return (self._pointer(text) for text in texts(node))

    def pointers(self, node: Node) -> Iterator[Pointer]:
        """Yield the functions that `node` may name, one for each side of its conditions."""
        return (pointer for pointer in self.readings(node) if pointer is not None)

    def bare(self, node: Node) -> Iterator[tuple[Node, Function]]:
        """Yield each side of `node` that names a durable function without a qualifier."""
        for side in branches(node):
            for pointer in self.pointers(side):
                if pointer.bare and pointer.function.durable:
                    yield side, pointer.function

    def holes(self, node: Node) -> Iterator[tuple[Parts, dict[Hole, Function]]]:
        """Yield the texts of `node`, with a hole for each bare reference to a durable function.

        For documents in which a function is named among other things, such as the definition of a
        state machine.
        """
        for text in texts(node):
            named: dict[Hole, Function] = {}
            parts: list[Part] = []
            for part in text:
                pointer = self._pointer((part,)) if isinstance(part, Reference) else None
                hole = Hole(part)
                if pointer is not None and pointer.bare and pointer.function.durable:
                    named[hole] = pointer.function
                parts.append(part if isinstance(part, str) else hole)
            yield tuple(parts), named

    def latest_references(self) -> Iterator[tuple[Node, Function]]:
        """Yield the values that name a function as `$LATEST`, and the function."""
        if LATEST not in self.template.source.text:
            return
        for node in select(self.template.root, "Resources.**"):
            if isinstance(node, Scalar) or intrinsic(node) is not None:
                for pointer in self.pointers(node):
                    if pointer.qualifier is Qualifier.LATEST:
                        yield node, pointer.function

    def published(self, function: Function) -> bool | None:
        """Tell whether the template makes versions of `function`; None if it cannot be told."""
        if function.auto_publish is not False:
            return function.auto_publish
        owners = [self._owner(item) for item in self.template.of_type(VERSION, ALIAS)]
        return True if function in owners else None if None in owners else False

    def alias_reference(self, function: Function) -> str | None:
        """Return what `Ref` takes to name the function's alias, None if there is not just one."""
        if function.serverless and literal(function.get("AutoPublishAlias")):
            return f"{function.logical_id}.Alias"
        alias = self._only_alias(function)
        return alias.logical_id if alias is not None else None

    def alias_name(self, function: Function) -> str | None:
        """Return the name of the function's alias, None if there is not just one."""
        published = literal(function.get("AutoPublishAlias")) if function.serverless else None
        alias = self._only_alias(function)
        return published or literal(child(alias.properties, "Name") if alias is not None else None)

    def _only_alias(self, function: Function) -> Resource | None:
        aliases = [item for item in self.template.of_type(ALIAS) if self._owner(item) is function]
        return aliases[0] if len(aliases) == 1 else None

    def function_name(self, function: Function) -> str | None:
        """Return the name that the template gives to `function`, None where it is not literal."""
        return literal(function.get("FunctionName"))

    def handler_files(self, function: Function) -> Iterator[tuple[Path, str]]:
        """Yield the files that hold the function's Python handler, and the handler's name there."""
        runtime = literal(function.get("Runtime"))
        handler = literal(function.get("Handler")) or ""
        code = literal(function.get("CodeUri" if function.serverless else "Code"))
        module, _, name = handler.rpartition(".")
        if runtime is None or not runtime.startswith("python") or code is None or not module:
            return
        base = self.template.source.path.parent / code / module.replace(".", "/")
        for file in (base.with_name(f"{base.name}.py"), base / "__init__.py"):
            if file.is_file():
                yield file, name

    def _pointer(self, text: Text) -> Pointer | None:
        parts = _function_of_execution(self._with_names(tuple(self._part(part) for part in text)))
        judgement = judge(integration_target(parts) or parts)
        function = self._function(judgement.literal_name)
        if function is None or judgement.qualifier is None:
            return None
        return Pointer(function, judgement.qualifier)

    def _function(self, name: str | None) -> Function | None:
        if name is None:
            return None
        stand_in = _STAND_IN.fullmatch(name)
        if stand_in is not None:
            return self.template.functions.get(stand_in[1])
        return self._literal_names.get(name)

    @cached_property
    def _literal_names(self) -> dict[str, Function]:
        named = ((self.function_name(item), item) for item in self.template.functions.values())
        return {name: function for name, function in named if name}

    @cached_property
    def _composed_names(self) -> dict[str, Function]:
        """The functions' names that hold parameters, as `!Sub '${Stage}-orders'` does."""
        found: dict[str, Function] = {}
        for function in self.template.functions.values():
            node = function.get("FunctionName")
            for text in texts(node) if node is not None else ():
                name = tuple(part if isinstance(part, str) else Hole(part) for part in text)
                if len(name) > 1 and None not in text:
                    found[_render(name)[0]] = function
        return found

    @cached_property
    def _composed_name(self) -> re.Pattern[str]:
        names = sorted(self._composed_names, key=len, reverse=True)
        return re.compile(rf"(?<![\w.\-\0])(?:{'|'.join(map(re.escape, names))})(?![\w.\-\0])")

    def _with_names(self, parts: Parts) -> Parts:
        """Put a stand-in where `parts` spell out the composed name of a function."""
        spelled = "".join(part for part in parts if isinstance(part, str))
        if not self._composed_names or "\0" in spelled:
            return parts
        rendered, holes = _render(parts)
        rendered = self._composed_name.sub(
            lambda match: f"..{self._composed_names[match.group()].logical_id}..", rendered
        )
        pieces = re.split(r"\0([^\0]*)\0", rendered)
        restored = (holes[piece] if place % 2 else piece for place, piece in enumerate(pieces))
        return tuple(part for part in restored if part != "")

    def _part(self, part: str | Reference | None) -> Part:
        if isinstance(part, str):
            return part
        return self._deployed(part) or Hole(part) if part is not None else Hole(object())

    def _deployed(self, named: Reference) -> str | None:
        """Return the text that a reference becomes, None if the template does not tell."""
        functions, resources = self.template.functions, self.template.resources
        function = functions.get(named.logical_id)
        if function is not None:
            name = f"..{function.logical_id}.."
            return {
                "": name,
                "Arn": _ARN + name,
                "Alias": f"{_ARN}{name}:alias",
                "Version": f"{_ARN}{name}:1",
            }.get(named.attribute)
        resource = resources.get(named.logical_id)
        if resource is not None:
            return self._published_arn(resource, named.attribute)
        if named.attribute:
            return None
        generated = self._generated(named.logical_id)
        return generated or _PSEUDO_PARAMETERS.get(named.logical_id)

    def _published_arn(self, resource: Resource, attribute: str) -> str | None:
        owner = self._owner(resource)
        if owner is None or attribute not in {"", "AliasArn", "FunctionArn"}:
            return None
        qualifier = "alias" if resource.type == ALIAS else "1"
        return f"{_ARN}..{owner.logical_id}..:{qualifier}"

    def _generated(self, logical_id: str) -> str | None:
        """Read the logical ids that SAM makes up: `OrdersAliaslive`, `OrdersVersion0123456789`."""
        for function in self.template.functions.values():
            rest = logical_id.removeprefix(function.logical_id)
            if function.serverless and rest != logical_id and _GENERATED.fullmatch(rest):
                qualifier = "alias" if rest.startswith("Alias") else "1"
                return f"{_ARN}..{function.logical_id}..:{qualifier}"
        return None

    def _owner(self, resource: Resource) -> Function | None:
        """Return the function that a version or alias belongs to."""
        if resource.logical_id not in self._owners:
            # An alias of itself has no owner; the entry ends the search.
            self._owners[resource.logical_id] = None
            published = resource.type in {VERSION, ALIAS}
            node = child(resource.properties, "FunctionName") if published else None
            pointer = next(self.pointers(node), None) if node is not None else None
            self._owners[resource.logical_id] = pointer.function if pointer else None
        return self._owners[resource.logical_id]


def _function_of_execution(parts: Parts) -> Parts:
    """Return what names the function where `parts` are the ARN of one of its executions."""
    for place, part in enumerate(parts):
        if isinstance(part, str) and _EXECUTION in part:
            return (*parts[:place], part.partition(_EXECUTION)[0])
    return parts


def _render(parts: Parts) -> tuple[str, dict[str, Hole]]:
    """Return `parts` as one string, with each hole's label between two NULs."""
    holes = {str(part.label): part for part in parts if isinstance(part, Hole)}
    text = "".join(f"\0{part.label}\0" if isinstance(part, Hole) else part for part in parts)
    return text, holes

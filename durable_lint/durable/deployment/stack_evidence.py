"""What CDK code in Python says of the functions that it deploys."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import libcst as cst

from durable_lint.durable.deployment.cdk import Made, Stacks
from durable_lint.durable.deployment.evidence import Deployed, Held, Named, Place
from durable_lint.durable.deployment.targets import Hole, Part, Qualifier, Verdict, judge
from durable_lint.program.values.shapes import (
    Constant,
    Container,
    External,
    Site,
    Text,
)
from durable_lint.program.values.values import Shape, Value

# An environment variable: its name, its value and where that is written.
_Setting = tuple[str, Value, cst.CSTNode]

# Attributes of a construct that are the function's name or ARN, without a qualifier.
_BARE = frozenset(("function_arn", "function_name"))
_PUBLISHED = ("Alias", "Version", "add_alias", "current_version")
# How the ARN of a version or alias ends, whatever made it.
_QUALIFIED = tuple(f".{name}" for name in (*_BARE, "edge_arn"))


def deployed_by_stacks(stacks: Stacks) -> Iterable[Deployed]:
    """Yield the functions that CDK code makes; one that code makes several times, only once."""
    by_place: dict[tuple[Path, cst.CSTNode], list[Made]] = defaultdict(list)
    for made in stacks.functions():
        by_place[made.frame.module.path, made.node].append(made)
    added = _added(stacks)
    for several in by_place.values():
        first = several[0]
        durable = {stacks.durable(made) for made in several}
        names = {_name(made) for made in several}
        variables: dict[str, Held] = {}
        for made in several:
            for name, value, node in (*_given(made), *added[made.site]):
                earlier = variables[name].named if name in variables else ()
                named = dict.fromkeys((*earlier, _named(stacks, value)))
                variables[name] = Held(_place(made, node), tuple(named))
        yield Deployed(
            first.label,
            durable.pop() if len(durable) == 1 else None,
            names.pop() if len(names) == 1 else None,
            _place(first, first.node),
            _handlers(first),
            variables,
        )


def _given(made: Made) -> Iterator[_Setting]:
    """Yield the environment variables that a construct is given."""
    call = made.frame.call_at(made.node)
    argument = call.arguments.get(None, "environment") if call is not None else None
    environment = made.keywords.get("environment")
    written = argument.node if argument is not None else None
    places = dict(_entries(written)) if isinstance(written, cst.Dict) else {}
    for shape in environment.shapes if environment is not None else ():
        for key, value in shape.items.items() if isinstance(shape, Container) else ():
            if isinstance(key, Constant):
                name = str(key.content)
                yield name, value, places.get(name, made.node)


def _entries(written: cst.Dict) -> Iterator[tuple[str, cst.CSTNode]]:
    for element in written.elements:
        if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
            yield str(element.key.evaluated_value), element.value


def _added(stacks: Stacks) -> dict[Site, list[_Setting]]:
    """Return by function the environment variables that are added to it later."""
    found: dict[Site, list[_Setting]] = defaultdict(list)
    for call in stacks.calls:
        name = _text(call.arguments.value(0, "key"))
        for shape in call.callee.shapes:
            method = stacks.method(shape)
            if name is not None and method is not None and method[1] == "add_environment":
                value = call.arguments.value(1, "value")
                found[method[0]].append((name, value, call.node))
    return found


def _named(stacks: Stacks, value: Value) -> Named | None:
    """Return the function that a value names, None where that is not known."""
    shape = value.shapes[0] if len(value.shapes) == 1 else None
    # What a subclass inherits from a construct is never quite certain.
    if value.open and not isinstance(shape, External):
        return None
    if isinstance(shape, Text) and len(shape.parts) == 1 and isinstance(shape.parts[0], Value):
        return _named(stacks, shape.parts[0])
    if isinstance(shape, External):
        return _of_construct(stacks, shape)
    if isinstance(shape, Text):
        judgement = judge([_part(part) for part in shape.parts])
        if judgement.verdict is Verdict.QUALIFIED and judgement.qualifier is not None:
            return Named("", None, judgement.qualifier)
    return None


def _of_construct(stacks: Stacks, shape: External) -> Named | None:
    method = stacks.method(shape)
    if method is not None and method[1] in _BARE:
        made = stacks.made_at(method[0])
        if made is not None:
            return Named(made.label, stacks.durable(made), Qualifier.NONE)
    if method is not None and method[1].startswith("latest_version."):
        return Named("", None, Qualifier.LATEST)
    is_published = (
        "Alias" in shape.path or "Version" in shape.path or "current_version" in shape.path
    )
    if is_published and shape.path.endswith(_QUALIFIED):
        return Named("", None, Qualifier.ANY)
    return None


def _part(part: str | Value) -> Part:
    return part if isinstance(part, str) else Hole(part)


def _name(made: Made) -> str | None:
    return _text(made.keywords.get("function_name"))


def _place(made: Made, node: cst.CSTNode) -> Place:
    """Return where something is said of a function, in the code that makes it."""
    module = made.frame.module
    return Place(module.path, module.span(node).start, made.label)


def _handlers(made: Made) -> frozenset[Path]:
    """Return the files that may hold the handler, where the code's folder is written out."""
    handler = _text(made.keywords.get("handler"))
    folder = _asset(made.keywords.get("code"))
    if handler is None or folder is None:
        return frozenset()
    module = handler.rpartition(".")[0].replace(".", "/")
    base = Path(os.path.normpath(_app_folder(made.frame.module.path) / folder / module))
    files = (base.with_name(f"{base.name}.py"), base / "__init__.py")
    return frozenset(file for file in files if file.is_file())


def _asset(code: Value | None) -> str | None:
    shape = code.only() if code is not None else None
    if not isinstance(shape, External) or shape.site is None:
        return None
    if not shape.path.endswith((".from_asset()", ".AssetCode()")):
        return None
    call = shape.site.frame.call_at(shape.site.node)
    return _text(call.arguments.value(0, "path")) if call is not None else None


def _text(value: Value | None) -> str | None:
    shape: Shape | None = value.only() if value is not None else None
    if isinstance(shape, Constant) and isinstance(shape.content, str):
        return shape.content
    return None


def _app_folder(stack: Path) -> Path:
    """Return the folder in which the CDK runs the app: paths of assets are relative to it."""
    above = stack.parents
    return next((folder for folder in above if (folder / "cdk.json").exists()), above[0])

"""What CDK code in Python says of the functions that it deploys."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from durable_lint.durable.cdk import Made, Stacks
from durable_lint.durable.evidence import Deployed, Held, Named, Place
from durable_lint.durable.targets import Hole, Part, Qualifier, Verdict, judge
from durable_lint.program.values import Constant, Container, External, Shape, Site, Text, Value

# Attributes of a construct that are the function's name or ARN, without a qualifier.
_BARE = frozenset(("function_arn", "function_name"))
# How the ARN of a version or alias ends, whatever made it.
_QUALIFIED = tuple(f".{name}" for name in (*_BARE, "edge_arn"))


def deployed_by_stacks(stacks: Stacks) -> Iterable[Deployed]:
    """Yield the functions that CDK code makes; one that code makes several times, only once."""
    by_place: dict[tuple[Path, object], list[Made]] = defaultdict(list)
    for made in stacks.functions():
        by_place[made.frame.module.path, made.node].append(made)
    variables = _variables(stacks)
    for several in by_place.values():
        durable = {stacks.durable(made) for made in several}
        names = {_name(made) for made in several}
        held: dict[str, dict[Named | None, None]] = defaultdict(dict)
        for made in several:
            for name, value in variables.get(made.site, ()):
                held[name][_named(stacks, value)] = None
        place = _place(several[0])
        yield Deployed(
            several[0].label,
            durable.pop() if len(durable) == 1 else None,
            names.pop() if len(names) == 1 else None,
            place,
            _handlers(several[0]),
            {name: Held(place, tuple(named)) for name, named in held.items()},
        )


def _variables(stacks: Stacks) -> dict[Site, list[tuple[str, Value]]]:
    """Return by function the names and values of its environment variables."""
    found: dict[Site, list[tuple[str, Value]]] = defaultdict(list)
    for made in stacks.functions():
        environment = made.keywords.get("environment")
        for shape in environment.shapes if environment is not None else ():
            for key, value in shape.items.items() if isinstance(shape, Container) else ():
                if isinstance(key, Constant):
                    found[made.site].append((str(key.content), value))
    for call in stacks.calls:
        name = call.arguments.value(0, "key").only()
        for shape in call.callee.shapes:
            method = stacks.method(shape)
            if method is not None and method[1] == "add_environment":
                if isinstance(name, Constant):
                    value = call.arguments.value(1, "value")
                    found[method[0]].append((str(name.content), value))
    return found


def _named(stacks: Stacks, value: Value) -> Named | None:
    """Return the function that a value names, None where that is not known."""
    shape = value.only()
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
    is_published = "Alias" in shape.path or "Version" in shape.path or "current_version" in shape.path
    if is_published and shape.path.endswith(_QUALIFIED):
        return Named("", None, Qualifier.ANY)
    return None


def _part(part: str | Value) -> Part:
    return part if isinstance(part, str) else Hole(part)


def _name(made: Made) -> str | None:
    given = made.keywords.get("function_name")
    shape = given.only() if given is not None else None
    return str(shape.content) if isinstance(shape, Constant) and shape.content else None


def _place(made: Made) -> Place:
    module = made.frame.module
    return Place(module.path, module.span(made.node).start, made.label)


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

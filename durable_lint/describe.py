"""`durable-lint explain`, `durable-lint rules` and `--show-settings`: what the program knows."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

from durable_lint import console
from durable_lint.catalogue import Catalogue, Rule, catalogue
from durable_lint.keys import KEYS
from durable_lint.pages import readable
from durable_lint.problems import ProblemError
from durable_lint.settings import Settings


def run_explain(wanted: str) -> int:
    """Print the page of the rule with this code or name and return the exit code."""
    console.tolerant_streams()
    try:
        rules = catalogue()
        sys.stdout.write(explanation(rules.rule(rules.find(wanted))))
    except ProblemError as error:
        console.complain(error.problem, "auto")
        return 2
    return 0


def explanation(rule: Rule) -> str:
    """Return a rule's page as Markdown, its data in words instead of the toml block."""
    facts = [
        rule.severity.value,
        "preview" if rule.preview else "on by default" if rule.default else "off by default",
        f"{rule.fix.value} fix" if rule.fix else "no fix",
        f"since {rule.since}",
    ]
    parts = [f"# {rule.code} {rule.name}", f"{rule.summary}.", f"({', '.join(facts)})"]
    parts += [f"## {title}\n\n{readable(text)}" for title, text in rule.sections.items()]
    return "\n\n".join(parts) + "\n"


def run_rules(output_format: str) -> int:
    """Print all rules, as a table or as a JSON array, and return the exit code."""
    console.tolerant_streams()
    try:
        found = catalogue().rules
    except ProblemError as error:
        console.complain(error.problem, "auto")
        return 2
    if output_format == "json":
        print(json.dumps([as_dict(rule) for rule in found], indent=2))
    else:
        width = max((len(rule.name) for rule in found), default=0)
        for rule in found:
            state = "preview" if rule.preview else "on" if rule.default else "off"
            fix = rule.fix.value if rule.fix else "-"
            facts = f"{rule.severity.value:<7}  {state:<7}  {fix:<7}"
            print(f"{rule.code}  {rule.name:<{width}}  {facts}  {rule.summary}")
    return 0


def as_dict(rule: Rule) -> dict[str, object]:
    """Return a rule's data without its prose."""
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "severity": rule.severity.value,
        "status": rule.status,
        "default": rule.default,
        "fix": rule.fix.value if rule.fix else None,
        "since": rule.since,
    }


def settings_text(settings: Settings, rules: Catalogue) -> str:
    """Return settings as they hold, in the order of their keys, one on a line."""
    return "".join(f"{line}\n" for line in _settings_lines(settings, rules))


def _settings_lines(settings: Settings, rules: Catalogue) -> Iterator[str]:
    yield f"# {settings.file or 'no settings file'}"
    yield f"# patterns are relative to {settings.root}"
    yield f"rules = {json.dumps(sorted(settings.enabled(rules)))}"
    for key in KEYS:
        if key in ("select", "extend-select", "ignore", "extend"):
            continue
        value = getattr(settings, key.replace("-", "_"))
        if key == "names":
            value = {name: row.code or False for name, row in value.items()}
        yield f"{key} = {json.dumps(value, default=str)}"

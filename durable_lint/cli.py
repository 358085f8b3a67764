"""The command line. What is heavy is imported by the commands, not here."""

from __future__ import annotations

import sys

import click

from durable_lint import __version__

FORMATS = ("concise", "full", "json")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="durable-lint")
def main() -> None:
    """Find what breaks replay in AWS Lambda durable functions, and mend it."""


@main.command()
@click.argument("paths", nargs=-1)
@click.option("--fix", is_flag=True, help="Apply the safe fixes.")
@click.option("--unsafe-fixes", is_flag=True, help="Count, show and apply unsafe fixes as well.")
@click.option("--diff", is_flag=True, help="Show what --fix would do; write nothing.")
@click.option("--select", multiple=True, metavar="RULES", help="Look for these rules only.")
@click.option("--extend-select", multiple=True, metavar="RULES", help="Look for these as well.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Do not look for these.")
@click.option("--output-format", type=click.Choice(FORMATS), help="Default: concise.")
@click.option("-o", "--output-file", type=click.Path(dir_okay=False), help="Write findings here.")
@click.option("--statistics", is_flag=True, help="Show how often each rule was found.")
@click.option("--fail-on", type=click.Choice(("error", "warning")), help="Default: error.")
@click.option("-e", "--exit-zero", is_flag=True, help="Exit with 0 even when there are findings.")
@click.option("--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 when something was mended.")
@click.option("--stdin-filename", metavar="PATH", help="What file `-` (standard input) stands for.")
@click.option("--force-exclude", is_flag=True, help="Leave excluded files out even when named.")
@click.option("--no-respect-gitignore", is_flag=True, help="Lint files that git ignores, too.")
@click.option("--show-files", is_flag=True, help="List the files that would be linted.")
@click.option("--show-coverage", is_flag=True, help="Show how much of each file was walked.")
@click.option("--show-settings", is_flag=True, help="Show the settings of the first path.")
@click.option("--config", metavar="FILE", help="Use the settings in this file for all paths.")
@click.option("--isolated", is_flag=True, help="Use no settings file.")
@click.option("--color", type=click.Choice(("auto", "always", "never")), default="auto")
@click.option("-v", "--verbose", is_flag=True, help="Say more on standard error.")
@click.option("-q", "--quiet", is_flag=True, help="Show findings and problems, nothing else.")
def check(paths: tuple[str, ...], **flags: object) -> None:
    """Lint PATHS (files, folders, or - for standard input; default: this folder).

    Each finding is a line, path:line:column: CODE message; [*] marks what --fix would mend.

    RULES are codes, prefixes of codes, names or ALL, separated by commas.

    Exit codes: 0 nothing found, 1 findings, 2 wrong usage or an internal error.
    """
    from durable_lint.command import Flags, run_check

    sys.exit(run_check(Flags.of(paths, flags)))


@main.command()
@click.argument("rule")
def explain(rule: str) -> None:
    """Explain RULE (a code or a name): what it finds, why, examples, proof."""
    from durable_lint.describe import run_explain

    sys.exit(run_explain(rule))


@main.command()
@click.option("--output-format", type=click.Choice(("concise", "json")), default="concise")
def rules(output_format: str) -> None:
    """List all rules."""
    from durable_lint.describe import run_rules

    sys.exit(run_rules(output_format))

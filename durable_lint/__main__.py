"""`python -m durable_lint`."""

from durable_lint.cli import main

main()

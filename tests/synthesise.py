"""`python -m tests.synthesise app.py out`: let the real CDK write the templates of an app's stacks.

Stacks that the file makes are synthesised as they are; of a stack's class that it only defines, one
is made.
"""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import aws_cdk


def main(app: str, out: str) -> None:
    sys.path.insert(0, str(Path(app).resolve().parent))
    names = runpy.run_path(app, run_name="app").values()
    roots = [value.node.root for value in names if isinstance(value, aws_cdk.Stack)]
    if not roots:
        root = aws_cdk.App()
        for value in names:
            if isinstance(value, type) and issubclass(value, aws_cdk.Stack):
                if value is not aws_cdk.Stack:
                    value(root, value.__name__)
        roots = [root]
    for root in roots:
        for stack in root.synth().stacks:
            Path(out, stack.template_file).write_bytes(Path(stack.template_full_path).read_bytes())


if __name__ == "__main__":
    main(*sys.argv[1:])

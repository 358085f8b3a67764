"""Whatever the handler, fixing it only puts operations around what it already does."""

from __future__ import annotations

import ast
import io
import tempfile
import textwrap
import tokenize
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from durable_lint.engine import Report
from tests.test_fixes import HEADER, check, mend

SAFE_CALLS = (
    "time.time()",
    "str(uuid.uuid4())",
    "uuid.uuid4().hex[:8]",
    "random.choice([1, 2])",
    "datetime.now(UTC)",
    "datetime.now(UTC).isoformat()",
    "int(time.monotonic())",
    "secrets_of(event)",
)
UNSAFE_CALLS = (
    'requests.get("https://example.com").json()',
    'Path("orders.txt").read_text()',
    "os.getpid()",
    'boto3.client("sqs").send_message(QueueUrl="q", MessageBody="b")["MessageId"]',
    'subprocess.check_output(["date"], text=True).strip()',
)
AROUND = (
    "{}",
    "({})",
    "[{}]",
    "str({})",
    "f'{{{}}}'",
    'f"""{{{}!r}}"""',
    "{} or 1",
    "not {}",
    "{} if event else 1",
    "1 if {} else 2",
    "dict(a={})",
    "{{'a': {}}}",
    "(1, {})",
    "event.get('a', {})",
    "[{} for _ in event]",
    "[each for each in [{}]]",
    "sum(1 for _ in event if {})",
    "(lambda: {})()",
    "(lambda a={}: a)()",
    "sorted(event, key=lambda _: {})",
    "(\n    # before\n    {}  # behind\n)",
)
SIMPLE = (
    "a = {}",
    "a: object = {}",
    "a, b = {}, 1",
    "a = b = {}  # both",
    "event['a'] = {}",
    "{}",
    "assert {}",
    "a = 1; b = {}; c = 3",
    "if event: a = {}",
    "time.sleep(5)",
    "print({})",
    "print('a', {})",
    "context.step(named_step, name='own')",
    "# a comment",
    "pass",
)
COMPOUND = (
    "if {}:\n{body}else:\n{body}",
    "for each in [{}]:\n{body}",
    "while {}:\n{body}",
    "try:\n{body}except Exception as error:\n{body}",
    "def inner(a={}):\n{body}inner()",
    "class Inner:\n    a = {}",
    "match {}:\n    case 1:\n{body2}    case _:\n{body2}",
    "def child(context):\n{body}context.run_in_child_context(child)",
    "context.map([1], lambda context, *_: {})",
    "with open('orders.txt') as file:\n    text = file.read()",
    "with open('orders.txt', 'w') as file:\n    file.write(str({}))",
)


@st.composite
def expressions(draw: st.DrawFn) -> str:
    text = draw(st.sampled_from(SAFE_CALLS + UNSAFE_CALLS))
    for _ in range(draw(st.integers(0, 2))):
        text = draw(st.sampled_from(AROUND)).format(text)
    return text


@st.composite
def bodies(draw: st.DrawFn, depth: int = 0) -> str:
    parts = []
    for _ in range(draw(st.integers(1, 4 if depth == 0 else 2))):
        if depth < 2 and draw(st.integers(0, 2)) == 0:
            template = draw(st.sampled_from(COMPOUND))
            inner = draw(bodies(depth + 1))
            parts.append(
                template.format(
                    draw(expressions())
                    .replace("\n", " ")
                    .replace("# before", "")
                    .replace("# behind", ""),
                    body=textwrap.indent(f"{inner}pass\n", "    "),
                    body2=textwrap.indent(f"{inner}pass\n", "        "),
                )
            )
        else:
            parts.append(draw(st.sampled_from(SIMPLE)).format(draw(expressions())))
    return "".join(f"{part}\n" for part in parts)


HELPERS = """\


def named_step(_):
    return 1


def secrets_of(order):
    return [str(random.random()), order]
"""


class _Unmend(ast.NodeTransformer):
    """Takes away again what safe fixes have put around expressions."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        node = self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Attribute(attr="step"), args=[ast.Lambda(body=body)]):
                return body
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="context"), attr="wait"),
                args=[ast.Call(args=[seconds])],
            ):
                func = ast.Attribute(ast.Name("time", ast.Load()), "sleep", ast.Load())
                return ast.Call(func, [seconds], [])
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="logger"), attr="info")):
                args = node.args
                if len(args) > 1:
                    args = args[1:]
                return ast.Call(ast.Name("print", ast.Load()), args, [])
            case _:
                return node


def _comments(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(io.StringIO(text).readline)
    return Counter(token.string for token in tokens if token.type == tokenize.COMMENT)


def _program(body: str) -> str:
    text = HEADER + textwrap.indent(body, "    ") + HELPERS
    try:
        compile(text, "handler.py", "exec")
    except SyntaxError:
        # A formatted string in another may use its quotes, which Python takes since 3.12 only.
        assume(False)
    return text


def _mended(text: str, *, unsafe: bool) -> tuple[str, Report]:
    with tempfile.TemporaryDirectory() as folder:
        return mend(Path(folder), text, unsafe=unsafe)


def _codes(text: str) -> Counter[str]:
    with tempfile.TemporaryDirectory() as folder:
        return Counter(f.code for f in check(Path(folder), text).report.findings)


MANY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)


@MANY
@given(bodies())
def test_safe_fixes_only_wrap(body: str) -> None:
    before = _program(body)
    after, _ = _mended(before, unsafe=False)
    unmended = ast.fix_missing_locations(_Unmend().visit(ast.parse(after)))
    assert ast.unparse(unmended) == ast.unparse(ast.parse(before))
    assert _comments(after) == _comments(before)


@MANY
@given(bodies())
def test_mended_code_has_nothing_left_to_mend(body: str) -> None:
    before = _program(body)
    after, report = _mended(before, unsafe=True)
    again, second = _mended(after, unsafe=True)
    assert again == after
    assert _comments(after) == _comments(before)
    assert not second.fixed
    assert Counter(f.code for f in report.findings) <= _codes(before)

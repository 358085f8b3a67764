"""How Python can come by a module's member, and by an object whose method it calls.

In the forms stand `{m}` for a module, `{f}` for its member, `{r}` for the rest of a path and `{c}`
for the call at its end; `{o}` for an expression that makes an object, `{t}` for its type and `{k}`
for the method's path. `{n}` makes a name unique.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """Lines for the top of a module and for a body; running the body makes the call."""

    name: str
    head: str
    body: str


IMPORTS = (
    Form("import m", "import {m}", "{m}.{f}{r}{c}"),
    Form("import m as x", "import {m} as m{n}", "m{n}.{f}{r}{c}"),
    Form("from m import f as g", "from {m} import {f} as f{n}", "f{n}{r}{c}"),
)

BUILTINS = (
    Form("builtin", "", "{f}{r}{c}"),
    Form("builtins module", "import builtins", "builtins.{f}{r}{c}"),
)

# What replayed code is given by the SDK itself.
CONTEXT = Form("handler's context", "", "context{k}{c}")

# The names that these bind would get into each other's way in one function.
LOCAL_IMPORTS = (
    Form("from m import f", "", "from {m} import {f}\n{f}{r}{c}"),
    Form("import inside", "", "import {m}\n{m}.{f}{r}{c}"),
    Form("import inside, aliased", "", "import {m} as x\nx.{f}{r}{c}"),
    Form(
        "if ImportError",
        "try:\n    from {m} import {f} as f{n}\nexcept ImportError:\n    f{n} = None",
        "f{n}{r}{c}",
    ),
    Form(
        "module if ImportError",
        "try:\n    import {m} as m{n}\nexcept ImportError:\n    m{n} = None",
        "m{n}.{f}{r}{c}",
    ),
    Form(
        "for another version",
        "import sys\nif sys.version_info >= (3, 9):\n    from {m} import {f} as f{n}\n"
        "else:\n    f{n} = None",
        "f{n}{r}{c}",
    ),
    Form("bound to a name", "import {m}\ng{n} = {m}.{f}", "g{n}{r}{c}"),
    Form("bound in the function", "import {m} as m{n}", "g = m{n}.{f}\ng{r}{c}"),
    Form("module bound to a name", "import {m} as m{n}", "x = m{n}\nx.{f}{r}{c}"),
    Form("getattr", "import {m} as m{n}", 'getattr(m{n}, "{f}"){r}{c}'),
    Form("dict", "import {m} as m{n}\nd{n} = {{'a': m{n}.{f}}}", 'd{n}["a"]{r}{c}'),
    Form(
        "class attribute",
        "import {m} as m{n}\nclass C{n}:\n    g = m{n}.{f}",
        "C{n}.g{r}{c}",
    ),
    Form(
        "instance attribute",
        "import {m} as m{n}\nclass C{n}:\n    def __init__(self):\n        self.g = m{n}.{f}\n"
        "\n    def run(self):\n        return self.g{r}{c}",
        "C{n}().run()",
    ),
    Form(
        "default argument",
        "from {m} import {f} as f{n}\ndef g{n}(g=f{n}):\n    return g{r}{c}",
        "g{n}()",
    ),
    Form("argument", "from {m} import {f} as f{n}\ndef g{n}(g):\n    return g{r}{c}", "g{n}(f{n})"),
    Form("import_module", "import importlib", 'importlib.import_module("{m}").{f}{r}{c}'),
    Form("sys.modules", "import sys, {m}", 'sys.modules["{m}"].{f}{r}{c}'),
    Form("condition", "from {m} import {f} as f{n}", "g = f{n} if [].count(1) else f{n}\ng{r}{c}"),
)

OBJECTS = (
    Form("in the call", "", "{o}{k}{c}"),
    Form("module", "o{n} = {o}", "o{n}{k}{c}"),
    Form("function", "", "o{n} = {o}\no{n}{k}{c}"),
    Form(
        "__init__",
        "class C{n}:\n    def __init__(self):\n        self.o = {o}\n\n    def run(self):\n"
        "        return self.o{k}{c}",
        "C{n}().run()",
    ),
    Form("returned", "def make{n}():\n    return {o}", "make{n}(){k}{c}"),
    Form("with", "", "with {o} as o{n}:\n    o{n}{k}{c}"),
)

MORE_OBJECTS = (
    Form(
        "returned and bound", "def make{n}():\n    o = {o}\n    return o", "o = make{n}()\no{k}{c}"
    ),
    Form("class attribute", "class C{n}:\n    o = {o}", "C{n}.o{k}{c}"),
    Form(
        "class attribute through self",
        "class C{n}:\n    o = {o}\n\n    def run(self):\n        return self.o{k}{c}",
        "C{n}().run()",
    ),
    Form("argument", "def run{n}(o):\n    return o{k}{c}", "run{n}({o})"),
    Form("keyword", "def run{n}(*, o):\n    return o{k}{c}", "run{n}(o={o})"),
    Form("default argument", "def run{n}(o={o}):\n    return o{k}{c}", "run{n}()"),
    Form("dict", "d{n} = {{'a': {o}}}", 'd{n}["a"]{k}{c}'),
    Form("tuple", "", "first, o = 1, {o}\no{k}{c}"),
    Form("walrus", "", "(o := {o})\no{k}{c}"),
    Form("condition", "", "o = {o} if [].count(1) else {o}\no{k}{c}"),
    Form("fallback", "", "o = None or {o}\no{k}{c}"),
    Form(
        "lazy global",
        "o{n} = None\ndef make{n}():\n    global o{n}\n    if o{n} is None:\n        o{n} = {o}\n"
        "    return o{n}",
        "make{n}(){k}{c}",
    ),
    Form(
        "cached",
        "import functools\n@functools.lru_cache(maxsize=None)\ndef make{n}():\n    return {o}",
        "make{n}(){k}{c}",
    ),
    Form(
        "property",
        "class C{n}:\n    @property\n    def o(self):\n        return {o}\n\n    def run(self):\n"
        "        return self.o{k}{c}",
        "C{n}().run()",
    ),
    Form(
        "cached property",
        "from functools import cached_property\nclass C{n}:\n    @cached_property\n"
        "    def o(self):\n        return {o}",
        "C{n}().o{k}{c}",
    ),
    Form(
        "dataclass field",
        "from dataclasses import dataclass, field\n@dataclass\nclass C{n}:\n"
        "    o: object = field(default_factory=lambda: {o})",
        "C{n}().o{k}{c}",
    ),
    Form("closure", "", "o = {o}\ndef run():\n    return o{k}{c}\nrun()"),
    Form(
        "contextmanager",
        "import contextlib\n@contextlib.contextmanager\ndef make{n}():\n    yield {o}",
        "with make{n}() as o:\n    o{k}{c}",
    ),
    Form("closing", "import contextlib", "with contextlib.closing({o}) as o:\n    o{k}{c}"),
    Form("loop", "", "for o in [{o}]:\n    o{k}{c}"),
    Form("comprehension", "", "[o{k}{c} for o in ({o},)]"),
)

# These know the type only.
TYPES = (
    Form("annotated argument", "def run{n}(o: {t}):\n    return o{k}{c}", "run{n}(event)"),
    Form("annotated by text", 'def run{n}(o: "{t}"):\n    return o{k}{c}', "run{n}(event)"),
    Form(
        "optional",
        "def run{n}(o: {t} | None = None):\n    return o{k}{c}",
        "run{n}()",
    ),
    Form(
        "Optional",
        "from typing import Optional\ndef run{n}(o: Optional[{t}] = None):\n    return o{k}{c}",
        "run{n}(event)",
    ),
    Form("annotated variable", "", "o: {t} = event\no{k}{c}"),
    Form(
        "annotated attribute",
        "class C{n}:\n    o: {t}\n\n    def run(self):\n        return self.o{k}{c}",
        "C{n}().run()",
    ),
    Form(
        "annotated dataclass",
        "from dataclasses import dataclass\n@dataclass\nclass C{n}:\n    o: {t}",
        "C{n}(event).o{k}{c}",
    ),
    Form(
        "annotated result",
        "from somewhere import anything\ndef make{n}() -> {t}:\n    return anything()",
        "make{n}(){k}{c}",
    ),
    Form("subclass", "class C{n}({t}):\n    pass", "C{n}(){k}{c}"),
    Form(
        "subclass, from inside",
        "class C{n}({t}):\n    def go_on(self):\n        return self{k}{c}",
        "C{n}().go_on()",
    ),
    Form("cast", "from typing import cast", "o = cast({t}, event)\no{k}{c}"),
)

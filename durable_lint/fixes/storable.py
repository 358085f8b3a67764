"""Whether the SDK's serialiser takes the result of a library call, by the call's resolved path.

Measured on SDK 3.0.0 (`serdes.py`): None, str, int, float, bool, bytes, UUID, Decimal, datetime,
date, list, tuple and dict of these are stored; anything else is a `SerDesError`.
"""

from __future__ import annotations

import re

from durable_lint.durable.shapes import Handler
from durable_lint.program.values import (
    Bound,
    Class,
    Constant,
    Container,
    External,
    Function,
    Instance,
    ModuleShape,
    Opaque,
    Partial,
    Shape,
    Text,
    Value,
    Variable,
)

STORED_CONTAINERS = frozenset(("list", "tuple", "dict"))

# Attributes and methods that hand out plain data, whatever object they are asked of.
_DATA_MEMBERS = (
    "json text content status_code ok url reason headers encoding body decode read readlines "
    "readline splitlines strip read_text read_bytes exists is_file is_dir isoformat timestamp "
    "hex hexdigest stdout stderr returncode total_seconds strftime date fetchone fetchall "
    "fetchmany rowcount scalar tolist item model_dump to_dict dict year month day hour minute "
    "second int_timestamp bytes"
).split()
_DATA_END = re.compile(rf"\.(?:{'|'.join(_DATA_MEMBERS)})(?:\(\))?$")

# Libraries whose calls give plain data, apart from the handles that are named below.
_DATA_CALLS = re.compile(
    r"^(?:time|random|secrets|uuid|datetime|calendar|email\.utils|timeit|str|int|float|bool|bytes"
    r"|len|round|sum|abs|repr|sorted|list|dict|tuple|json|boto3|botocore|mypy_boto3\w*|aioboto3"
    r"|nanoid|shortuuid|uuid6|uuid_utils|hash|id|os|platform|shutil|glob|arrow\.\w+\(\)|pendulum)\b"
)
_HANDLES = re.compile(
    r"(?:^|\.)(?:localtime|gmtime|struct_time|Random|SystemRandom|scheduler|get_paginator"
    r"|get_waiter|paginate|get_object|Timer|scandir|walk|fdopen|popen|stat|lstat|times|uname"
    r"|Popen|run|get_clock_info|client|resource|Session|getstate|invoke|DirEntry|iglob|statvfs"
    r"|get_object_torrent|select_object_content|converse_stream|invoke_model\w*|disk_usage)\(\)$"
)


def storable(value: Value) -> bool | None:
    """Return whether a step may return `value`; None where that is not known."""
    verdicts = [_shape(shape) for shape in value.shapes]
    if False in verdicts:
        return False
    if None in verdicts or value.open or not verdicts:
        return None
    return True


def _shape(shape: Shape) -> bool | None:
    match shape:
        case Constant() | Text() | Variable():
            return True
        case Opaque():
            return True
        case Container():
            if shape.kind not in STORED_CONTAINERS:
                return False
            return storable(shape.content()) if shape.items or shape.rest else True
        case Function() | Bound() | Partial() | Class() | Instance() | ModuleShape() | Handler():
            return False
        case External():
            return _path(shape.path)
        case _:
            return False


def _path(path: str) -> bool | None:
    path = path.replace("[]", "")
    if _HANDLES.search(path):
        return False
    if _DATA_CALLS.match(path) or _DATA_END.search(path):
        return True
    return False

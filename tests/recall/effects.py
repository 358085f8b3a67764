"""Calls that stand for their kind: what a template's `EFFECT` is replaced by."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effect:
    """A call with what it needs at the top of its module; `code` is the rule that finds it."""

    code: str
    text: str
    needs: str


PLAIN = Effect("LDF101", "time.time()", "import time")

# Single quotes, so that they can stand in formatted strings.
EFFECTS = (
    PLAIN,
    Effect("LDF101", "dt.now(tz=UTC).isoformat()", "from datetime import UTC, datetime as dt"),
    Effect("LDF102", "choice([1, 2])", "from random import choice"),
    Effect("LDF103", "str(uuid.uuid4())", "import uuid"),
    Effect("LDF104", "http.get('https://example.com').json()", "import requests as http"),
    Effect(
        "LDF105",
        "table.get_item(Key={'id': '1'})['Item']",
        "import boto3\n\ntable = boto3.resource('dynamodb').Table('orders')",
    ),
    Effect("LDF106", "Path('/tmp/orders').read_text()", "from pathlib import Path"),
    Effect("LDF107", "execute(['true'])", "from subprocess import check_call as execute"),
    Effect("LDF307", "sleep(2)", "from time import sleep"),
)

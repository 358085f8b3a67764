"""The bank's other systems, reached over HTTP. Called from steps only."""

import json
import os
import urllib.request
from typing import Any

REGISTRY_URL = os.environ["REGISTRY_URL"]


def _post(path: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        f"{REGISTRY_URL}{path}",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def read(kind: str, applicant: str) -> dict[str, Any]:
    """Return the applicant's record: `score` for `credit`, `alerts` for `fraud`."""
    return _post(f"/{kind}", {"applicant": applicant})


def open_scan(document: str) -> str:
    """Start a scan of a document and return the scan's id."""
    return str(_post("/scans", {"document": document})["id"])


def read_scan(scan_id: str) -> dict[str, Any]:
    """Return a scan's `state` and, when that is `done`, whether the document is `genuine`."""
    return _post("/scan", {"id": scan_id})


def notify(application_id: str, message: str) -> None:
    """Put a message on the branch office's list."""
    _post("/messages", {"application": application_id, "message": message})

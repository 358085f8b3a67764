"""The shop keeps its books in UTC."""

from datetime import UTC, datetime


def timestamp() -> str:
    """Return the moment in ISO format."""
    return datetime.now(UTC).isoformat()

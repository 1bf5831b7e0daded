"""What a value of the database is in a file that knows types."""

from datetime import UTC, datetime
from typing import Any


def moment_text(value: datetime) -> str:
    """Return a moment in UTC as ISO 8601, as the files for systems have it: 2026-11-20T12:00:00.25Z."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    whole, point, part = text.partition(".")
    return f"{whole}{point}{part.rstrip('0')}Z"


def plain(value: Any) -> str:
    """Return a value of a text column as text."""
    return value if isinstance(value, str) else str(value)

"""A clock that begins at the same moment on every day, so that pictures drawn anew show the same dates."""

import os
from datetime import UTC, datetime, timedelta

from django.utils import timezone

# A Friday morning at the demo's shop in Oregon.
BEGINS = datetime(2026, 11, 20, 17, 30, tzinfo=UTC)
SHIFT = "TUTORIAL_SHIFT"


def shift() -> str:
    """Return the seconds between the tutorial's clock and the real one, as the environment carries them."""
    return str((BEGINS - datetime.now(UTC)).total_seconds())


def set_clock() -> None:
    """Let the application read the tutorial's clock; what the database itself notes stays real."""
    away = timedelta(seconds=float(os.environ[SHIFT]))
    timezone.now = lambda: datetime.now(UTC) + away

"""Waiting for a lock only so long: what is given by itself stands back where others are at the same row."""

import contextlib
from collections.abc import Iterator

from django.db import connection

# Well below the second after which the database looks for those who wait crosswise and ends one of them: an act that
# holds the member's account and waits here for a counter gives way before anybody else is hurt.
PATIENCE = "250ms"


@contextlib.contextmanager
def patience() -> Iterator[None]:
    """Let statements inside wait for locks for a quarter of a second, in the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        (usual,) = cursor.fetchone()
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{usual}'")

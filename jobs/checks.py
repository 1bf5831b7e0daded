"""System checks: fault points stay in tests, and every kind of job has a handler that can be imported."""

from typing import Any

from django.conf import settings
from django.core import checks

from jobs.kinds import kind_names, kind_of


@checks.register()
def faults_only_in_tests(**kwargs: Any) -> list[checks.CheckMessage]:
    """Refuse fault points wherever others can reach the server."""
    local = {"testserver", "127.0.0.1", "localhost", "[::1]"}
    if settings.ALLOW_FAULTS and not settings.DEBUG and set(settings.ALLOWED_HOSTS) - local:
        return [checks.Error("ALLOW_FAULTS is on, but this server answers to others than itself.", id="jobs.E001")]
    return []


@checks.register()
def handlers_can_be_imported(**kwargs: Any) -> list[checks.CheckMessage]:
    """Find a misspelt handler before a job does."""
    found: list[checks.CheckMessage] = []
    for name in kind_names():
        try:
            kind_of(name)
        except Exception as error:  # noqa: BLE001 - whatever keeps the module from being read
            found.append(checks.Error(f"Job kind {name}: {type(error).__name__}: {error}", id="jobs.E002"))
    return found

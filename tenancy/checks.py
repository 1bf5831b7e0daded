"""System checks: refuse to run with a database role that row level security does not hold."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections

from tenancy.backend.role import APPLICATION, ROLE, wrong_with


@checks.register(checks.Tags.database)
def check_role(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Fail where the application's connection is superuser, may bypass row level security, or owns a table."""
    found: list[checks.CheckMessage] = []
    for alias in sorted(APPLICATION & set(databases or ())):
        with connections[alias].cursor() as cursor:
            cursor.execute(ROLE)
            row = cursor.fetchone()
        for words in wrong_with(row):
            text = f"The application's database role {row[0]} ({alias}) {words}."
            found.append(checks.Critical(text, hint="Point DATABASE_URL at app_rw.", id="tenancy.E001"))
    return found


@checks.register(checks.Tags.database)
def check_ids(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Fail where statements cannot make ids: PostgreSQL 18 has uuidv7() itself, others get it by bootstrap.sql."""
    found: list[checks.CheckMessage] = []
    for alias in sorted(APPLICATION & set(databases or ())):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT has_function_privilege(to_regprocedure('uuidv7()'), 'EXECUTE')")
            row = cursor.fetchone()
        if row != (True,):
            text = f"The application's database role ({alias}) finds no function uuidv7() that it may call."
            hint = "Run config/sql/bootstrap.sql in this database once more, as an administrator."
            found.append(checks.Critical(text, hint=hint, id="tenancy.E003"))
    return found


@checks.register(checks.Tags.security)
def check_switches(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """Fail where a switch that only tests may set is on."""
    if settings.SETTINGS_MODULE.endswith(".test"):
        return []
    return [
        checks.Critical(f"{name} is for tests alone.", id="tenancy.E002")
        for name in ("ALLOW_FAULTS", "TENANCY_FILTERS_OFF")
        if getattr(settings, name)
    ]

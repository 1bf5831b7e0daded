"""System checks: refuse to run with a database role that row level security does not hold."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.db import connections

ROLE = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls,
       (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm'))
FROM pg_roles r WHERE r.rolname = current_user
"""


@checks.register(checks.Tags.database)
def check_role(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Fail where the application's connection is superuser, may bypass row level security, or owns a table."""
    found: list[checks.CheckMessage] = []
    for alias in {"default", "aside"} & set(databases or ()):
        with connections[alias].cursor() as cursor:
            cursor.execute(ROLE)
            name, superuser, bypass, owned = cursor.fetchone()
        for wrong, words in (
            (superuser, "is a superuser"),
            (bypass, "may bypass row level security"),
            (owned, f"owns {owned} tables"),
        ):
            if wrong:
                text = f"The application's database role {name} ({alias}) {words}."
                found.append(checks.Critical(text, hint="Point DATABASE_URL at app_rw.", id="tenancy.E001"))
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

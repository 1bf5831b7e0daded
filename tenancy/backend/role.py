"""The application's database role: one that row level security holds."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

APPLICATION = frozenset({"default", "aside"})
ROLE = """
SELECT r.rolname::text, r.rolsuper, r.rolbypassrls,
       (SELECT count(*) FROM pg_class c WHERE c.relowner = r.oid AND c.relkind IN ('r', 'p', 'v', 'm'))
FROM pg_roles r WHERE r.rolname = current_user
"""


def wrong_with(row: tuple[Any, ...]) -> list[str]:
    """Return what is wrong with the role that ROLE has found, as ends of a sentence."""
    _name, superuser, bypass, owned = row
    found = {"is a superuser": superuser, "may bypass row level security": bypass, f"owns {owned} tables": owned}
    return [words for words, wrong in found.items() if wrong]


def refuse_wrong_role(connection: Any, alias: str) -> None:
    """Raise ImproperlyConfigured where the application is connected with a role that sees more than it may."""
    row = connection.execute(ROLE).fetchone()
    for words in wrong_with(row):
        raise ImproperlyConfigured(
            f"The application's database role {row[0]} ({alias}) {words}. Point DATABASE_URL at app_rw."
        )

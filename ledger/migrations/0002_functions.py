"""The functions that write the journal, owned by a role that nobody signs in as."""

from typing import Any

from django.db import migrations

from ledger.sql import functions, statements

# What the application calls. All others are parts of these.
DOOR = ("post", "reverse", "post_many", "expire_due")

BUILD: list[Any] = [
    "GRANT CREATE ON SCHEMA ledger TO app_ledger",
    "SET LOCAL ROLE app_ledger",
    *statements("0001", "[2-9]_*.sql"),
    "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA ledger FROM PUBLIC",
    *[f"GRANT EXECUTE ON FUNCTION ledger.{name} TO app_rw, app_owner" for name in DOOR],
    "RESET ROLE",
    "REVOKE CREATE ON SCHEMA ledger FROM app_ledger",
]
DROP: list[Any] = [
    "SET LOCAL ROLE app_ledger",
    *[f"DROP FUNCTION {name}" for name in reversed(functions("0001"))],
    "RESET ROLE",
]


class Migration(migrations.Migration):
    """A function that is replaced later gets a folder and a migration of its own."""

    dependencies = [("ledger", "0001_journal")]

    operations = [migrations.RunSQL(BUILD, DROP)]

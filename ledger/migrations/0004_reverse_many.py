"""The function that takes many entries back at once."""

from typing import Any

from django.db import migrations

from ledger.sql import functions, statements

BUILD: list[Any] = [
    "GRANT CREATE ON SCHEMA ledger TO app_ledger",
    "SET LOCAL ROLE app_ledger",
    *statements("0004"),
    "REVOKE ALL ON FUNCTION ledger.reverse_many FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION ledger.reverse_many TO app_rw, app_owner",
    "RESET ROLE",
    "REVOKE CREATE ON SCHEMA ledger FROM app_ledger",
]
DROP: list[Any] = [
    "SET LOCAL ROLE app_ledger",
    *[f"DROP FUNCTION {name}" for name in functions("0004")],
    "RESET ROLE",
]


class Migration(migrations.Migration):
    """Undoing a bulk act reverses as many entries as the act wrote."""

    dependencies = [("ledger", "0003_check_results")]

    operations = [migrations.RunSQL(BUILD, DROP)]

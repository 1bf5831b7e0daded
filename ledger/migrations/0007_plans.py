"""One plan for the functions that work on many rows at once, whatever the rows.

A plan made for the very ids of a call reads an index of (merchant, account, id) from end to end, for it takes a list of
two thousand ids for ten rows: seconds instead of milliseconds for the first five calls of every connection.
"""

from typing import Any

from django.db import migrations

NAMES = ("post_many", "reverse_many", "expire_due")
SET: list[Any] = [
    "SET LOCAL ROLE app_ledger",
    *[f"ALTER FUNCTION ledger.{name} SET plan_cache_mode = force_generic_plan" for name in NAMES],
    "RESET ROLE",
]
RESET: list[Any] = [
    "SET LOCAL ROLE app_ledger",
    *[f"ALTER FUNCTION ledger.{name} RESET plan_cache_mode" for name in NAMES],
    "RESET ROLE",
]


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_whose_numbers")]

    operations = [migrations.RunSQL(SET, RESET)]

"""Find a request by its key, and then by whose it is: a till's call knows the key before it knows who calls.

The new index stands before the old one goes: there is no moment in which an act could be done twice.
"""

from typing import Any

from django.db import migrations, models

TABLE = "tenancy_idempotencyrecord"


def swap(new: str, old: str, columns: str) -> list[Any]:
    """Return the statements that put one unique constraint in another's place."""
    return [
        f"CREATE UNIQUE INDEX CONCURRENTLY {new} ON {TABLE} ({columns})",
        f"ALTER TABLE {TABLE} ADD CONSTRAINT {new} UNIQUE USING INDEX {new}",
        f"ALTER TABLE {TABLE} DROP CONSTRAINT {old}",
    ]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("tenancy", "0005_audit_sorts")]

    operations = [
        migrations.RunSQL(
            swap("idempotency_by_key", "idempotency_once", "merchant_id, key, principal"),
            swap("idempotency_once", "idempotency_by_key", "merchant_id, principal, key"),
            state_operations=[
                migrations.RemoveConstraint("idempotencyrecord", "idempotency_once"),
                migrations.AddConstraint(
                    "idempotencyrecord",
                    models.UniqueConstraint(fields=["merchant", "key", "principal"], name="idempotency_by_key"),
                ),
            ],
        )
    ]

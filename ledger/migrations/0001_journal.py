"""The journal: accounts, entries, grants, movements, in a schema of their own that nobody may write to by hand."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

import ledger.fields
import tenancy.base
import tenancy.ids
from ledger.sql import statements
from tenancy.operations import walls

POLLED = {"grants": ("id", "unit", "expires_at", "remaining", "is_open")}
TABLES = ("accounts", "entries", "grants", "movements")

BUILD: list[Any] = [
    *statements("0001", "1_tables.sql"),
    *[wall for table in TABLES for wall in walls(f"ledger.{table}", writes="none", poller=POLLED.get(table, ()))],
    # What the functions may do, and not a bit more: nothing is deleted, entries and movements never change.
    "GRANT SELECT, INSERT ON ledger.accounts, ledger.entries, ledger.grants, ledger.movements TO app_ledger",
    "GRANT UPDATE (balance) ON ledger.accounts TO app_ledger",
    "GRANT UPDATE (remaining) ON ledger.grants TO app_ledger",
]
DROP: list[Any] = [f"DROP TABLE ledger.{table}" for table in reversed(TABLES)]


class Migration(migrations.Migration):
    """The tables are made by SQL; Django learns what they look like."""

    initial = True

    dependencies = [("customers", "0001_initial"), ("tenancy", "0002_cache_and_rights")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BUILD, DROP)],
            state_operations=[
                migrations.CreateModel(
                    name="Account",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        (
                            "bucket",
                            models.TextField(
                                choices=[
                                    ("ISSUED", "Issued"),
                                    ("HELD", "Held"),
                                    ("REDEEMED", "Redeemed"),
                                    ("EXPIRED", "Expired"),
                                    ("REVOKED", "Revoked"),
                                ]
                            ),
                        ),
                        ("unit", models.TextField(choices=[("POINT", "Points"), ("VOUCHER", "Vouchers")])),
                        ("balance", models.BigIntegerField(null=True)),
                        (
                            "customer",
                            tenancy.base.MerchantForeignKey(
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="accounts",
                                to="customers.customer",
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                db_index=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.merchant",
                            ),
                        ),
                    ],
                    options={
                        "db_table": '"ledger"."accounts"',
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                    },
                ),
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("event", models.TextField()),
                        ("origin", models.TextField()),
                        ("origin_id", models.UUIDField()),
                        ("subject_id", models.UUIDField(null=True)),
                        ("occurred_at", models.DateTimeField()),
                        ("recorded_at", models.DateTimeField()),
                        ("actor", models.TextField()),
                        ("idempotency_key", models.TextField()),
                        ("digest", models.BinaryField(null=True)),
                        ("note", models.TextField()),
                        ("change_xid", ledger.fields.TransactionIdField()),
                        (
                            "customer",
                            tenancy.base.MerchantForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="entries",
                                to="customers.customer",
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                db_index=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.merchant",
                            ),
                        ),
                        (
                            "reverses",
                            tenancy.base.MerchantForeignKey(
                                db_column="reverses",
                                null=True,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="reversed_by",
                                to="ledger.entry",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name_plural": "entries",
                        "db_table": '"ledger"."entries"',
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                    },
                ),
                migrations.CreateModel(
                    name="Grant",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("unit", models.TextField(choices=[("POINT", "Points"), ("VOUCHER", "Vouchers")])),
                        ("amount", models.BigIntegerField()),
                        ("remaining", models.BigIntegerField()),
                        ("code", models.TextField(null=True)),
                        ("earned_at", models.DateTimeField()),
                        ("valid_from", models.DateTimeField(null=True)),
                        ("expires_at", models.DateTimeField(null=True)),
                        ("usable_from", models.DateTimeField()),
                        ("is_open", models.BooleanField()),
                        (
                            "account",
                            tenancy.base.MerchantForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="ledger.account"
                            ),
                        ),
                        (
                            "entry",
                            tenancy.base.MerchantForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="grants", to="ledger.entry"
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                db_index=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.merchant",
                            ),
                        ),
                    ],
                    options={
                        "db_table": '"ledger"."grants"',
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                    },
                ),
                migrations.CreateModel(
                    name="Movement",
                    fields=[
                        (
                            "id",
                            models.UUIDField(
                                default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("position", models.IntegerField()),
                        ("unit", models.TextField(choices=[("POINT", "Points"), ("VOUCHER", "Vouchers")])),
                        ("amount", models.BigIntegerField()),
                        ("held_after", models.BigIntegerField()),
                        (
                            "entry",
                            tenancy.base.MerchantForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="ledger.entry"
                            ),
                        ),
                        (
                            "grant",
                            tenancy.base.MerchantForeignKey(
                                on_delete=django.db.models.deletion.PROTECT, related_name="movements", to="ledger.grant"
                            ),
                        ),
                        (
                            "merchant",
                            models.ForeignKey(
                                db_index=False,
                                editable=False,
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="+",
                                to="tenancy.merchant",
                            ),
                        ),
                        (
                            "source",
                            tenancy.base.MerchantForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="outgoing",
                                to="ledger.account",
                            ),
                        ),
                        (
                            "target",
                            tenancy.base.MerchantForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                related_name="incoming",
                                to="ledger.account",
                            ),
                        ),
                    ],
                    options={
                        "db_table": '"ledger"."movements"',
                        "abstract": False,
                        "base_manager_name": "objects",
                        "default_manager_name": "objects",
                    },
                ),
            ],
        ),
    ]

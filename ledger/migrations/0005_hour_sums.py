"""Sums by the hour, so that a period's turnover is read without its movements."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.ids
from tenancy.operations import MerchantTable

UNITS = [("POINT", "Points"), ("VOUCHER", "Vouchers")]
BUCKETS = [
    ("ISSUED", "Issued"),
    ("HELD", "Held"),
    ("REDEEMED", "Redeemed"),
    ("EXPIRED", "Expired"),
    ("REVOKED", "Revoked"),
]


def key() -> models.UUIDField:
    """Return the id that every model has."""
    return models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)


def merchant() -> models.ForeignKey:
    """Return the reference that every model has."""
    return models.ForeignKey(
        db_index=False,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="tenancy.merchant",
    )


class Migration(migrations.Migration):
    """One row an hour, unit and pair of accounts; one row a merchant that says how far they go."""

    dependencies = [("ledger", "0004_reverse_many")]

    operations = [
        migrations.CreateModel(
            name="HourSum",
            fields=[
                ("id", key()),
                ("hour", models.DateTimeField()),
                ("unit", models.TextField(choices=UNITS)),
                ("source", models.TextField(choices=BUCKETS)),
                ("target", models.TextField(choices=BUCKETS)),
                ("amount", models.BigIntegerField()),
                ("merchant", merchant()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "hour", "unit", "source", "target"), name="ledger_hour_sum_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HourState",
            fields=[
                ("id", key()),
                ("upto", models.BigIntegerField(default=0)),
                ("merchant", merchant()),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("merchant",), name="ledger_hour_state_once")],
            },
        ),
        MerchantTable("hoursum"),
        MerchantTable("hourstate"),
    ]

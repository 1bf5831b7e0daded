"""Where the last result of checking a merchant's books is kept."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.ids
from tenancy.operations import MerchantTable


class Migration(migrations.Migration):
    """One row per merchant."""

    dependencies = [("ledger", "0002_functions")]

    operations = [
        migrations.CreateModel(
            name="LedgerCheck",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("checked_at", models.DateTimeField()),
                ("ok", models.BooleanField()),
                ("findings", models.JSONField(default=list)),
                ("counts", models.JSONField(default=dict)),
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
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [models.UniqueConstraint(fields=("merchant",), name="ledger_check_once")],
            },
        ),
        MerchantTable("ledgercheck"),
    ]

"""How far each merchant's journal was looked through for acts without their answer."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.ids
from tenancy.operations import MerchantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [("ledger", "0001_journal"), ("tenancy", "0003_lists")]

    operations = [
        migrations.CreateModel(
            name="TriggerState",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("upto", models.BigIntegerField(default=0)),
                ("after_id", models.UUIDField(null=True)),
                ("birthdays_until", models.DateField(null=True)),
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
                "constraints": [models.UniqueConstraint(fields=("merchant",), name="trigger_state_once")],
            },
        ),
        MerchantTable("triggerstate"),
    ]

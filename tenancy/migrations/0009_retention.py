"""How long a merchant has its records kept."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import tenancy.ids
from tenancy.operations import MerchantTable

# Name, what holds until somebody chooses, the shortest and the longest, in days.
PERIODS = (
    ("audit_days", 730, 365, 3650),
    ("answer_days", 30, 30, 90),
    ("call_days", 7, 1, 30),
    ("webhook_days", 30, 7, 90),
    ("report_days", 90, 30, 365),
    ("act_days", 90, 30, 365),
    ("import_days", 30, 7, 90),
    ("export_days", 7, 1, 30),
)


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0008_idempotency_visible")]

    operations = [
        migrations.CreateModel(
            name="Retention",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                *(
                    (name, models.PositiveSmallIntegerField(default=usual, db_default=usual))
                    for name, usual, _shortest, _longest in PERIODS
                ),
                ("version", models.PositiveIntegerField(default=1)),
                ("changed_at", models.DateTimeField()),
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
                "constraints": [
                    models.UniqueConstraint(fields=("merchant",), name="retention_once"),
                    *(
                        models.CheckConstraint(
                            condition=Q(**{f"{name}__range": (shortest, longest)}), name=f"retention_{name}"
                        )
                        for name, _usual, shortest, longest in PERIODS
                    ),
                ],
            },
        ),
        MerchantTable("retention"),
    ]

"""The log of calls, and which merchant is whose sandbox."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.base
import tenancy.ids
from tenancy.operations import MerchantTable


class Migration(migrations.Migration):
    """The log of calls, and sandboxes."""

    dependencies = [("tenancy", "0003_lists")]

    operations = [
        migrations.CreateModel(
            name="ApiCall",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("method", models.CharField(max_length=7)),
                ("route", models.CharField(max_length=120)),
                ("status", models.PositiveSmallIntegerField()),
                ("code", models.CharField(blank=True, max_length=60)),
                ("milliseconds", models.FloatField()),
                ("operation", models.CharField(blank=True, max_length=16)),
                ("request_id", models.CharField(max_length=64)),
                (
                    "key",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="calls", to="tenancy.apikey"
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
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["merchant", "key", "-at", "-id"], name="api_call_newest"),
                    models.Index(fields=["merchant", "key", "status", "-at", "-id"], name="api_call_by_status"),
                    models.Index(fields=["merchant", "key", "milliseconds", "id"], name="api_call_by_time"),
                    models.Index(fields=["merchant", "at"], name="api_call_age"),
                ],
            },
        ),
        MerchantTable("apicall"),
        migrations.AddField(
            model_name="merchant",
            name="sandbox_of",
            field=models.OneToOneField(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="sandbox",
                to="tenancy.merchant",
            ),
        ),
    ]

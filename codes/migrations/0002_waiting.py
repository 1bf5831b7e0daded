"""Who waits for a code, which files were brought, and which signs a pattern leaves out."""

import django.db.models.deletion
from django.db import migrations, models

import tenancy.base
import tenancy.ids
from tenancy.operations import MerchantTable

MERCHANT = models.ForeignKey(
    db_index=False,
    editable=False,
    on_delete=django.db.models.deletion.PROTECT,
    related_name="+",
    to="tenancy.merchant",
)
ID = models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)
OPTIONS = {"abstract": False, "base_manager_name": "objects", "default_manager_name": "objects"}


class Migration(migrations.Migration):
    """Who waits for a code, which files were brought, and which signs a pattern leaves out."""

    dependencies = [("codes", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="codepool",
            name="excluded",
            field=models.CharField(blank=True, default="01ILO", max_length=36, verbose_name="Signs left out"),
        ),
        migrations.CreateModel(
            name="CodeUpload",
            fields=[
                ("id", ID.clone()),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("added", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("problems", models.JSONField(default=list)),
                ("actor", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("merchant", MERCHANT.clone()),
                (
                    "pool",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="uploads", to="codes.codepool"
                    ),
                ),
            ],
            options={
                **OPTIONS,
                "indexes": [models.Index(fields=["merchant", "pool", "at", "id"], name="code_upload_newest")],
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                ("id", ID.clone()),
                ("origin", models.CharField(max_length=40)),
                ("origin_id", models.UUIDField()),
                ("actor", models.CharField(max_length=60)),
                ("asked_at", models.DateTimeField()),
                ("merchant", MERCHANT.clone()),
                (
                    "pool",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="line", to="codes.codepool"
                    ),
                ),
            ],
            options={
                **OPTIONS,
                "indexes": [models.Index(fields=["merchant", "pool", "asked_at", "id"], name="code_waiting_in_line")],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "origin", "origin_id"), name="code_waiting_once"),
                    models.CheckConstraint(
                        condition=models.Q(("origin", ""), _negated=True), name="code_waiting_has_origin"
                    ),
                ],
            },
        ),
        MerchantTable("codeupload"),
        MerchantTable("waiting"),
    ]

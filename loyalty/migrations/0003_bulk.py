"""Bulk acts on redeemed rewards and their results row by row; tests of the connection to a provider of cashback."""

import django.contrib.postgres.fields
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
ACTS = ["use", "unuse", "ship", "deliver", "stop_shipping", "order_again", "resend", "cancel"]
STATES = [("draft", "Preview"), ("running", "Running"), ("done", "Done"), ("stopped", "Stopped"), ("failed", "Failed")]


def of_bulk(name: str) -> models.ForeignKey:
    """Return a reference to the act that a row belongs to."""
    return tenancy.base.MerchantForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=name, to="loyalty.bulkact"
    )


class Migration(migrations.Migration):
    """Bulk acts on redeemed rewards and their results row by row."""

    dependencies = [("loyalty", "0002_points")]

    operations = [
        migrations.CreateModel(
            name="BulkAct",
            fields=[
                ("id", ID.clone()),
                ("act", models.CharField(max_length=20)),
                (
                    "undoes",
                    tenancy.base.MerchantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="undone_by",
                        to="loyalty.bulkact",
                    ),
                ),
                ("actor", models.CharField(max_length=60)),
                ("everything", models.BooleanField(default=False)),
                ("query", models.TextField(blank=True)),
                ("given", models.JSONField(default=dict)),
                ("state", models.CharField(choices=STATES, default="draft", max_length=10)),
                ("job_id", models.UUIDField(null=True)),
                ("total", models.PositiveIntegerField(default=0)),
                ("position", models.PositiveIntegerField(default=0)),
                ("done", models.PositiveIntegerField(default=0)),
                ("outcomes", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                ("undo_until", models.DateTimeField(null=True)),
                ("merchant", MERCHANT.clone()),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", [state for state, _label in STATES])),
                        name="loyalty_bulk_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("position", 0), ("started_at__isnull", True), ("state", "draft")),
                            models.Q(models.Q(("state", "draft"), _negated=True), ("started_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="loyalty_bulk_draft_did_nothing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undoes__isnull", False)),
                        fields=("merchant", "undoes"),
                        name="loyalty_bulk_undone_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("act__in", ACTS)), name="loyalty_bulk_act_known"),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "created_at", "id"], name="loyalty_bulk_by_time"),
                    models.Index(fields=["merchant", "finished_at"], name="loyalty_bulk_by_end"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkSelection",
            fields=[
                ("id", ID.clone()),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                (
                    "versions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("bulk", of_bulk("selections")),
                ("merchant", MERCHANT.clone()),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "bulk"), name="loyalty_bulk_selection_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                ("id", ID.clone()),
                ("position", models.PositiveIntegerField()),
                ("seen", models.PositiveIntegerField()),
                ("outcome", models.CharField(max_length=1)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("seq", models.PositiveIntegerField(null=True)),
                ("before", models.JSONField(null=True)),
                ("bulk", of_bulk("rows")),
                (
                    "redeemed",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bulk_rows",
                        to="loyalty.redeemedreward",
                    ),
                ),
                ("merchant", MERCHANT.clone()),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "bulk", "position"), name="loyalty_bulk_row_in_order"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome", ""), _negated=True), name="loyalty_bulk_row_has_outcome"
                    ),
                    models.UniqueConstraint(fields=("merchant", "bulk", "redeemed"), name="loyalty_bulk_row_once"),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "bulk", "outcome", "position"], name="loyalty_bulk_row_outcome"),
                    models.Index(fields=["merchant", "redeemed"], name="loyalty_bulk_row_of"),
                ],
            },
        ),
        migrations.AddField(
            model_name="cashbackaccount", name="test_asked_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            model_name="cashbackaccount", name="tested_at", field=models.DateTimeField(editable=False, null=True)
        ),
        migrations.AddField(
            model_name="cashbackaccount",
            name="test_code",
            field=models.CharField(blank=True, default="", editable=False, max_length=60),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="cashbackaccount",
            name="test_words",
            field=models.CharField(blank=True, default="", editable=False, max_length=200),
            preserve_default=False,
        ),
        MerchantTable("bulkact"),
        MerchantTable("bulkselection"),
        MerchantTable("bulkrow"),
    ]

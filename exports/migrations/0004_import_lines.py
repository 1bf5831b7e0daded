"""What each line of an import became, what its columns mean, and taking it back."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import tenancy.base
import tenancy.ids
from tenancy.operations import MerchantTable

STATES = [
    ("columns", "Name the columns"),
    ("reading", "Reading"),
    ("ready", "Ready to apply"),
    ("refused", "Refused"),
    ("applying", "Applying"),
    ("done", "Done"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
]
UNDO = [("", "Not taken back"), ("running", "Being taken back"), ("done", "Taken back"), ("failed", "Stopped")]
UNDONE = [("", "Not taken back"), ("b", "Taken back"), ("x", "Stays")]
OPTIONS = {"abstract": False, "base_manager_name": "objects", "default_manager_name": "objects"}


def row_id() -> models.UUIDField:
    """Return the key."""
    return models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)


def merchant() -> models.ForeignKey:
    """Return the reference to the merchant."""
    return models.ForeignKey(
        db_index=False,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="tenancy.merchant",
    )


class Migration(migrations.Migration):
    """Lines, columns, undo."""

    dependencies = [("exports", "0003_exports"), ("tenancy", "0003_lists")]

    operations = [
        migrations.RemoveConstraint(model_name="importrun", name="import_run_state_known"),
        migrations.AlterField(
            model_name="importrun",
            name="state",
            field=models.CharField(choices=STATES, default="reading", max_length=10, verbose_name="State"),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=Q(state__in=[state for state, _label in STATES]), name="import_run_state_known"
            ),
        ),
        migrations.AddField(model_name="importrun", name="columns", field=models.JSONField(null=True)),
        migrations.AddField(model_name="importrun", name="fixed", field=models.JSONField(default=dict)),
        migrations.AddField(model_name="importrun", name="has_rows", field=models.BooleanField(default=False)),
        migrations.AddField(
            model_name="importrun",
            name="undo_state",
            field=models.CharField(blank=True, choices=UNDO, default="", max_length=10),
            preserve_default=False,
        ),
        migrations.AddField(model_name="importrun", name="undo_line", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="importrun", name="undone", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="importrun", name="not_undone", field=models.PositiveIntegerField(default=0)),
        migrations.AddField(model_name="importrun", name="undone_at", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=Q(undo_state__in=[state for state, _label in UNDO]), name="import_run_undo_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="importrun",
            constraint=models.CheckConstraint(
                condition=Q(undo_state="") | Q(state__in=["done", "failed"]), name="import_run_undone_was_done"
            ),
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", row_id()),
                ("line", models.PositiveIntegerField(verbose_name="Line")),
                ("became", models.CharField(max_length=1)),
                ("document", models.UUIDField(null=True)),
                ("mark", models.BigIntegerField(null=True)),
                ("undone", models.CharField(blank=True, choices=UNDONE, max_length=1)),
                ("why", models.CharField(blank=True, max_length=300)),
                ("merchant", merchant()),
                (
                    "run",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="exports.importrun"
                    ),
                ),
            ],
            options=OPTIONS
            | {
                "indexes": [
                    models.Index(fields=["merchant", "run", "became", "line"], name="import_row_by_outcome"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "run", "line"), name="import_row_once"),
                    models.CheckConstraint(
                        condition=Q(became__in=["a", "c", "s", "r"]), name="import_row_became_known"
                    ),
                    models.CheckConstraint(condition=Q(undone__in=["", "b", "x"]), name="import_row_undone_known"),
                ],
            },
        ),
        MerchantTable("importrow"),
        migrations.CreateModel(
            name="ImportColumn",
            fields=[
                ("id", row_id()),
                ("dataset", models.CharField(max_length=40)),
                ("header", models.CharField(max_length=120)),
                ("meaning", models.CharField(blank=True, max_length=40)),
                ("said_at", models.DateTimeField()),
                ("merchant", merchant()),
            ],
            options=OPTIONS
            | {
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "dataset", "header"), name="import_column_once"),
                ],
            },
        ),
        MerchantTable("importcolumn"),
    ]

"""Exports and their runs."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import tenancy.base
import tenancy.ids
from tenancy.operations import MerchantTable


class Migration(migrations.Migration):
    """Exports and their runs."""

    dependencies = [
        ("exports", "0002_destinations"),
        ("jobs", "0002_list_speed"),
        ("tenancy", "0003_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("dataset", models.CharField(max_length=40, verbose_name="Data")),
                (
                    "columns",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), size=None, verbose_name="Columns"
                    ),
                ),
                ("query", models.TextField(blank=True, max_length=4000)),
                ("sort", models.CharField(blank=True, max_length=60)),
                (
                    "format",
                    models.CharField(
                        choices=[
                            ("csv", "CSV"),
                            ("xlsx", "Excel workbook (XLSX)"),
                            ("jsonl", "JSON Lines"),
                            ("parquet", "Parquet"),
                        ],
                        default="csv",
                        max_length=10,
                        verbose_name="Format",
                    ),
                ),
                (
                    "separator",
                    models.CharField(
                        choices=[(",", "Comma"), (";", "Semicolon"), ("\t", "Tab"), ("|", "Vertical bar")],
                        default=",",
                        max_length=1,
                        verbose_name="Separator",
                    ),
                ),
                (
                    "decimal_sign",
                    models.CharField(
                        choices=[(".", "Point"), (",", "Comma")], default=".", max_length=1, verbose_name="Decimal sign"
                    ),
                ),
                ("bom", models.BooleanField(default=False, verbose_name="Byte order mark")),
                ("harmless", models.BooleanField(default=True, verbose_name="For spreadsheets")),
                (
                    "changed_only",
                    models.BooleanField(default=False, verbose_name="Only what has changed since the last run"),
                ),
                ("watermark", models.BigIntegerField(default=0, editable=False)),
                (
                    "schedule",
                    models.CharField(
                        choices=[
                            ("never", "By hand"),
                            ("once", "Once"),
                            ("hourly", "Every hour"),
                            ("daily", "Every day"),
                            ("weekly", "Every week"),
                            ("monthly", "Every month"),
                        ],
                        default="never",
                        max_length=10,
                        verbose_name="Runs",
                    ),
                ),
                ("once_at", models.DateTimeField(blank=True, null=True, verbose_name="Runs at")),
                ("at_minute", models.PositiveSmallIntegerField(default=0)),
                ("weekday", models.PositiveSmallIntegerField(default=0)),
                ("month_day", models.PositiveSmallIntegerField(default=1)),
                ("turn", models.PositiveIntegerField(default=0, editable=False)),
                ("next_at", models.DateTimeField(editable=False, null=True, verbose_name="Next run")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(10, "Low"), (20, "Normal"), (30, "High")], default=20, verbose_name="Priority"
                    ),
                ),
                ("failures", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("stopped_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(verbose_name="Created")),
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "next_rank",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            "next_at", models.Value("2999-12-31T00:00:00+00:00", output_field=models.DateTimeField())
                        ),
                        output_field=models.DateTimeField(),
                    ),
                ),
                (
                    "destination",
                    tenancy.base.MerchantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exports",
                        to="exports.destination",
                        verbose_name="Goes to",
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
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="export_has_name"),
                    models.CheckConstraint(
                        condition=models.Q(("columns", []), _negated=True), name="export_has_columns"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", ["csv", "xlsx", "jsonl", "parquet"])),
                        name="export_format_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("schedule__in", ["never", "once", "hourly", "daily", "weekly", "monthly"])),
                        name="export_schedule_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("once_at__isnull", False), ("schedule", "once")),
                            models.Q(models.Q(("schedule", "once"), _negated=True), ("once_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="export_once_has_moment",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("at_minute__lt", 1440), ("month_day__gte", 1), ("month_day__lte", 31), ("weekday__lt", 7)
                        ),
                        name="export_schedule_in_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_at__isnull", True),
                            models.Q(
                                models.Q(("schedule", "never"), _negated=True),
                                ("archived_at__isnull", True),
                                ("stopped_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="export_runs_while_in_use",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("watermark__gte", 0)), name="export_watermark_not_negative"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "-created_at", "-id"], name="export_newest"),
                    models.Index(fields=["merchant", "name", "id"], name="export_by_name"),
                    models.Index(fields=["merchant", "dataset", "id"], name="export_by_dataset"),
                    models.Index(fields=["merchant", "format", "id"], name="export_by_format"),
                    models.Index(fields=["merchant", "next_rank", "id"], name="export_by_next"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        MerchantTable("export"),
        migrations.CreateModel(
            name="ExportRun",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, verbose_name="Export")),
                ("dataset", models.CharField(max_length=40, verbose_name="Data")),
                ("format", models.CharField(max_length=10, verbose_name="Format")),
                ("wanted", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Waiting"),
                            ("running", "Running"),
                            ("delivering", "Delivering"),
                            ("done", "Ready"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[("hand", "By hand"), ("schedule", "By its schedule"), ("command", "By a command")],
                        max_length=10,
                        verbose_name="Started",
                    ),
                ),
                ("rows", models.PositiveBigIntegerField(default=0, verbose_name="Rows")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="Size")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("file_name", models.CharField(blank=True, max_length=200, verbose_name="File")),
                ("kept_until", models.DateTimeField(null=True)),
                ("since", models.BigIntegerField(null=True)),
                ("upto", models.BigIntegerField(null=True)),
                ("delivered_to", models.CharField(blank=True, max_length=500)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("error_code", models.CharField(blank=True, max_length=120)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("queued_at", models.DateTimeField(verbose_name="Asked for")),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "export",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="exports.export"
                    ),
                ),
                (
                    "job",
                    tenancy.base.MerchantForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="jobs.job"
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["queued", "running", "delivering", "done", "failed", "cancelled"])
                        ),
                        name="export_run_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cause__in", ["hand", "schedule", "command"])),
                        name="export_run_cause_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("queued", "running", "delivering"))),
                        fields=("merchant", "export"),
                        name="export_run_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("state__in", ("queued", "running", "delivering"))),
                            models.Q(
                                models.Q(("state__in", ("queued", "running", "delivering")), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="export_run_end_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sha256", ""),
                            models.Q(("sha256__regex", "^[0-9a-f]{64}$"), models.Q(("file_name", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="export_run_file_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["delivering", "done"]), _negated=True),
                            models.Q(("sha256", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="export_run_done_has_file",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), _negated=True),
                            models.Q(("error", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="export_run_failed_says_why",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "-queued_at", "-id"], name="export_run_newest"),
                    models.Index(fields=["merchant", "name", "id"], name="export_run_by_name"),
                    models.Index(fields=["merchant", "format", "id"], name="export_run_by_format"),
                    models.Index(fields=["merchant", "state", "id"], name="export_run_by_state"),
                    models.Index(fields=["merchant", "rows", "id"], name="export_run_by_rows"),
                    models.Index(fields=["merchant", "size", "id"], name="export_run_by_size"),
                    models.Index(fields=["merchant", "export", "queued_at", "id"], name="export_run_of_export"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        MerchantTable("exportrun"),
    ]

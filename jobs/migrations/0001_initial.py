import django.db.models.deletion
from django.db import migrations, models

import tenancy.ids
from tenancy.operations import MerchantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("tenancy", "0002_cache_and_rights"),
    ]

    operations = [
        migrations.CreateModel(
            name="PeriodicRun",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("period_start", models.DateTimeField()),
                ("started_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["period_start"], name="periodic_run_age")],
                "constraints": [models.UniqueConstraint(fields=("name", "period_start"), name="periodic_run_once")],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=60)),
                ("dedupe_key", models.CharField(max_length=200)),
                ("payload", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("due", "Due"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("dead", "Dead"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="due",
                        max_length=10,
                    ),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(choices=[(10, "Low"), (20, "Normal"), (30, "High")], default=20),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("max_attempts", models.PositiveSmallIntegerField(default=8)),
                ("next_at", models.DateTimeField()),
                ("lease_token", models.UUIDField(null=True)),
                ("lease_until", models.DateTimeField(null=True)),
                ("worker", models.CharField(blank=True, max_length=120)),
                ("last_error", models.CharField(blank=True, max_length=120)),
                ("done_rows", models.PositiveIntegerField(default=0)),
                ("total_rows", models.PositiveIntegerField(null=True)),
                ("result", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(null=True)),
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
                    models.Index(
                        condition=models.Q(("state", "due")),
                        fields=["merchant", "kind", "-priority", "next_at", "id"],
                        name="job_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "running")), fields=["merchant", "lease_until"], name="job_leased"
                    ),
                    models.Index(fields=["merchant", "-created_at", "-id"], name="job_newest"),
                    models.Index(fields=["merchant", "state", "kind"], name="job_counts"),
                    models.Index(fields=["merchant", "next_at", "id"], name="job_by_start"),
                    models.Index(
                        condition=models.Q(("finished_at__isnull", False)),
                        fields=["merchant", "finished_at"],
                        name="job_finished",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "kind", "dedupe_key"), name="job_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["due", "running", "done", "dead", "cancelled"])),
                        name="job_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lease_token__isnull", False), ("lease_until__isnull", False), ("state", "running")
                            ),
                            models.Q(
                                models.Q(("state", "running"), _negated=True),
                                ("lease_token__isnull", True),
                                ("lease_until__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="job_leased_while_running",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("state__in", ["due", "running"])),
                            models.Q(
                                models.Q(("state__in", ["due", "running"]), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="job_finished_has_time",
                    ),
                    models.CheckConstraint(condition=models.Q(("max_attempts__gte", 1)), name="job_may_try_once"),
                ],
            },
        ),
        MerchantTable("job", poller=("id", "kind", "state", "priority", "next_at", "lease_until")),
    ]

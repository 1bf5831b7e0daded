"""Webhooks out: endpoints, the outbox and log of what is sent to them, and how far the journal was told."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import tenancy.base
import tenancy.ids
from tenancy.operations import MerchantTable

OURS = {"abstract": False, "base_manager_name": "objects", "default_manager_name": "objects"}
STATUSES = [("waiting", "Waiting"), ("delivered", "Delivered"), ("failed", "Failed"), ("dropped", "Not sent")]
REASONS = [
    ("", "—"),
    ("by_hand", "Switched off by hand"),
    ("failing", "Nothing was delivered for days"),
    ("gone", "The address answered that it is gone (410)"),
]


def key() -> models.UUIDField:
    """The row's id."""
    return models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)


def owner() -> models.ForeignKey:
    """The merchant."""
    return models.ForeignKey(
        db_index=False,
        editable=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to="tenancy.merchant",
    )


class Migration(migrations.Migration):
    """Webhooks out."""

    dependencies = [("messaging", "0002_texts"), ("tenancy", "0002_cache_and_rights")]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", key()),
                ("name", models.CharField(max_length=80)),
                ("url", models.CharField(max_length=500)),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=60), size=None),
                ),
                ("secret", models.TextField(blank=True)),
                ("old_secret", models.TextField(blank=True)),
                ("old_secret_until", models.DateTimeField(null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("off_reason", models.CharField(blank=True, choices=REASONS, max_length=10)),
                ("off_at", models.DateTimeField(null=True)),
                ("from_xid", models.BigIntegerField()),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("quiet_until", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("removed_at", models.DateTimeField(null=True)),
                ("merchant", owner()),
            ],
            options={
                **OURS,
                "indexes": [
                    models.Index(fields=["merchant", "-created_at", "-id"], name="webhook_newest"),
                    models.Index(fields=["merchant", "name", "id"], name="webhook_by_name"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(removed_at__isnull=True) | Q(secret=""), name="webhook_removed_bare"
                    ),
                    models.CheckConstraint(condition=~Q(url="") & ~Q(name=""), name="webhook_named"),
                    models.CheckConstraint(
                        condition=Q(off_reason__in=["", "by_hand", "failing", "gone"]), name="webhook_off_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(is_active=True, off_reason="", removed_at__isnull=True) | Q(is_active=False),
                        name="webhook_off_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", key()),
                ("event", models.CharField(max_length=60)),
                ("entry_id", models.UUIDField(null=True)),
                ("subject_id", models.UUIDField(null=True)),
                ("body", models.TextField()),
                ("status", models.CharField(choices=STATUSES, default="waiting", max_length=10)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_status", models.PositiveSmallIntegerField(null=True)),
                ("last_error", models.CharField(blank=True, max_length=40)),
                ("next_at", models.DateTimeField(null=True)),
                ("job_id", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "endpoint",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="deliveries",
                        to="messaging.webhookendpoint",
                    ),
                ),
                ("merchant", owner()),
            ],
            options={
                **OURS,
                "indexes": [
                    models.Index(fields=["merchant", "-created_at", "-id"], name="delivery_newest"),
                    models.Index(fields=["merchant", "endpoint", "-created_at", "-id"], name="delivery_of_endpoint"),
                    models.Index(fields=["merchant", "status", "-created_at", "-id"], name="delivery_by_status"),
                    models.Index(fields=["merchant", "event", "id"], name="delivery_sort_event"),
                    models.Index(fields=["merchant", "status", "id"], name="delivery_sort_status"),
                    models.Index(fields=["merchant", "attempts", "id"], name="delivery_sort_attempts"),
                    models.Index(fields=["merchant", "subject_id"], name="delivery_of_subject"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(entry_id__isnull=False),
                        fields=("merchant", "endpoint", "entry_id"),
                        name="webhook_delivery_once",
                    ),
                    models.CheckConstraint(
                        condition=Q(status__in=["waiting", "delivered", "failed", "dropped"]),
                        name="webhook_delivery_known",
                    ),
                    models.CheckConstraint(
                        condition=Q(status="waiting", ended_at__isnull=True)
                        | (~Q(status="waiting") & Q(ended_at__isnull=False)),
                        name="webhook_delivery_ended",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                ("id", key()),
                ("number", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                ("milliseconds", models.PositiveIntegerField()),
                ("url", models.CharField(max_length=500)),
                ("request_headers", models.JSONField(default=dict)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("error", models.CharField(blank=True, max_length=40)),
                ("response_headers", models.JSONField(default=dict)),
                ("response_body", models.TextField(blank=True)),
                (
                    "delivery",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tries",
                        to="messaging.webhookdelivery",
                    ),
                ),
                ("merchant", owner()),
            ],
            options={
                **OURS,
                "indexes": [
                    models.Index(fields=["merchant", "delivery", "at", "id"], name="webhook_attempts_in_order")
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookCursor",
            fields=[
                ("id", key()),
                ("xid", models.BigIntegerField(default=0)),
                ("entry_id", models.UUIDField(null=True)),
                ("merchant", owner()),
            ],
            options={
                **OURS,
                "constraints": [models.UniqueConstraint(fields=("merchant",), name="webhook_cursor_once")],
            },
        ),
        MerchantTable("webhookendpoint", poller=("is_active",)),
        MerchantTable("webhookdelivery"),
        MerchantTable("webhookattempt"),
        MerchantTable("webhookcursor"),
    ]

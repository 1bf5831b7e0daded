import django.core.serializers.json
import django.db.models.deletion
from django.db import migrations, models

import tenancy.base
import tenancy.ids
from tenancy.operations import MerchantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("customers", "0001_initial"),
        ("tenancy", "0002_cache_and_rights"),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=40)),
                ("origin_id", models.UUIDField()),
                ("seq", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=60)),
                ("once_key", models.CharField(blank=True, max_length=120)),
                ("to_address", models.CharField(max_length=254)),
                ("to_name", models.CharField(blank=True, max_length=200)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("context", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("sending", "Sending"),
                            ("uncertain", "Uncertain"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("opened", "Opened"),
                            ("bounced", "Bounced"),
                            ("complained", "Complained"),
                            ("failed", "Failed"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("status_at", models.DateTimeField()),
                ("provider", models.CharField(blank=True, max_length=40)),
                ("provider_message_id", models.CharField(blank=True, max_length=200)),
                ("message_id_header", models.CharField(max_length=200)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("last_error", models.CharField(blank=True, max_length=120)),
                ("actor", models.CharField(max_length=60)),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("follows", models.UUIDField(null=True)),
                ("queued_at", models.DateTimeField()),
                ("sending_at", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("delivered_at", models.DateTimeField(null=True)),
                ("opened_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    tenancy.base.MerchantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="customers.customer",
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
                    models.UniqueConstraint(fields=("merchant", "origin", "origin_id", "seq"), name="message_seq_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("once_key", ""), _negated=True),
                        fields=("merchant", "once_key"),
                        name="message_once_by_key",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "queued",
                                    "sending",
                                    "uncertain",
                                    "sent",
                                    "delivered",
                                    "opened",
                                    "bounced",
                                    "complained",
                                    "failed",
                                ],
                            )
                        ),
                        name="message_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("to_address", ""), _negated=True), name="message_has_address"
                    ),
                    models.CheckConstraint(condition=models.Q(("seq__gte", 1)), name="message_seq_from_one"),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "-queued_at", "-id"], name="message_newest"),
                    models.Index(fields=["merchant", "status", "-queued_at", "-id"], name="message_by_status"),
                    models.Index(fields=["merchant", "kind", "-queued_at", "-id"], name="message_by_kind"),
                    models.Index(fields=["merchant", "to_address", "id"], name="message_by_address"),
                    models.Index(fields=["merchant", "status", "id"], name="message_sort_status"),
                    models.Index(fields=["merchant", "kind", "id"], name="message_sort_kind"),
                    models.Index(fields=["merchant", "attempts", "id"], name="message_sort_attempts"),
                    models.Index(fields=["merchant", "status_at", "id"], name="message_by_change"),
                    models.Index(fields=["merchant", "customer", "-queued_at"], name="message_of_customer"),
                    models.Index(
                        condition=models.Q(("provider_message_id", ""), _negated=True),
                        fields=["merchant", "provider_message_id"],
                        name="message_by_provider_id",
                    ),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="MessageEvent",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("event", models.CharField(max_length=20)),
                ("moved", models.BooleanField()),
                ("detail", models.CharField(blank=True, max_length=120)),
                ("source", models.CharField(blank=True, max_length=40)),
                ("at", models.DateTimeField()),
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
                    "message",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="messaging.message"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["merchant", "message", "at", "id"], name="message_event_in_order"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("email_norm", models.CharField(max_length=254)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("bounced", "Bounced"),
                            ("complained", "Complained"),
                            ("unsubscribed", "Unsubscribed"),
                        ],
                        max_length=15,
                    ),
                ),
                ("message_ref", models.UUIDField(null=True)),
                ("created_at", models.DateTimeField()),
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
                    models.UniqueConstraint(fields=("merchant", "email_norm"), name="suppression_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reason__in", ["bounced", "complained", "unsubscribed"])),
                        name="suppression_reason_known",
                    ),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="InboundEvent",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=40)),
                ("dedupe_key", models.CharField(max_length=200)),
                ("event", models.CharField(max_length=20)),
                ("message_ref", models.UUIDField(null=True)),
                ("provider_message_id", models.CharField(blank=True, max_length=200)),
                ("recipient_hash", models.CharField(blank=True, max_length=64)),
                ("reject_reason", models.CharField(blank=True, max_length=20)),
                ("detail", models.CharField(blank=True, max_length=120)),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                (
                    "state",
                    models.CharField(
                        choices=[("new", "New"), ("applied", "Applied"), ("ignored", "Ignored")],
                        default="new",
                        max_length=10,
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
                "indexes": [models.Index(fields=["merchant", "received_at"], name="inbound_event_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "provider", "dedupe_key"), name="inbound_event_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["new", "applied", "ignored"])),
                        name="inbound_event_state_known",
                    ),
                ],
            },
        ),
        MerchantTable("message"),
        MerchantTable("messageevent", writes="insert"),
        MerchantTable("inboundevent"),
        MerchantTable("suppression"),
    ]

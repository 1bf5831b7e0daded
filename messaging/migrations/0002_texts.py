"""The merchant's own texts, problems that were looked at, and messages that had nothing to say any more."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

import tenancy.ids
from tenancy.operations import MerchantTable

STATUSES = [
    ("queued", "Queued"),
    ("sending", "Sending"),
    ("uncertain", "Uncertain"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("opened", "Opened"),
    ("bounced", "Bounced"),
    ("complained", "Complained"),
    ("failed", "Failed"),
    ("skipped", "Not sent"),
]


class Migration(migrations.Migration):
    """The merchant's own texts."""

    dependencies = [("messaging", "0001_initial"), ("tenancy", "0002_cache_and_rights")]

    operations = [
        migrations.CreateModel(
            name="MailText",
            fields=[
                (
                    "id",
                    models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False),
                ),
                ("kind", models.CharField(max_length=60)),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("heading", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField(blank=True, max_length=5000)),
                ("button", models.CharField(blank=True, max_length=60)),
                ("is_on", models.BooleanField()),
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
                    models.UniqueConstraint(fields=["merchant", "kind"], name="mail_text_once"),
                    models.CheckConstraint(condition=Q(body="") | ~Q(subject=""), name="mail_text_has_subject"),
                ],
            },
        ),
        MerchantTable("mailtext"),
        migrations.RemoveConstraint(model_name="message", name="message_status_known"),
        migrations.AlterField(
            model_name="message",
            name="status",
            field=models.CharField(choices=STATUSES, default="queued", max_length=10),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=Q(status__in=[status for status, _label in STATUSES]), name="message_status_known"
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="is_handled",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(model_name="message", name="handled_at", field=models.DateTimeField(null=True)),
        migrations.AddField(
            model_name="message",
            name="handled_by",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="message",
            name="handled_note",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=Q(status__in=("bounced", "failed", "complained", "uncertain"), is_handled=False),
                fields=["merchant", "-queued_at", "-id"],
                name="message_to_look_at",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=Q(follows__isnull=False), fields=["merchant", "follows"], name="message_follows"
            ),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(fields=["merchant", "created_at", "id"], name="suppression_newest"),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(fields=["merchant", "email_norm", "id"], name="suppression_by_address"),
        ),
        migrations.AddIndex(
            model_name="suppression",
            index=models.Index(fields=["merchant", "reason", "id"], name="suppression_by_reason"),
        ),
    ]

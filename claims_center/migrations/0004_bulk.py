"""Bulk acts and their results row by row."""

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
ACTS = [
    ("verify", "Verify"),
    ("send_gift", "Send Gift by Email"),
    ("process", "Mark as Processed"),
    ("unprocess", "Unprocess"),
    ("reject", "Reject"),
    ("assign", "Assign"),
]
STATES = [("draft", "Preview"), ("running", "Running"), ("done", "Done"), ("stopped", "Stopped"), ("failed", "Failed")]
EVENTS = [
    ("claim.submitted", "Claim submitted"),
    ("claim.shared", "Feedback shared"),
    ("claim.rechecked", "Checked against orders"),
    ("claim.verified", "Verified"),
    ("claim.unverified", "Verification taken back"),
    ("claim.info_asked", "Information asked"),
    ("claim.rejected", "Rejected"),
    ("claim.reopened", "Reopened"),
    ("claim.gift_sent", "Gift sent by e-mail"),
    ("claim.gift_resent", "Gift sent again"),
    ("claim.gift_changed", "Gift changed"),
    ("claim.gift_withdrawn", "Gift withdrawn before it went out"),
    ("claim.delivery", "Delivery status changed"),
    ("claim.processed", "Marked as processed"),
    ("claim.unprocessed", "Unprocessed"),
    ("claim.email_corrected", "E-mail address corrected"),
    ("claim.address_changed", "Mailing address changed"),
    ("claim.shipping_changed", "Carrier and tracking changed"),
    ("claim.order_corrected", "Order number corrected"),
    ("claim.assigned", "Assigned"),
]


def of_bulk(name: str) -> models.ForeignKey:
    """Return a reference to the act that a row belongs to."""
    return tenancy.base.MerchantForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=name, to="claims_center.bulkact"
    )


class Migration(migrations.Migration):
    """Bulk acts and their results row by row."""

    dependencies = [("claims_center", "0003_list_speed")]

    operations = [
        migrations.RemoveConstraint(model_name="claimchange", name="claim_change_event_known"),
        migrations.AlterField(
            model_name="claimchange", name="event", field=models.CharField(choices=EVENTS, max_length=40)
        ),
        migrations.AddConstraint(
            model_name="claimchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("event__in", [event for event, _label in EVENTS])), name="claim_change_event_known"
            ),
        ),
        migrations.CreateModel(
            name="BulkAct",
            fields=[
                ("id", ID.clone()),
                ("act", models.CharField(choices=ACTS, max_length=12)),
                (
                    "undoes",
                    tenancy.base.MerchantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="undone_by",
                        to="claims_center.bulkact",
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
                        condition=models.Q(("act__in", [act for act, _label in ACTS])), name="bulk_act_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", [state for state, _label in STATES])), name="bulk_state_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("position", 0), ("started_at__isnull", True), ("state", "draft")),
                            models.Q(models.Q(("state", "draft"), _negated=True), ("started_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="bulk_draft_did_nothing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undoes__isnull", False)),
                        fields=("merchant", "undoes"),
                        name="bulk_undone_once",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "created_at", "id"], name="bulk_by_time"),
                    models.Index(fields=["merchant", "finished_at"], name="bulk_by_end"),
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
                "constraints": [models.UniqueConstraint(fields=("merchant", "bulk"), name="bulk_selection_once")],
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
                    "claim",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bulk_rows",
                        to="claims_center.claim",
                    ),
                ),
                ("merchant", MERCHANT.clone()),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "bulk", "claim"), name="bulk_row_once"),
                    models.UniqueConstraint(fields=("merchant", "bulk", "position"), name="bulk_row_in_order"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome", ""), _negated=True), name="bulk_row_has_outcome"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "bulk", "outcome", "position"], name="bulk_row_by_outcome"),
                    models.Index(fields=["merchant", "claim"], name="bulk_row_of_claim"),
                ],
            },
        ),
        MerchantTable("bulkact"),
        MerchantTable("bulkselection"),
        MerchantTable("bulkrow"),
    ]

"""Order reports and signals of misuse."""

import django.core.validators
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
KINDS = [
    ("same_number", "Same order number"),
    ("same_address", "Same mailing address"),
    ("same_phone", "Same phone number"),
    ("email_alias", "E-mail address of the same mailbox"),
    ("many_claims", "Many claims in a short time"),
]
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
    ("claim.code_awaited", "Waits for a code"),
    ("claim.wait_ended", "No longer waits for a code"),
    ("claim.delivery", "Delivery status changed"),
    ("claim.processed", "Marked as processed"),
    ("claim.unprocessed", "Unprocessed"),
    ("claim.email_corrected", "E-mail address corrected"),
    ("claim.address_changed", "Mailing address changed"),
    ("claim.shipping_changed", "Carrier and tracking changed"),
    ("claim.order_corrected", "Order number corrected"),
    ("claim.assigned", "Assigned"),
]


def of(model: str, name: str) -> models.ForeignKey:
    """Return a reference to the row that owns this one."""
    return tenancy.base.MerchantForeignKey(
        on_delete=django.db.models.deletion.CASCADE, related_name=name, to=f"claims_center.{model}"
    )


class Migration(migrations.Migration):
    """Order reports and signals of misuse."""

    dependencies = [("claims_center", "0005_funnels"), ("tenancy", "0002_cache_and_rights")]

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
        migrations.AddField(model_name="order", name="first_batch", field=models.UUIDField(null=True)),
        migrations.CreateModel(
            name="OrderBatch",
            fields=[
                ("id", ID.clone()),
                ("origin_id", models.UUIDField(null=True)),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("format_name", models.CharField(blank=True, max_length=80)),
                ("actor", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("merchant", MERCHANT.clone()),
            ],
            options=OPTIONS,
        ),
        migrations.CreateModel(
            name="OrderAlias",
            fields=[
                ("id", ID.clone()),
                ("number_norm", models.CharField(max_length=60)),
                ("merchant", MERCHANT.clone()),
                ("order", of("order", "aliases")),
            ],
            options={
                **OPTIONS,
                "indexes": [models.Index(fields=["merchant", "number_norm"], name="order_alias_by_number")],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "order", "number_norm"), name="order_alias_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number_norm", ""), _negated=True), name="order_alias_has_number"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OrderChange",
            fields=[
                ("id", ID.clone()),
                ("batch", models.UUIDField()),
                ("at", models.DateTimeField()),
                ("changes", models.JSONField(default=dict)),
                ("merchant", MERCHANT.clone()),
                ("order", of("order", "changes")),
            ],
            options={
                **OPTIONS,
                "indexes": [models.Index(fields=["merchant", "order", "at", "id"], name="order_change_of_order")],
            },
        ),
        migrations.CreateModel(
            name="ClaimTrait",
            fields=[
                ("id", ID.clone()),
                ("customer_id", models.UUIDField()),
                ("kind", models.CharField(choices=KINDS, max_length=12)),
                ("token", models.CharField(max_length=32)),
                ("claim", of("claim", "traits")),
                ("merchant", MERCHANT.clone()),
            ],
            options={
                **OPTIONS,
                "indexes": [
                    models.Index(fields=["merchant", "token", "customer_id", "claim"], name="claim_trait_alike"),
                    models.Index(fields=["merchant", "customer_id"], name="claim_trait_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "claim", "kind"), name="claim_trait_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("same_address", "same_phone", "email_alias"))),
                        name="claim_trait_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("token", ""), _negated=True), name="claim_trait_has_token"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignalDismissal",
            fields=[
                ("id", ID.clone()),
                ("kind", models.CharField(choices=KINDS, max_length=12)),
                ("note", models.CharField(max_length=500)),
                ("actor", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("claim", of("claim", "dismissals")),
                ("merchant", MERCHANT.clone()),
            ],
            options={
                **OPTIONS,
                "indexes": [models.Index(fields=["merchant", "claim", "at", "id"], name="dismissal_of_claim")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", [kind for kind, _label in KINDS])), name="dismissal_kind_known"
                    ),
                    models.CheckConstraint(condition=models.Q(("note", ""), _negated=True), name="dismissal_says_why"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SignalRules",
            fields=[
                ("id", ID.clone()),
                (
                    "most_claims",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="Claims that are fine",
                    ),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(366),
                        ],
                        verbose_name="Within so many days",
                    ),
                ),
                ("merchant", MERCHANT.clone()),
            ],
            options={
                **OPTIONS,
                "constraints": [
                    models.UniqueConstraint(fields=("merchant",), name="signal_rules_once"),
                    models.CheckConstraint(
                        condition=models.Q(("days__gte", 1), ("most_claims__gte", 1)), name="signal_rules_positive"
                    ),
                ],
            },
        ),
        MerchantTable("orderbatch"),
        MerchantTable("orderalias"),
        MerchantTable("orderchange"),
        MerchantTable("claimtrait"),
        MerchantTable("signaldismissal"),
        MerchantTable("signalrules"),
    ]

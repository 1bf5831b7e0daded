"""Offers and their responses, behind the walls of their merchant."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models

import tenancy.base
import tenancy.changes
import tenancy.ids
from tenancy.operations import MerchantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("codes", "0002_waiting"),
        ("customers", "0001_initial"),
        ("ledger", "0004_reverse_many"),
        ("tenancy", "0003_lists"),
    ]

    operations = [
        migrations.CreateModel(
            name="Offer",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("description", models.TextField(blank=True, max_length=4000, verbose_name="Description")),
                ("terms", models.TextField(blank=True, max_length=8000, verbose_name="Terms")),
                ("image", models.CharField(blank=True, editable=False, max_length=200, verbose_name="Image")),
                (
                    "offer_type",
                    models.CharField(
                        choices=[
                            ("percent_off", "Percent off"),
                            ("amount_off", "Amount off"),
                            ("buy_x_get_y", "Buy X get Y"),
                            ("free_item", "Free item"),
                            ("gift_with_purchase", "Gift with purchase"),
                            ("points_multiplier", "Points multiplier"),
                        ],
                        max_length=20,
                        verbose_name="Type",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="Percent"),
                ),
                (
                    "amount",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="Amount"),
                ),
                (
                    "multiplier",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=5, null=True, verbose_name="Points times"
                    ),
                ),
                ("buy_quantity", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Buy")),
                ("get_quantity", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Get")),
                ("items", models.CharField(blank=True, max_length=400, verbose_name="Items")),
                (
                    "minimum_amount",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="From a purchase of"
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="Currency")),
                (
                    "effectivity_kind",
                    models.CharField(
                        choices=[
                            ("always", "Always"),
                            ("fixed", "From one day to another"),
                            ("after_publishing", "Counted from the publish date"),
                        ],
                        default="always",
                        max_length=20,
                        verbose_name="Effectivity",
                    ),
                ),
                ("effectivity_from", models.DateTimeField(blank=True, null=True, verbose_name="Seen from")),
                ("effectivity_to", models.DateTimeField(blank=True, null=True, verbose_name="Seen until")),
                (
                    "effectivity_after_days",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(3650)],
                        verbose_name="Begins so many days later",
                    ),
                ),
                (
                    "effectivity_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="Lasts so many days",
                    ),
                ),
                ("weekdays", models.PositiveSmallIntegerField(default=0, verbose_name="Days of the week")),
                ("minute_from", models.PositiveSmallIntegerField(default=0)),
                ("minute_to", models.PositiveSmallIntegerField(default=1440)),
                (
                    "response_kind",
                    models.CharField(
                        choices=[
                            ("always", "Always"),
                            ("fixed", "From one day to another"),
                            ("after_publishing", "Counted from the publish date"),
                            ("same", "Same as effectivity"),
                        ],
                        default="always",
                        max_length=20,
                        verbose_name="Response period",
                    ),
                ),
                ("response_from", models.DateTimeField(blank=True, null=True, verbose_name="Can be claimed from")),
                ("response_to", models.DateTimeField(blank=True, null=True, verbose_name="Can be claimed until")),
                (
                    "response_after_days",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(3650)],
                        verbose_name="Begins so many days later",
                    ),
                ),
                (
                    "response_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="Lasts so many days",
                    ),
                ),
                (
                    "usage_kind",
                    models.CharField(
                        choices=[
                            ("always", "Always"),
                            ("fixed", "From one day to another"),
                            ("after_publishing", "Counted from the publish date"),
                            ("same", "Same as effectivity"),
                            ("after_response", "Counted from the response"),
                        ],
                        default="always",
                        max_length=20,
                        verbose_name="Usage period",
                    ),
                ),
                ("usage_from", models.DateTimeField(blank=True, null=True, verbose_name="Can be used from")),
                ("usage_to", models.DateTimeField(blank=True, null=True, verbose_name="Can be used until")),
                (
                    "usage_after_days",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(3650)],
                        verbose_name="Begins so many days later",
                    ),
                ),
                (
                    "usage_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="Lasts so many days",
                    ),
                ),
                (
                    "days_valid",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="Days that a response stays valid",
                    ),
                ),
                ("is_claimable", models.BooleanField(default=True, verbose_name="Members claim it themselves")),
                ("needs_clip", models.BooleanField(default=False, verbose_name="Has to be clipped before it is used")),
                ("has_shipping", models.BooleanField(default=False, verbose_name="Is shipped to the member")),
                ("total_limit", models.PositiveIntegerField(blank=True, null=True, verbose_name="Responses in all")),
                (
                    "member_limit",
                    models.PositiveIntegerField(blank=True, default=1, null=True, verbose_name="Responses per member"),
                ),
                (
                    "code_source",
                    models.CharField(
                        choices=[("none", "No code"), ("pool", "Code from a pool"), ("generated", "Made by a pattern")],
                        default="none",
                        max_length=10,
                        verbose_name="Certificate code",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False)),
                ("published_at", models.DateTimeField(editable=False, null=True)),
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                ("change_xid", tenancy.changes.ChangeField()),
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
                    "pool",
                    tenancy.base.MerchantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="codes.codepool",
                        verbose_name="Code pool",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="offer_has_name"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "offer_type__in",
                                [
                                    "percent_off",
                                    "amount_off",
                                    "buy_x_get_y",
                                    "free_item",
                                    "gift_with_purchase",
                                    "points_multiplier",
                                ],
                            )
                        ),
                        name="offer_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("percent__isnull", True),
                            models.Q(("percent__gt", 0), ("percent__lte", 100)),
                            _connector="OR",
                        ),
                        name="offer_percent_0_to_100",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"),
                        name="offer_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("multiplier__isnull", True), ("multiplier__gt", 0), _connector="OR"),
                        name="offer_multiplier_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minimum_amount__isnull", True), ("minimum_amount__gte", 0), _connector="OR"
                        ),
                        name="offer_minimum_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="offer_currency_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code_source", "none"), ("pool__isnull", True)),
                            models.Q(("code_source__in", ["pool", "generated"]), ("pool__isnull", False)),
                            _connector="OR",
                        ),
                        name="offer_pool_fits_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effectivity_kind__in", ("always", "fixed", "after_publishing")),
                            ("response_kind__in", ("always", "fixed", "after_publishing", "same")),
                            ("usage_kind__in", ("always", "fixed", "after_publishing", "same", "after_response")),
                        ),
                        name="offer_period_kinds_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("minute_from__lt", 1440),
                            ("minute_to__gte", 1),
                            ("minute_to__lte", 1440),
                            ("weekdays__lte", 127),
                        ),
                        name="offer_hours_of_a_week",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effectivity_from__isnull", True),
                            ("effectivity_to__isnull", True),
                            ("effectivity_to__gt", models.F("effectivity_from")),
                            _connector="OR",
                        ),
                        name="offer_effectivity_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("response_from__isnull", True),
                            ("response_to__isnull", True),
                            ("response_to__gt", models.F("response_from")),
                            _connector="OR",
                        ),
                        name="offer_response_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("usage_from__isnull", True),
                            ("usage_to__isnull", True),
                            ("usage_to__gt", models.F("usage_from")),
                            _connector="OR",
                        ),
                        name="offer_usage_in_order",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "created_at", "id"], name="offer_newest"),
                    models.Index(fields=["merchant", "name", "id"], name="offer_by_name"),
                    models.Index(fields=["merchant", "offer_type", "id"], name="offer_by_type"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="OfferResponse",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("op_key", models.CharField(max_length=120)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("member", "Claimed by the member"),
                            ("pos", "Claimed at the till"),
                            ("staff", "Given by staff"),
                            ("bulk", "Assigned in bulk"),
                            ("trigger", "Trigger"),
                            ("import", "Import"),
                        ],
                        max_length=10,
                        verbose_name="Source",
                    ),
                ),
                ("trigger_entry_id", models.UUIDField(null=True)),
                ("entry_id", models.UUIDField()),
                ("code_value", models.CharField(blank=True, max_length=120, verbose_name="Certificate code")),
                ("offer_name", models.CharField(max_length=120, verbose_name="Offer")),
                (
                    "offer_type",
                    models.CharField(
                        choices=[
                            ("percent_off", "Percent off"),
                            ("amount_off", "Amount off"),
                            ("buy_x_get_y", "Buy X get Y"),
                            ("free_item", "Free item"),
                            ("gift_with_purchase", "Gift with purchase"),
                            ("points_multiplier", "Points multiplier"),
                        ],
                        max_length=20,
                        verbose_name="Type",
                    ),
                ),
                ("needs_clip", models.BooleanField(default=False)),
                ("member_name", models.CharField(blank=True, max_length=250, verbose_name="Member")),
                ("member_email", models.CharField(blank=True, max_length=254, verbose_name="E-mail")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("clipped", "Clipped"),
                            ("processing", "Processing"),
                            ("shipping", "Shipping"),
                            ("expired", "Expired"),
                            ("canceled", "Canceled"),
                            ("completed", "Completed"),
                        ],
                        max_length=10,
                        verbose_name="Processing status",
                    ),
                ),
                (
                    "status_before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pending", "Pending"),
                            ("clipped", "Clipped"),
                            ("processing", "Processing"),
                            ("shipping", "Shipping"),
                            ("expired", "Expired"),
                            ("canceled", "Canceled"),
                            ("completed", "Completed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("issued_at", models.DateTimeField(verbose_name="Issued")),
                ("usage_from", models.DateTimeField(null=True)),
                ("usage_to", models.DateTimeField(null=True)),
                ("usage_weekdays", models.PositiveSmallIntegerField(default=0)),
                ("usage_minute_from", models.PositiveSmallIntegerField(default=0)),
                ("usage_minute_to", models.PositiveSmallIntegerField(default=1440)),
                ("expires_at", models.DateTimeField(null=True, verbose_name="Expires")),
                ("clipped_at", models.DateTimeField(null=True)),
                ("completed_at", models.DateTimeField(null=True, verbose_name="Completed")),
                ("closed_at", models.DateTimeField(null=True)),
                ("closed_entry_id", models.UUIDField(null=True)),
                ("reference", models.CharField(blank=True, max_length=120, verbose_name="Purchase")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14, null=True, verbose_name="Amount")),
                ("reserved_until", models.DateTimeField(null=True)),
                ("reservation", models.CharField(blank=True, max_length=64)),
                ("ship_to", models.JSONField(null=True)),
                ("shipped_at", models.DateTimeField(null=True)),
                ("carrier", models.CharField(blank=True, max_length=60, verbose_name="Carrier")),
                ("tracking_number", models.CharField(blank=True, max_length=80, verbose_name="Tracking number")),
                (
                    "usage_rank",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            "usage_to", models.Value("2999-12-31T00:00:00+00:00", output_field=models.DateTimeField())
                        ),
                        output_field=models.DateTimeField(),
                    ),
                ),
                (
                    "expires_rank",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            "expires_at", models.Value("2999-12-31T00:00:00+00:00", output_field=models.DateTimeField())
                        ),
                        output_field=models.DateTimeField(),
                    ),
                ),
                (
                    "completed_rank",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            "completed_at",
                            models.Value("1970-01-01T00:00:00+00:00", output_field=models.DateTimeField()),
                        ),
                        output_field=models.DateTimeField(),
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("change_xid", tenancy.changes.ChangeField()),
                (
                    "code",
                    tenancy.base.MerchantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="codes.code"
                    ),
                ),
                (
                    "customer",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="offer_responses",
                        to="customers.customer",
                    ),
                ),
                (
                    "grant",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.grant"
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
                    "offer",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="responses", to="offers.offer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "op_key"), name="response_once"),
                    models.UniqueConstraint(fields=("merchant", "grant"), name="response_grant_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("code__isnull", False)),
                        fields=("merchant", "code"),
                        name="response_code_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("trigger_entry_id__isnull", False)),
                        fields=("merchant", "offer", "trigger_entry_id"),
                        name="response_trigger_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["member", "pos", "staff", "bulk", "trigger", "import"])),
                        name="response_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "offer_type__in",
                                [
                                    "percent_off",
                                    "amount_off",
                                    "buy_x_get_y",
                                    "free_item",
                                    "gift_with_purchase",
                                    "points_multiplier",
                                ],
                            )
                        ),
                        name="response_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("closed_at__isnull", True),
                                ("closed_entry_id__isnull", True),
                                ("status__in", ("pending", "clipped", "processing", "shipping")),
                                ("status_before", ""),
                            ),
                            models.Q(
                                ("closed_at__isnull", False),
                                ("closed_entry_id__isnull", False),
                                ("status__in", ("expired", "canceled", "completed")),
                                ("status_before__in", ("pending", "clipped", "processing", "shipping")),
                            ),
                            _connector="OR",
                        ),
                        name="response_closed_has_entry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("completed_at__isnull", False), ("status", "completed")),
                            models.Q(models.Q(("status", "completed"), _negated=True), ("completed_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="response_completed_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "clipped"), _negated=True),
                            ("clipped_at__isnull", False),
                            _connector="OR",
                        ),
                        name="response_clipped_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reservation", ""), ("reserved_until__isnull", True)),
                            models.Q(
                                ("reserved_until__isnull", False),
                                ("status__in", ("pending", "clipped")),
                                models.Q(("reservation", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="response_reserved_waits",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("usage_from__isnull", True),
                            ("usage_to__isnull", True),
                            ("usage_to__gt", models.F("usage_from")),
                            _connector="OR",
                        ),
                        name="response_usage_in_order",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["merchant", "issued_at", "id"],
                        include=[
                            "status",
                            "expires_rank",
                            "usage_rank",
                            "usage_from",
                            "usage_weekdays",
                            "usage_minute_from",
                            "usage_minute_to",
                        ],
                        name="response_by_time",
                    ),
                    models.Index(fields=["merchant", "offer_name", "id"], name="response_by_offer"),
                    models.Index(fields=["merchant", "offer_type", "id"], name="response_by_type"),
                    models.Index(fields=["merchant", "member_name", "id"], name="response_by_member"),
                    models.Index(fields=["merchant", "code_value", "id"], name="response_by_code"),
                    models.Index(fields=["merchant", "usage_rank", "id"], name="response_by_usage"),
                    models.Index(fields=["merchant", "status", "id"], name="response_by_status"),
                    models.Index(fields=["merchant", "expires_rank", "id"], name="response_by_end"),
                    models.Index(fields=["merchant", "completed_rank", "id"], name="response_by_completion"),
                    models.Index(fields=["merchant", "source", "id"], name="response_by_source"),
                    models.Index(
                        fields=["merchant", "offer", "issued_at", "id"],
                        include=["status", "expires_rank"],
                        name="response_offer_new",
                    ),
                    models.Index(
                        fields=["merchant", "offer_type", "issued_at", "id"],
                        include=["status", "expires_rank"],
                        name="response_type_new",
                    ),
                    models.Index(
                        fields=["merchant", "status", "issued_at", "id"],
                        include=[
                            "expires_rank",
                            "usage_rank",
                            "usage_from",
                            "usage_weekdays",
                            "usage_minute_from",
                            "usage_minute_to",
                        ],
                        name="response_status_new",
                    ),
                    models.Index(
                        fields=["merchant", "source", "issued_at", "id"],
                        include=["status", "expires_rank"],
                        name="response_source_new",
                    ),
                    models.Index(
                        fields=["merchant", "customer", "issued_at", "id"],
                        include=["status", "expires_rank"],
                        name="response_of_member",
                    ),
                    models.Index(fields=["merchant", "status", "expires_rank", "id"], name="response_status_end"),
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False), ("status__in", ("pending", "clipped"))),
                        fields=["merchant", "expires_at"],
                        name="response_to_expire",
                    ),
                    models.Index(
                        condition=models.Q(("reserved_until__isnull", False)),
                        fields=["merchant", "reserved_until"],
                        name="response_to_release",
                    ),
                    models.Index(fields=["merchant", "change_xid", "id"], name="response_changed"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="OfferChange",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("seq", models.PositiveIntegerField()),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("offer.issued", "Offer issued"),
                            ("offer.clipped", "Offer clipped"),
                            ("offer.reserved", "Reserved at a till"),
                            ("offer.released", "Reservation released"),
                            ("offer.processing", "Processing started"),
                            ("offer.shipped", "Shipped"),
                            ("offer.completed", "Offer completed"),
                            ("offer.expired", "Offer expired"),
                            ("offer.canceled", "Offer canceled"),
                            ("offer.reopened", "Reopened"),
                            ("offer.reversed", "Completion reversed"),
                            ("offer.undone", "Bulk action undone"),
                        ],
                        max_length=40,
                    ),
                ),
                (
                    "from_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("pending", "Pending"),
                            ("clipped", "Clipped"),
                            ("processing", "Processing"),
                            ("shipping", "Shipping"),
                            ("expired", "Expired"),
                            ("canceled", "Canceled"),
                            ("completed", "Completed"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "to_status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("clipped", "Clipped"),
                            ("processing", "Processing"),
                            ("shipping", "Shipping"),
                            ("expired", "Expired"),
                            ("canceled", "Canceled"),
                            ("completed", "Completed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("actor", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("detail", models.JSONField(default=dict)),
                ("op_key", models.CharField(blank=True, max_length=120)),
                ("entry_id", models.UUIDField()),
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
                    "response",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="offers.offerresponse"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "response", "seq"), name="response_change_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("op_key", ""), _negated=True),
                        fields=("merchant", "response", "op_key"),
                        name="response_change_op_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "event__in",
                                [
                                    "offer.issued",
                                    "offer.clipped",
                                    "offer.reserved",
                                    "offer.released",
                                    "offer.processing",
                                    "offer.shipped",
                                    "offer.completed",
                                    "offer.expired",
                                    "offer.canceled",
                                    "offer.reopened",
                                    "offer.reversed",
                                    "offer.undone",
                                ],
                            )
                        ),
                        name="response_change_event_known",
                    ),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="OfferStock",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("taken", models.PositiveIntegerField(default=0)),
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
                    "offer",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stock", to="offers.offer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "offer"), name="offer_stock_once"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="OfferTaken",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("taken", models.PositiveIntegerField(default=0)),
                (
                    "customer",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="customers.customer"
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
                    "offer",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="takers", to="offers.offer"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "offer", "customer"), name="offer_taken_once"),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "customer"], name="offer_taken_by"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="OfferToken",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("token", models.CharField(db_collation="C", max_length=80)),
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
                    "row",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to="offers.offerresponse"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "token", "row"), name="response_token_once"),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "row"], name="response_token_row"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        MerchantTable("offer"),
        MerchantTable("offerstock"),
        MerchantTable("offertaken"),
        MerchantTable("offerresponse", poller=("status", "expires_at", "reserved_until")),
        MerchantTable("offerchange", writes="insert"),
        MerchantTable("offertoken"),
        # An erasure blanks the words of a history row; who did what when stays, and no row goes.
        migrations.RunSQL(
            "GRANT UPDATE (reason, detail) ON offers_offerchange TO app_rw",
            "REVOKE UPDATE (reason, detail) ON offers_offerchange FROM app_rw",
        ),
    ]

"""Rewards, redeemed rewards, cashback, purchases and adjustments, behind the walls of their merchant."""

import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
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
            name="Purchase",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(db_collation="C", max_length=120)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("occurred_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("entry_id", models.UUIDField()),
                ("points_earned", models.PositiveIntegerField(default=0)),
                ("returned_amount", models.DecimalField(decimal_places=2, default=0, max_digits=14)),
                ("points_returned", models.PositiveIntegerField(default=0)),
                (
                    "customer",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="purchases", to="customers.customer"
                    ),
                ),
                (
                    "grant",
                    tenancy.base.MerchantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="ledger.grant"
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
                    models.UniqueConstraint(fields=("merchant", "reference"), name="purchase_once"),
                    models.CheckConstraint(
                        condition=models.Q(("reference", ""), _negated=True), name="purchase_has_reference"
                    ),
                    models.CheckConstraint(condition=models.Q(("amount__gte", 0)), name="purchase_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(("returned_amount__gte", 0), ("returned_amount__lte", models.F("amount"))),
                        name="purchase_returns_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("points_returned__lte", models.F("points_earned"))),
                        name="purchase_points_returned_within",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="purchase_currency_code"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "customer", "occurred_at", "id"], name="purchase_of_customer"),
                    models.Index(fields=["merchant", "occurred_at", "id"], name="purchase_by_time"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="PurchaseReturn",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("reference", models.CharField(max_length=120)),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("points_returned", models.PositiveIntegerField()),
                ("shortfall", models.PositiveIntegerField(default=0)),
                ("entry_id", models.UUIDField()),
                ("recorded_at", models.DateTimeField()),
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
                    "purchase",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="returns", to="loyalty.purchase"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "purchase", "reference"), name="purchase_return_once"),
                    models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="purchase_return_positive"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="RedeemedReward",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("op_key", models.CharField(max_length=120)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("cockpit", "Customer"),
                            ("admin", "Staff"),
                            ("api", "Shop system"),
                            ("granted", "Granted free"),
                            ("rule", "Granted by a rule"),
                        ],
                        max_length=10,
                    ),
                ),
                ("entry_id", models.UUIDField()),
                ("code_value", models.CharField(blank=True, max_length=120)),
                ("reward_name", models.CharField(max_length=120, verbose_name="Reward")),
                (
                    "reward_type",
                    models.CharField(
                        choices=[
                            ("percentage_discount_code", "Percentage discount code"),
                            ("cashback", "Cashback"),
                            ("discount_code", "Discount code"),
                            ("free_delivery", "Free delivery"),
                            ("gift", "Gift"),
                            ("invitation_for_the_event", "Invitation for the event"),
                            ("value_code", "Value code"),
                            ("custom_campaign", "Custom campaign"),
                        ],
                        max_length=30,
                        verbose_name="Reward type",
                    ),
                ),
                ("cost_in_points", models.PositiveIntegerField(verbose_name="Cost in points")),
                ("tax_value", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="Tax value")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ("currency", models.CharField(max_length=3)),
                ("active_points_after", models.PositiveBigIntegerField(verbose_name="Customer active points amount")),
                ("redeemed_at", models.DateTimeField(verbose_name="Redeem date and time")),
                ("active_from", models.DateTimeField()),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "coupon_status",
                    models.CharField(
                        choices=[
                            ("inactive", "Inactive"),
                            ("active", "Active"),
                            ("expired", "Expired"),
                            ("canceled", "Canceled"),
                        ],
                        max_length=10,
                    ),
                ),
                ("used_at", models.DateTimeField(null=True, verbose_name="Usage date and time")),
                ("used_entry_id", models.UUIDField(null=True)),
                (
                    "delivery_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "—"),
                            ("ordered", "Ordered"),
                            ("shipped", "Shipped"),
                            ("delivered", "Delivered"),
                            ("canceled", "Canceled"),
                        ],
                        max_length=10,
                        verbose_name="Delivery status",
                    ),
                ),
                ("delivery_at", models.DateTimeField(null=True)),
                ("ship_to", models.JSONField(null=True)),
                ("carrier", models.CharField(blank=True, max_length=60, verbose_name="Carrier")),
                ("tracking_number", models.CharField(blank=True, max_length=80, verbose_name="Tracking number")),
                (
                    "cashback_status",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "—"),
                            ("init", "Started"),
                            ("success", "Paid"),
                            ("failure", "Failed"),
                            ("pending", "Pending"),
                        ],
                        max_length=10,
                    ),
                ),
                ("cashback_text", models.CharField(blank=True, max_length=300, verbose_name="Cashback status")),
                ("canceled_at", models.DateTimeField(null=True)),
                ("is_refunded", models.BooleanField(default=False)),
                ("customer_email", models.CharField(blank=True, max_length=254, verbose_name="Customer e-mail")),
                ("customer_phone", models.CharField(blank=True, max_length=40, verbose_name="Phone")),
                (
                    "customer_first_name",
                    models.CharField(blank=True, max_length=120, verbose_name="Customer's first name"),
                ),
                ("customer_last_name", models.CharField(blank=True, max_length=120, verbose_name="Customer's surname")),
                (
                    "is_used",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.ExpressionWrapper(
                            models.Q(("used_at__isnull", False)), output_field=models.BooleanField()
                        ),
                        output_field=models.BooleanField(),
                    ),
                ),
                (
                    "used_rank",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce(
                            "used_at", models.Value("1970-01-01T00:00:00+00:00", output_field=models.DateTimeField())
                        ),
                        output_field=models.DateTimeField(),
                    ),
                ),
                (
                    "tax_cents",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast(
                            django.db.models.expressions.CombinedExpression(
                                models.F("tax_value"), "*", models.Value(100)
                            ),
                            models.BigIntegerField(),
                        ),
                        output_field=models.BigIntegerField(),
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
                        related_name="redeemed_rewards",
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
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "op_key"), name="redeemed_once"),
                    models.UniqueConstraint(fields=("merchant", "grant"), name="redeemed_grant_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("canceled_at__isnull", True), ("code__isnull", False)),
                        fields=("merchant", "code"),
                        name="redeemed_code_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source__in", ["cockpit", "admin", "api", "granted", "rule"])),
                        name="redeemed_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reward_type__in",
                                [
                                    "percentage_discount_code",
                                    "cashback",
                                    "discount_code",
                                    "free_delivery",
                                    "gift",
                                    "invitation_for_the_event",
                                    "value_code",
                                    "custom_campaign",
                                ],
                            )
                        ),
                        name="redeemed_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("canceled_at__isnull", False), ("coupon_status", "canceled")),
                            models.Q(
                                models.Q(("coupon_status", "canceled"), _negated=True),
                                ("canceled_at__isnull", True),
                                ("is_refunded", False),
                            ),
                            _connector="OR",
                        ),
                        name="redeemed_canceled_has_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("used_at__isnull", True), ("used_entry_id__isnull", True)),
                            models.Q(("used_at__isnull", False), ("used_entry_id__isnull", False)),
                            _connector="OR",
                        ),
                        name="redeemed_used_has_entry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("delivery_status", ""), ("used_at__isnull", True)),
                            models.Q(("delivery_status", ""), ("reward_type", "cashback")),
                            models.Q(("delivery_status", "ordered"), ("used_at__isnull", False)),
                            models.Q(
                                ("delivery_status__in", ["shipped", "delivered", "canceled"]),
                                ("reward_type", "gift"),
                                ("used_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="redeemed_delivery_fits_use",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("reward_type", "cashback"),
                                models.Q(("cashback_status", ""), _negated=True),
                                models.Q(("cashback_text", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("reward_type", "cashback"), _negated=True),
                                ("cashback_status", ""),
                                ("cashback_text", ""),
                            ),
                            _connector="OR",
                        ),
                        name="redeemed_cashback_has_status",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("expires_at__isnull", True), ("expires_at__gt", models.F("active_from")), _connector="OR"
                        ),
                        name="redeemed_valid_in_order",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "redeemed_at", "id"], name="redeemed_by_time"),
                    models.Index(fields=["merchant", "used_rank", "id"], name="redeemed_by_use"),
                    models.Index(fields=["merchant", "cost_in_points", "id"], name="redeemed_by_cost"),
                    models.Index(fields=["merchant", "tax_cents", "id"], name="redeemed_by_tax"),
                    models.Index(fields=["merchant", "customer_email", "id"], name="redeemed_by_email"),
                    models.Index(fields=["merchant", "customer_phone", "id"], name="redeemed_by_phone"),
                    models.Index(fields=["merchant", "reward_name", "id"], name="redeemed_by_reward"),
                    models.Index(fields=["merchant", "reward_type", "id"], name="redeemed_by_type"),
                    models.Index(fields=["merchant", "customer_first_name", "id"], name="redeemed_by_first_name"),
                    models.Index(fields=["merchant", "customer_last_name", "id"], name="redeemed_by_last_name"),
                    models.Index(fields=["merchant", "active_points_after", "id"], name="redeemed_by_points"),
                    models.Index(fields=["merchant", "delivery_status", "id"], name="redeemed_by_delivery"),
                    models.Index(fields=["merchant", "cashback_text", "id"], name="redeemed_by_cashback"),
                    models.Index(fields=["merchant", "is_used", "id"], name="redeemed_by_used"),
                    models.Index(fields=["merchant", "is_used", "redeemed_at", "id"], name="redeemed_used_new"),
                    models.Index(
                        fields=["merchant", "delivery_status", "redeemed_at", "id"], name="redeemed_delivery_new"
                    ),
                    models.Index(
                        fields=["merchant", "delivery_status", "redeemed_at", "id"],
                        condition=models.Q(("reward_type", "gift")),
                        name="redeemed_gifts",
                    ),
                    models.Index(
                        fields=["merchant", "reward_type", "redeemed_at", "id"],
                        include=["is_used", "delivery_status", "coupon_status"],
                        name="redeemed_type_new",
                    ),
                    models.Index(fields=["merchant", "coupon_status", "redeemed_at", "id"], name="redeemed_coupon_new"),
                    models.Index(
                        condition=models.Q(("cashback_status", ""), _negated=True),
                        fields=["merchant", "cashback_status", "redeemed_at", "id"],
                        name="redeemed_cashback_new",
                    ),
                    models.Index(fields=["merchant", "customer", "redeemed_at", "id"], name="redeemed_of_customer"),
                    models.Index(
                        condition=models.Q(("coupon_status", "inactive")),
                        fields=["merchant", "active_from"],
                        name="redeemed_to_activate",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("coupon_status__in", ["inactive", "active"]), ("expires_at__isnull", False)
                        ),
                        fields=["merchant", "expires_at"],
                        name="redeemed_to_expire",
                    ),
                    models.Index(fields=["merchant", "change_xid", "id"], name="redeemed_changed"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="RedeemedChange",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("seq", models.PositiveIntegerField()),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("reward.redeemed", "Reward redeemed"),
                            ("reward.granted", "Reward granted free"),
                            ("reward.used", "Marked as used"),
                            ("reward.unused", "Marked as unused"),
                            ("reward.canceled", "Reward canceled"),
                            ("gift.shipped", "Gift shipped"),
                            ("gift.delivered", "Gift delivered"),
                            ("gift.canceled", "Shipping canceled"),
                            ("gift.ordered", "Shipping ordered again"),
                            ("gift.told", "Fulfilment told again"),
                            ("cashback.started", "Cashback started"),
                            ("cashback.paid", "Cashback paid"),
                            ("cashback.failed", "Cashback failed"),
                            ("cashback.pending", "Cashback pending"),
                        ],
                        max_length=40,
                    ),
                ),
                ("actor", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("detail", models.JSONField(default=dict)),
                ("entry_id", models.UUIDField(null=True)),
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
                    "redeemed",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="loyalty.redeemedreward"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "redeemed", "seq"), name="redeemed_change_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "event__in",
                                [
                                    "reward.redeemed",
                                    "reward.granted",
                                    "reward.used",
                                    "reward.unused",
                                    "reward.canceled",
                                    "gift.shipped",
                                    "gift.delivered",
                                    "gift.canceled",
                                    "gift.ordered",
                                    "gift.told",
                                    "cashback.started",
                                    "cashback.paid",
                                    "cashback.failed",
                                    "cashback.pending",
                                ],
                            )
                        ),
                        name="redeemed_change_event_known",
                    ),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="CashbackPayment",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("attempt", models.PositiveSmallIntegerField(default=1)),
                ("provider", models.CharField(max_length=20)),
                ("order_id", models.CharField(max_length=50)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("", "—"),
                            ("init", "Started"),
                            ("success", "Paid"),
                            ("failure", "Failed"),
                            ("pending", "Pending"),
                        ],
                        default="init",
                        max_length=10,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=60)),
                ("message", models.CharField(blank=True, max_length=200)),
                ("transaction_id", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
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
                    "redeemed",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="payments",
                        to="loyalty.redeemedreward",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "redeemed", "attempt"), name="cashback_attempt_once"),
                    models.UniqueConstraint(fields=("merchant", "provider", "order_id"), name="cashback_order_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "failure"), _negated=True),
                        fields=("merchant", "redeemed"),
                        name="cashback_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", False), ("status__in", ["success", "failure"])),
                            models.Q(("settled_at__isnull", True), ("status__in", ["init", "pending"])),
                            _connector="OR",
                        ),
                        name="cashback_settled_has_time",
                    ),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="RedeemedToken",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to="loyalty.redeemedreward"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "token", "row"), name="redeemed_token_once"),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "row", "token"], name="redeemed_token_row"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Reward",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("description", models.TextField(blank=True, max_length=4000, verbose_name="Description")),
                ("image", models.CharField(blank=True, editable=False, max_length=200, verbose_name="Image")),
                (
                    "reward_type",
                    models.CharField(
                        choices=[
                            ("percentage_discount_code", "Percentage discount code"),
                            ("cashback", "Cashback"),
                            ("discount_code", "Discount code"),
                            ("free_delivery", "Free delivery"),
                            ("gift", "Gift"),
                            ("invitation_for_the_event", "Invitation for the event"),
                            ("value_code", "Value code"),
                            ("custom_campaign", "Custom campaign"),
                        ],
                        max_length=30,
                        verbose_name="Reward type",
                    ),
                ),
                ("cost_in_points", models.PositiveIntegerField(verbose_name="Cost in points")),
                (
                    "tax_value",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="Tax value",
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
                ("currency", models.CharField(max_length=3, verbose_name="Currency")),
                ("visible_from", models.DateTimeField(blank=True, null=True, verbose_name="Visible from")),
                ("visible_to", models.DateTimeField(blank=True, null=True, verbose_name="Visible to")),
                ("active_from", models.DateTimeField(blank=True, null=True, verbose_name="Active from")),
                ("active_to", models.DateTimeField(blank=True, null=True, verbose_name="Active to")),
                (
                    "code_source",
                    models.CharField(
                        choices=[("none", "No code"), ("pool", "Code from a pool"), ("generated", "Made by a pattern")],
                        default="none",
                        max_length=10,
                        verbose_name="Code",
                    ),
                ),
                ("burns_code", models.BooleanField(default=True, verbose_name="Burn the code of a canceled reward")),
                ("total_limit", models.PositiveIntegerField(blank=True, null=True, verbose_name="Limit in all")),
                (
                    "customer_limit",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="Limit per customer"),
                ),
                (
                    "days_until_active",
                    models.PositiveSmallIntegerField(default=0, verbose_name="Days until the coupon is active"),
                ),
                (
                    "days_valid",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="Days that the coupon stays valid"
                    ),
                ),
                ("cashback_provider", models.CharField(blank=True, max_length=20, verbose_name="Cashback provider")),
                ("created_at", models.DateTimeField(editable=False)),
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
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="reward_has_name"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reward_type__in",
                                [
                                    "percentage_discount_code",
                                    "cashback",
                                    "discount_code",
                                    "free_delivery",
                                    "gift",
                                    "invitation_for_the_event",
                                    "value_code",
                                    "custom_campaign",
                                ],
                            )
                        ),
                        name="reward_type_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cost_in_points__lte", 1000000000)), name="reward_cost_in_bounds"
                    ),
                    models.CheckConstraint(condition=models.Q(("tax_value__gte", 0)), name="reward_tax_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("percent__isnull", True),
                            models.Q(("percent__gt", 0), ("percent__lte", 100)),
                            _connector="OR",
                        ),
                        name="reward_percent_0_to_100",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__isnull", True), ("amount__gt", 0), _connector="OR"),
                        name="reward_amount_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="reward_currency_code"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code_source", "none"), ("pool__isnull", True)),
                            models.Q(("code_source__in", ["pool", "generated"]), ("pool__isnull", False)),
                            _connector="OR",
                        ),
                        name="reward_pool_fits_code",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount__isnull", False),
                                ("reward_type", "cashback"),
                                models.Q(("cashback_provider", ""), _negated=True),
                            ),
                            models.Q(models.Q(("reward_type", "cashback"), _negated=True), ("cashback_provider", "")),
                            _connector="OR",
                        ),
                        name="reward_cashback_has_provider",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("visible_from__isnull", True),
                            ("visible_to__isnull", True),
                            ("visible_to__gt", models.F("visible_from")),
                            _connector="OR",
                        ),
                        name="reward_visible_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("active_from__isnull", True),
                            ("active_to__isnull", True),
                            ("active_to__gt", models.F("active_from")),
                            _connector="OR",
                        ),
                        name="reward_active_in_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("days_valid__isnull", True), ("days_valid__gte", 1), _connector="OR"),
                        name="reward_valid_a_day",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "-created_at", "-id"], name="reward_newest"),
                    models.Index(fields=["merchant", "name", "id"], name="reward_by_name"),
                    models.Index(fields=["merchant", "cost_in_points", "id"], name="reward_by_cost"),
                    models.Index(fields=["merchant", "reward_type", "id"], name="reward_by_type"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="redeemedreward",
            name="reward",
            field=tenancy.base.MerchantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="redeemed", to="loyalty.reward"
            ),
        ),
        migrations.CreateModel(
            name="RewardStock",
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
                    "reward",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="stock", to="loyalty.reward"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "reward"), name="reward_stock_once"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="RewardTaken",
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
                    "reward",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="takers", to="loyalty.reward"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "reward", "customer"), name="reward_taken_once"),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "customer"], name="reward_taken_by"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="CashbackAccount",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=20, verbose_name="Provider")),
                ("base_url", models.URLField(verbose_name="Address")),
                ("merchant_code", models.CharField(max_length=60, verbose_name="Merchant id (MID)")),
                ("wallet", models.CharField(max_length=60, verbose_name="Sub-wallet id (GUID)")),
                ("key_sealed", models.TextField(editable=False)),
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
                    models.UniqueConstraint(fields=("merchant", "provider"), name="cashback_account_once"),
                    models.CheckConstraint(
                        condition=models.Q(("key_sealed", ""), _negated=True), name="cashback_account_has_key"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LoyaltySettings",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "points_per_unit",
                    models.DecimalField(
                        decimal_places=4,
                        default=1,
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="Points for each unit of currency",
                    ),
                ),
                (
                    "minimum_amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="From a purchase of",
                    ),
                ),
                (
                    "rounding",
                    models.CharField(
                        choices=[("down", "Down"), ("nearest", "To the nearest"), ("up", "Up")],
                        default="down",
                        max_length=10,
                        verbose_name="Part of a point",
                    ),
                ),
                (
                    "lock_days",
                    models.PositiveSmallIntegerField(default=0, verbose_name="Days until points can be spent"),
                ),
                (
                    "expiry",
                    models.CharField(
                        choices=[
                            ("never", "Never"),
                            ("after_days", "After a number of days"),
                            ("end_of_month", "At the end of the month"),
                            ("end_of_year", "At the end of the year"),
                        ],
                        default="never",
                        max_length=15,
                        verbose_name="Points expire",
                    ),
                ),
                (
                    "expiry_days",
                    models.PositiveSmallIntegerField(
                        default=365,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="Days until they expire",
                    ),
                ),
                ("expiry_months", models.PositiveSmallIntegerField(default=0, verbose_name="Months or years later")),
                (
                    "approval_above",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="Adjustments above this need a second person"
                    ),
                ),
                (
                    "reminder_days",
                    models.PositiveSmallIntegerField(
                        default=14, verbose_name="Remind of expiring points so many days before"
                    ),
                ),
                (
                    "fulfilment_email",
                    models.EmailField(blank=True, max_length=254, verbose_name="Who ships gifts is told at"),
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
                "constraints": [
                    models.UniqueConstraint(fields=("merchant",), name="loyalty_settings_once"),
                    models.CheckConstraint(
                        condition=models.Q(("minimum_amount__gte", 0), ("points_per_unit__gte", 0)),
                        name="loyalty_settings_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("expiry__in", ["never", "after_days", "end_of_month", "end_of_year"])),
                        name="loyalty_settings_expiry_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("expiry_days__gte", 1)), name="loyalty_settings_a_day"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PointAdjustment",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("op_key", models.CharField(max_length=120)),
                ("points", models.IntegerField(verbose_name="Points")),
                ("expires_at", models.DateTimeField(null=True)),
                ("reason", models.CharField(max_length=500, verbose_name="Reason")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting for approval"), ("done", "Done"), ("declined", "Declined")],
                        max_length=10,
                    ),
                ),
                ("asked_by", models.CharField(max_length=60)),
                ("asked_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=60)),
                ("decided_at", models.DateTimeField(null=True)),
                ("entry_id", models.UUIDField(null=True)),
                (
                    "customer",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="point_adjustments",
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
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(fields=["merchant", "state", "asked_at", "id"], name="adjustment_waiting"),
                    models.Index(fields=["merchant", "customer", "asked_at"], name="adjustment_of_customer"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "op_key"), name="adjustment_once"),
                    models.CheckConstraint(
                        condition=models.Q(("points", 0), _negated=True), name="adjustment_not_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["waiting", "done", "declined"])),
                        name="adjustment_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("entry_id__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("entry_id__isnull", True)),
                            _connector="OR",
                        ),
                        name="adjustment_done_has_entry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", models.F("asked_by")), _negated=True),
                            ("decided_by", ""),
                            _connector="OR",
                        ),
                        name="adjustment_two_people",
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="redeemedreward",
            index=models.Index(
                fields=["merchant", "reward", "redeemed_at", "id"],
                include=["is_used", "delivery_status", "coupon_status"],
                name="redeemed_reward_new",
            ),
        ),
        MerchantTable("loyaltysettings"),
        MerchantTable("reward"),
        MerchantTable("rewardstock"),
        MerchantTable("rewardtaken"),
        MerchantTable("redeemedreward", poller=("coupon_status", "active_from", "expires_at")),
        MerchantTable("redeemedchange", writes="insert"),
        MerchantTable("redeemedtoken"),
        MerchantTable("cashbackaccount"),
        MerchantTable("cashbackpayment"),
        MerchantTable("purchase"),
        MerchantTable("purchasereturn", writes="insert"),
        MerchantTable("pointadjustment"),
        # An erasure blanks the words of a history row; who did what when stays, and no row goes.
        migrations.RunSQL(
            "GRANT UPDATE (reason, detail) ON loyalty_redeemedchange TO app_rw",
            "REVOKE UPDATE (reason, detail) ON loyalty_redeemedchange FROM app_rw",
        ),
    ]

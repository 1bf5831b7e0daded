"""Products, promotions, funnels, journeys, orders and claims, behind the walls of their merchant."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import tenancy.base
import tenancy.changes
import tenancy.ids
from tenancy.operations import MerchantTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("codes", "0001_initial"),
        ("customers", "0001_initial"),
        ("ledger", "0003_check_results"),
        ("tenancy", "0002_cache_and_rights"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Funnel",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "slug",
                    models.CharField(
                        max_length=60,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9][a-z0-9-]*\\Z", "Small letters, digits and dashes."
                            )
                        ],
                        verbose_name="Address",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="Opens")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="Ends")),
                ("published_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "order_number",
                    models.CharField(
                        choices=[("required", "Required"), ("optional", "Optional"), ("none", "Not asked")],
                        default="required",
                        max_length=10,
                        verbose_name="Order number",
                    ),
                ),
                (
                    "min_feedback",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(1000)],
                        verbose_name="Least length of feedback",
                    ),
                ),
                (
                    "max_order_age_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: orders of any age.",
                        null=True,
                        verbose_name="Most days between order and claim",
                    ),
                ),
                ("headline", models.CharField(blank=True, max_length=160, verbose_name="Headline")),
                ("intro", models.TextField(blank=True, max_length=2000, verbose_name="Introduction")),
                (
                    "feedback_prompt",
                    models.CharField(blank=True, max_length=300, verbose_name="Question for the feedback"),
                ),
                ("thanks", models.TextField(blank=True, max_length=2000, verbose_name="Text after the claim")),
                ("terms", models.TextField(blank=True, max_length=8000, verbose_name="Terms")),
                (
                    "auto_verify",
                    models.BooleanField(default=False, verbose_name="Verify by itself when the order matches"),
                ),
                ("auto_send", models.BooleanField(default=False, verbose_name="Then send the gift by itself")),
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
                    models.UniqueConstraint(fields=("merchant", "slug"), name="funnel_slug_once"),
                    models.CheckConstraint(
                        condition=models.Q(("slug__regex", "^[a-z0-9][a-z0-9-]*$")), name="funnel_slug_plain"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_at__isnull", True),
                            ("ends_at__isnull", True),
                            ("ends_at__gt", models.F("starts_at")),
                            _connector="OR",
                        ),
                        name="funnel_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("order_number__in", ["required", "optional", "none"])),
                        name="funnel_order_number_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("auto_send", False), ("auto_verify", True), _connector="OR"),
                        name="funnel_sends_what_it_verifies",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("max_order_age_days__isnull", True), ("max_order_age_days__gt", 0), _connector="OR"
                        ),
                        name="funnel_age_positive",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("min_feedback__lte", 1000)), name="funnel_feedback_sane"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "name", "id"], name="funnel_by_name"),
                    models.Index(fields=["merchant", "created_at", "id"], name="funnel_by_age"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Journey",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("visited_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("order_at", models.DateTimeField(null=True)),
                ("feedback_at", models.DateTimeField(null=True)),
                ("contact_at", models.DateTimeField(null=True)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("shared_at", models.DateTimeField(null=True)),
                ("draft", models.JSONField(blank=True, default=dict)),
                (
                    "funnel",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="journeys", to="claims_center.funnel"
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
                "indexes": [
                    models.Index(fields=["merchant", "funnel"], name="journey_visits"),
                    models.Index(
                        condition=models.Q(("started_at__isnull", False)),
                        fields=["merchant", "funnel"],
                        name="journey_started",
                    ),
                    models.Index(
                        fields=["merchant", "funnel", "visited_at"],
                        include=("started_at", "submitted_at", "shared_at"),
                        name="journey_of_funnel",
                    ),
                    models.Index(
                        fields=["merchant", "visited_at"],
                        include=("funnel", "started_at", "submitted_at", "shared_at"),
                        name="journey_by_day",
                    ),
                    models.Index(
                        condition=models.Q(("draft", {}), _negated=True),
                        fields=["merchant", "visited_at", "id"],
                        name="journey_with_draft",
                    ),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "marketplace",
                    models.CharField(
                        choices=[("amazon", "Amazon"), ("ebay", "eBay"), ("walmart", "Walmart"), ("etsy", "Etsy")],
                        max_length=10,
                        verbose_name="Marketplace",
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="Order number")),
                ("number_norm", models.CharField(max_length=60)),
                ("last_group", models.CharField(blank=True, max_length=20)),
                ("other_norm", models.CharField(blank=True, max_length=60)),
                ("ordered_at", models.DateTimeField(verbose_name="Ordered")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("open", "Not shipped yet"),
                            ("shipped", "Shipped"),
                            ("delivered", "Delivered"),
                            ("cancelled", "Cancelled"),
                            ("unknown", "Unknown"),
                        ],
                        max_length=10,
                        verbose_name="Status",
                    ),
                ),
                ("status_text", models.CharField(blank=True, max_length=60)),
                ("channel", models.CharField(blank=True, max_length=60, verbose_name="Sales channel")),
                ("buyer_name", models.CharField(blank=True, max_length=200, verbose_name="Buyer")),
                ("buyer_email", models.CharField(blank=True, max_length=254, verbose_name="Buyer's e-mail")),
                ("postal_code", models.CharField(blank=True, max_length=20, verbose_name="Postal code")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="Country")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="Amount")),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="Currency")),
                ("item_count", models.PositiveIntegerField(default=0)),
                ("reported_at", models.DateTimeField(null=True)),
                ("digest", models.CharField(max_length=64)),
                ("batch", models.UUIDField()),
                ("imported_at", models.DateTimeField()),
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
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "marketplace", "number_norm"), name="order_once"),
                    models.CheckConstraint(
                        condition=models.Q(("marketplace__in", ["amazon", "ebay", "walmart", "etsy"])),
                        name="order_marketplace_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["pending", "open", "shipped", "delivered", "cancelled", "unknown"])
                        ),
                        name="order_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("number_norm", ""), _negated=True), name="order_has_number"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "number_norm"], name="order_by_number"),
                    models.Index(
                        condition=models.Q(("last_group", ""), _negated=True),
                        fields=["merchant", "last_group"],
                        name="order_by_last_group",
                    ),
                    models.Index(
                        condition=models.Q(("other_norm", ""), _negated=True),
                        fields=["merchant", "other_norm"],
                        name="order_by_other_number",
                    ),
                    models.Index(fields=["merchant", "ordered_at", "id"], name="order_by_date"),
                    models.Index(fields=["merchant", "marketplace", "ordered_at", "id"], name="order_by_marketplace"),
                    models.Index(fields=["merchant", "status", "ordered_at", "id"], name="order_by_status"),
                    models.Index(fields=["merchant", "number", "id"], name="order_by_text"),
                    models.Index(fields=["merchant", "marketplace", "id"], name="order_sort_marketplace"),
                    models.Index(fields=["merchant", "status", "id"], name="order_sort_status"),
                    models.Index(fields=["merchant", "imported_at", "id"], name="order_by_import"),
                    models.Index(fields=["merchant", "batch", "id"], name="order_of_batch"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="OrderItem",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("sku", models.CharField(blank=True, max_length=80, verbose_name="SKU")),
                ("listing_id", models.CharField(blank=True, max_length=40, verbose_name="Listing id")),
                ("title", models.CharField(blank=True, max_length=500, verbose_name="Product")),
                ("quantity", models.PositiveIntegerField(default=1, verbose_name="Quantity")),
                ("amount", models.DecimalField(decimal_places=2, max_digits=12, null=True, verbose_name="Amount")),
                ("is_cancelled", models.BooleanField(default=False)),
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
                    "order",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="items", to="claims_center.order"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "order", "sku", "listing_id", "is_cancelled"), name="order_item_once"
                    ),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Product",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("title", models.CharField(max_length=200, verbose_name="Title")),
                ("sku", models.CharField(blank=True, max_length=80, verbose_name="SKU")),
                ("image", models.FileField(blank=True, max_length=200, upload_to="products/", verbose_name="Image")),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
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
                    models.UniqueConstraint(
                        condition=models.Q(("sku", ""), _negated=True),
                        fields=("merchant", "sku"),
                        name="product_sku_once",
                    ),
                    models.CheckConstraint(condition=models.Q(("title", ""), _negated=True), name="product_has_title"),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "title", "id"], name="product_by_title"),
                    models.Index(fields=["merchant", "sku", "id"], name="product_by_sku"),
                    models.Index(fields=["merchant", "created_at", "id"], name="product_by_age"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Listing",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "marketplace",
                    models.CharField(
                        choices=[("amazon", "Amazon"), ("ebay", "eBay"), ("walmart", "Walmart"), ("etsy", "Etsy")],
                        max_length=10,
                        verbose_name="Marketplace",
                    ),
                ),
                (
                    "region",
                    models.CharField(
                        blank=True, help_text="Country code, such as US", max_length=2, verbose_name="Region"
                    ),
                ),
                (
                    "listing_id",
                    models.CharField(help_text="On Amazon: the ASIN", max_length=40, verbose_name="Listing id"),
                ),
                ("url", models.URLField(max_length=500, verbose_name="Detail page")),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
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
                    "product",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="listings", to="claims_center.product"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("merchant", "marketplace", "region", "listing_id"), name="listing_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("marketplace__in", ["amazon", "ebay", "walmart", "etsy"])),
                        name="listing_marketplace_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("url__startswith", "https://")), name="listing_https"),
                    models.CheckConstraint(
                        condition=models.Q(("listing_id", ""), _negated=True), name="listing_has_id"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("region__regex", "^([A-Z]{2})?$")), name="listing_region_code"
                    ),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "product", "marketplace"], name="listing_of_product"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="FunnelProduct",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "funnel",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="funnel_products",
                        to="claims_center.funnel",
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
                    "product",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="funnel_products",
                        to="claims_center.product",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "funnel", "product"), name="funnel_product_once"),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "product"], name="funnel_product_product"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Promotion",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                (
                    "kind",
                    models.CharField(
                        choices=[("digital", "Digital"), ("physical", "Physical")], max_length=10, verbose_name="Kind"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("pool", "Code from a pool"),
                            ("fixed", "One fixed code"),
                            ("file", "File to download"),
                            ("item", "Item to ship"),
                        ],
                        max_length=10,
                        verbose_name="Source",
                    ),
                ),
                ("fixed_code", models.CharField(blank=True, max_length=120, verbose_name="Code")),
                ("file", models.FileField(blank=True, max_length=200, upload_to="gifts/", verbose_name="File")),
                ("file_name", models.CharField(blank=True, max_length=120, verbose_name="File name")),
                ("item_name", models.CharField(blank=True, max_length=200, verbose_name="Item")),
                (
                    "value",
                    models.DecimalField(
                        decimal_places=2,
                        default=0,
                        max_digits=10,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="Value",
                    ),
                ),
                ("currency", models.CharField(default="USD", max_length=3, verbose_name="Currency")),
                ("message", models.TextField(blank=True, max_length=4000, verbose_name="Message for the e-mail")),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("file", ""),
                                ("fixed_code", ""),
                                ("item_name", ""),
                                ("kind", "digital"),
                                ("pool__isnull", False),
                                ("source", "pool"),
                            ),
                            models.Q(
                                ("file", ""),
                                ("item_name", ""),
                                ("kind", "digital"),
                                ("pool__isnull", True),
                                ("source", "fixed"),
                                models.Q(("fixed_code", ""), _negated=True),
                            ),
                            models.Q(
                                ("fixed_code", ""),
                                ("item_name", ""),
                                ("kind", "digital"),
                                ("pool__isnull", True),
                                ("source", "file"),
                                models.Q(("file", ""), _negated=True),
                            ),
                            models.Q(
                                ("file", ""),
                                ("fixed_code", ""),
                                ("kind", "physical"),
                                ("pool__isnull", True),
                                ("source", "item"),
                                models.Q(("item_name", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="promotion_source_fits_kind",
                    ),
                    models.CheckConstraint(condition=models.Q(("value__gte", 0)), name="promotion_value_not_negative"),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")), name="promotion_currency_code"
                    ),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="promotion_has_name"),
                ],
                "indexes": [
                    models.Index(fields=["merchant", "name", "id"], name="promotion_by_name"),
                    models.Index(fields=["merchant", "created_at", "id"], name="promotion_by_age"),
                    models.Index(fields=["merchant", "kind", "id"], name="promotion_by_kind"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="funnel",
            name="promotion",
            field=tenancy.base.MerchantForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="funnels", to="claims_center.promotion"
            ),
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("op_key", models.CharField(max_length=64)),
                ("tracker_hash", models.CharField(max_length=64)),
                ("tracker_sealed", models.TextField()),
                (
                    "marketplace",
                    models.CharField(
                        choices=[("amazon", "Amazon"), ("ebay", "eBay"), ("walmart", "Walmart"), ("etsy", "Etsy")],
                        max_length=10,
                        verbose_name="Marketplace",
                    ),
                ),
                ("order_number", models.CharField(blank=True, max_length=120, verbose_name="Order number")),
                ("order_number_norm", models.CharField(blank=True, max_length=60)),
                ("number_turn", models.PositiveIntegerField(default=0)),
                ("rating", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="Rating")),
                ("feedback", models.TextField(blank=True, max_length=5000, verbose_name="Feedback")),
                ("did_redirect_at", models.DateTimeField(null=True)),
                ("ship_to", models.JSONField(blank=True, default=dict)),
                (
                    "verification",
                    models.CharField(
                        choices=[
                            ("match", "Match"),
                            ("no_such_order", "No such order"),
                            ("already_claimed", "Already claimed"),
                            ("wrong_product", "Wrong product"),
                            ("too_old", "Too old"),
                            ("other_buyer", "Other buyer"),
                            ("not_checked", "Not checked"),
                        ],
                        max_length=20,
                        verbose_name="Verification",
                    ),
                ),
                ("verification_reason", models.CharField(blank=True, max_length=300)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("new", "New"),
                            ("verified", "Verified"),
                            ("processed", "Processed"),
                            ("needs_info", "Needs info"),
                            ("rejected", "Rejected"),
                        ],
                        default="new",
                        max_length=20,
                        verbose_name="Status",
                    ),
                ),
                ("status_reason", models.CharField(blank=True, max_length=500)),
                (
                    "delivery_status",
                    models.CharField(
                        choices=[
                            ("not_sent", "—"),
                            ("queued", "Queued"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("opened", "Opened"),
                            ("bounced", "Bounced"),
                            ("complained", "Complained"),
                            ("failed", "Failed"),
                            ("not_shipped", "Not shipped"),
                            ("shipped", "Shipped"),
                        ],
                        max_length=20,
                        verbose_name="Delivery status",
                    ),
                ),
                ("delivery_at", models.DateTimeField(null=True)),
                ("gift_code", models.CharField(blank=True, max_length=120)),
                ("gift_item", models.CharField(blank=True, max_length=200)),
                ("gift_address", models.JSONField(null=True)),
                ("gift_sent_at", models.DateTimeField(null=True)),
                ("gift_seq", models.PositiveSmallIntegerField(default=0)),
                ("carrier", models.CharField(blank=True, max_length=60, verbose_name="Carrier")),
                ("tracking_number", models.CharField(blank=True, max_length=80, verbose_name="Tracking number")),
                ("submitted_at", models.DateTimeField(verbose_name="Submitted")),
                ("verified_at", models.DateTimeField(null=True)),
                ("processed_at", models.DateTimeField(null=True)),
                ("processed_by", models.CharField(blank=True, max_length=60)),
                ("processed_entry_id", models.UUIDField(null=True)),
                ("customer_name", models.CharField(blank=True, max_length=250, verbose_name="Customer")),
                ("customer_email", models.CharField(blank=True, max_length=254, verbose_name="E-mail")),
                ("product_title", models.CharField(max_length=200, verbose_name="Product")),
                ("funnel_name", models.CharField(max_length=120)),
                ("promotion_name", models.CharField(max_length=120, verbose_name="Promotion")),
                (
                    "promotion_kind",
                    models.CharField(choices=[("digital", "Digital"), ("physical", "Physical")], max_length=10),
                ),
                ("assignee_name", models.CharField(blank=True, max_length=200, verbose_name="Assigned to")),
                ("is_repeat", models.BooleanField(default=False, verbose_name="Repeat customer")),
                (
                    "rating_rank",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Coalesce("rating", 0),
                        output_field=models.SmallIntegerField(),
                    ),
                ),
                (
                    "did_redirect",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.ExpressionWrapper(
                            models.Q(("did_redirect_at__isnull", False)), output_field=models.BooleanField()
                        ),
                        output_field=models.BooleanField(),
                    ),
                ),
                ("version", models.PositiveIntegerField(default=0)),
                ("change_xid", tenancy.changes.ChangeField()),
                (
                    "assignee",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "code",
                    tenancy.base.MerchantForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="codes.code"
                    ),
                ),
                (
                    "customer",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="customers.customer"
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
                (
                    "funnel",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="claims_center.funnel"
                    ),
                ),
                (
                    "journey",
                    tenancy.base.MerchantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="claims_center.journey",
                    ),
                ),
                (
                    "listing",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="claims_center.listing"
                    ),
                ),
                (
                    "matched_order",
                    tenancy.base.MerchantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="claims",
                        to="claims_center.order",
                    ),
                ),
                (
                    "product",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="claims_center.product"
                    ),
                ),
                (
                    "promotion",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="claims", to="claims_center.promotion"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "funnel", "op_key"), name="claim_post_once"),
                    models.UniqueConstraint(fields=("merchant", "tracker_hash"), name="claim_tracker_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("journey__isnull", False)),
                        fields=("merchant", "journey"),
                        name="claim_journey_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("code__isnull", False)), fields=("merchant", "code"), name="claim_code_once"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("grant__isnull", False)),
                        fields=("merchant", "grant"),
                        name="claim_grant_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("rating__isnull", True), models.Q(("rating__gte", 1), ("rating__lte", 5)), _connector="OR"
                        ),
                        name="claim_rating_1_to_5",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("marketplace__in", ["amazon", "ebay", "walmart", "etsy"])),
                        name="claim_marketplace_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["new", "verified", "processed", "needs_info", "rejected"])),
                        name="claim_status_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "verification__in",
                                [
                                    "match",
                                    "no_such_order",
                                    "already_claimed",
                                    "wrong_product",
                                    "too_old",
                                    "other_buyer",
                                    "not_checked",
                                ],
                            )
                        ),
                        name="claim_verification_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "delivery_status__in",
                                    (
                                        "not_sent",
                                        "queued",
                                        "sent",
                                        "delivered",
                                        "opened",
                                        "bounced",
                                        "complained",
                                        "failed",
                                    ),
                                ),
                                ("promotion_kind", "digital"),
                            ),
                            models.Q(
                                ("delivery_status__in", ("not_shipped", "shipped", "delivered")),
                                ("promotion_kind", "physical"),
                            ),
                            _connector="OR",
                        ),
                        name="claim_delivery_fits_gift",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("grant__isnull", False),
                                ("processed_at__isnull", False),
                                ("processed_entry_id__isnull", False),
                                ("status", "processed"),
                            ),
                            models.Q(
                                models.Q(("status", "processed"), _negated=True),
                                ("processed_at__isnull", True),
                                ("processed_entry_id__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="claim_processed_has_gift",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["needs_info", "rejected"]), _negated=True),
                            models.Q(("status_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="claim_says_why",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("grant__isnull", False),
                            models.Q(("code__isnull", True), ("gift_code", "")),
                            _connector="OR",
                        ),
                        name="claim_code_with_voucher",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "rejected"), _negated=True), ("grant__isnull", True), _connector="OR"
                        ),
                        name="claim_rejected_holds_nothing",
                    ),
                ],
                "indexes": [
                    models.Index(
                        fields=["merchant", "submitted_at", "id"], include=["status"], name="claim_by_submitted"
                    ),
                    models.Index(fields=["merchant", "customer_name", "id"], name="claim_by_customer_name"),
                    models.Index(fields=["merchant", "customer_email", "id"], name="claim_by_email"),
                    models.Index(fields=["merchant", "product_title", "id"], name="claim_by_product_title"),
                    models.Index(fields=["merchant", "marketplace", "id"], name="claim_by_marketplace"),
                    models.Index(fields=["merchant", "order_number", "id"], name="claim_by_order_number"),
                    models.Index(fields=["merchant", "promotion_name", "id"], name="claim_by_promotion_name"),
                    models.Index(fields=["merchant", "rating_rank", "id"], name="claim_by_rating"),
                    models.Index(fields=["merchant", "did_redirect", "id"], name="claim_by_redirect"),
                    models.Index(fields=["merchant", "verification", "id"], name="claim_by_verification"),
                    models.Index(fields=["merchant", "status", "id"], name="claim_by_status"),
                    models.Index(fields=["merchant", "delivery_status", "id"], name="claim_by_delivery"),
                    models.Index(fields=["merchant", "assignee_name", "id"], name="claim_by_assignee_name"),
                    models.Index(fields=["merchant", "status", "submitted_at", "id"], name="claim_status_new"),
                    models.Index(
                        fields=["merchant", "verification", "submitted_at", "id"], name="claim_verification_new"
                    ),
                    models.Index(fields=["merchant", "funnel", "submitted_at", "id"], name="claim_funnel_new"),
                    models.Index(fields=["merchant", "product", "submitted_at", "id"], name="claim_product_new"),
                    models.Index(
                        fields=["merchant", "marketplace", "submitted_at", "id"], name="claim_marketplace_new"
                    ),
                    models.Index(fields=["merchant", "promotion_kind", "submitted_at", "id"], name="claim_kind_new"),
                    models.Index(fields=["merchant", "promotion", "submitted_at", "id"], name="claim_promotion_new"),
                    models.Index(fields=["merchant", "did_redirect", "submitted_at", "id"], name="claim_redirect_new"),
                    models.Index(
                        fields=["merchant", "delivery_status", "submitted_at", "id"], name="claim_delivery_new"
                    ),
                    models.Index(fields=["merchant", "assignee", "submitted_at", "id"], name="claim_assignee_new"),
                    models.Index(fields=["merchant", "is_repeat", "submitted_at", "id"], name="claim_repeat_new"),
                    models.Index(fields=["merchant", "customer", "submitted_at", "id"], name="claim_of_customer"),
                    models.Index(fields=["merchant", "funnel", "status", "did_redirect"], name="claim_of_funnel"),
                    models.Index(
                        condition=models.Q(("processed_at__isnull", False)),
                        fields=["merchant", "processed_at", "id"],
                        include=["submitted_at"],
                        name="claim_processed",
                    ),
                    models.Index(
                        condition=models.Q(("order_number_norm", ""), _negated=True),
                        fields=["merchant", "order_number_norm"],
                        name="claim_by_number",
                    ),
                    models.Index(
                        condition=models.Q(("matched_order__isnull", False)),
                        fields=["merchant", "matched_order"],
                        name="claim_of_order",
                    ),
                    models.Index(fields=["merchant", "change_xid", "id"], name="claim_changed"),
                ],
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="ClaimChange",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("seq", models.PositiveIntegerField()),
                (
                    "event",
                    models.CharField(
                        choices=[
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
                            ("claim.delivery", "Delivery status changed"),
                            ("claim.processed", "Marked as processed"),
                            ("claim.unprocessed", "Unprocessed"),
                            ("claim.email_corrected", "E-mail address corrected"),
                            ("claim.address_changed", "Mailing address changed"),
                            ("claim.shipping_changed", "Carrier and tracking changed"),
                            ("claim.order_corrected", "Order number corrected"),
                            ("claim.assigned", "Assigned"),
                        ],
                        max_length=40,
                    ),
                ),
                ("from_status", models.CharField(blank=True, max_length=20)),
                ("to_status", models.CharField(max_length=20)),
                ("actor", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("detail", models.JSONField(default=dict)),
                ("entry_id", models.UUIDField(null=True)),
                (
                    "claim",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="claims_center.claim"
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
                "indexes": [models.Index(fields=["merchant", "at", "id"], name="claim_change_by_time")],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "claim", "seq"), name="claim_change_seq_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "event__in",
                                [
                                    "claim.submitted",
                                    "claim.shared",
                                    "claim.rechecked",
                                    "claim.verified",
                                    "claim.unverified",
                                    "claim.info_asked",
                                    "claim.rejected",
                                    "claim.reopened",
                                    "claim.gift_sent",
                                    "claim.gift_resent",
                                    "claim.gift_changed",
                                    "claim.delivery",
                                    "claim.processed",
                                    "claim.unprocessed",
                                    "claim.email_corrected",
                                    "claim.address_changed",
                                    "claim.shipping_changed",
                                    "claim.order_corrected",
                                    "claim.assigned",
                                ],
                            )
                        ),
                        name="claim_change_event_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimedNumber",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                (
                    "marketplace",
                    models.CharField(
                        choices=[("amazon", "Amazon"), ("ebay", "eBay"), ("walmart", "Walmart"), ("etsy", "Etsy")],
                        max_length=10,
                    ),
                ),
                ("number_norm", models.CharField(max_length=60)),
                ("turn", models.PositiveIntegerField(default=1)),
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
                    models.UniqueConstraint(
                        fields=("merchant", "marketplace", "number_norm"), name="claimed_number_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimNote",
            fields=[
                ("id", models.UUIDField(default=tenancy.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ("op_key", models.CharField(max_length=64)),
                ("text", models.TextField(max_length=4000, verbose_name="Note")),
                ("actor", models.CharField(max_length=60)),
                ("at", models.DateTimeField()),
                (
                    "claim",
                    tenancy.base.MerchantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="notes", to="claims_center.claim"
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
                "indexes": [models.Index(fields=["merchant", "claim", "at"], name="claim_note_of_claim")],
                "constraints": [
                    models.UniqueConstraint(fields=("merchant", "claim", "op_key"), name="claim_note_once"),
                    models.CheckConstraint(condition=models.Q(("text", ""), _negated=True), name="claim_note_has_text"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClaimToken",
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
                        on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to="claims_center.claim"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [models.Index(fields=["merchant", "row"], name="claim_token_row")],
                "constraints": [models.UniqueConstraint(fields=("merchant", "token", "row"), name="claim_token_once")],
            },
        ),
        migrations.AddIndex(
            model_name="funnel",
            index=models.Index(fields=["merchant", "promotion"], name="funnel_of_promotion"),
        ),
        MerchantTable("product"),
        MerchantTable("listing"),
        MerchantTable("promotion"),
        MerchantTable("funnel"),
        MerchantTable("funnelproduct"),
        MerchantTable("journey"),
        MerchantTable("order"),
        MerchantTable("orderitem"),
        MerchantTable("claimednumber"),
        MerchantTable("claim"),
        MerchantTable("claimchange", writes="insert"),
        MerchantTable("claimnote"),
        MerchantTable("claimtoken"),
        # An erasure blanks the words of a history row; who did what when stays, and no row goes.
        migrations.RunSQL(
            "GRANT UPDATE (reason, detail) ON claims_center_claimchange TO app_rw",
            "REVOKE UPDATE (reason, detail) ON claims_center_claimchange FROM app_rw",
        ),
    ]

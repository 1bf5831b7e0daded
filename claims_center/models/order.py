"""Orders as the marketplaces report them: what claims are checked against."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from claims_center.marketplaces import Marketplace
from tenancy.base import MerchantForeignKey, MerchantModel
from tenancy.changes import ChangedManager, ChangeField

NO_AMOUNT = -(10**15)


class OrderStatus(models.TextChoices):
    """What has become of an order."""

    PENDING = "pending", _("Pending")
    OPEN = "open", _("Not shipped yet")
    SHIPPED = "shipped", _("Shipped")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")
    UNKNOWN = "unknown", _("Unknown")


class Order(MerchantModel):
    """One order of a marketplace.

    `number_norm` is its number as it is compared, `last_group` the part behind the last dash, `other_norm` a second
    number that customers may know it by (further ones are in OrderAlias). `reported_at`: when the marketplace last
    changed it. `digest` says whether an import changes anything, `batch` which portion of an import last did, and
    `first_batch` which one brought the order.
    """

    marketplace = models.CharField(_("Marketplace"), max_length=10, choices=Marketplace.choices)
    number = models.CharField(_("Order number"), max_length=60)
    number_norm = models.CharField(max_length=60)
    last_group = models.CharField(max_length=20, blank=True)
    other_norm = models.CharField(max_length=60, blank=True)
    ordered_at = models.DateTimeField(_("Ordered"))
    status = models.CharField(_("Status"), max_length=10, choices=OrderStatus.choices)
    status_text = models.CharField(max_length=60, blank=True)
    channel = models.CharField(_("Sales channel"), max_length=60, blank=True)
    buyer_name = models.CharField(_("Buyer"), max_length=200, blank=True)
    buyer_email = models.CharField(_("Buyer's e-mail"), max_length=254, blank=True)
    postal_code = models.CharField(_("Postal code"), max_length=20, blank=True)
    country = models.CharField(_("Country"), max_length=2, blank=True)
    amount = models.DecimalField(_("Amount"), max_digits=12, decimal_places=2, null=True)
    currency = models.CharField(_("Currency"), max_length=3, blank=True)
    # Whole cents for the list to sort by; an order without an amount comes before all others.
    amount_cents = models.GeneratedField(
        expression=Coalesce(Cast(F("amount") * 100, models.BigIntegerField()), Value(NO_AMOUNT)),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    item_count = models.PositiveIntegerField(default=0)
    reported_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=64)
    batch = models.UUIDField()
    first_batch = models.UUIDField(null=True)
    imported_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    change_xid = ChangeField()

    objects: ClassVar[ChangedManager] = ChangedManager()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "marketplace", "number_norm"], name="order_once"),
            models.CheckConstraint(condition=Q(marketplace__in=Marketplace.values), name="order_marketplace_known"),
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="order_status_known"),
            models.CheckConstraint(condition=~Q(number_norm=""), name="order_has_number"),
        ]
        indexes = [
            models.Index(fields=["merchant", "number_norm"], name="order_by_number"),
            models.Index(fields=["merchant", "last_group"], condition=~Q(last_group=""), name="order_by_last_group"),
            models.Index(fields=["merchant", "other_norm"], condition=~Q(other_norm=""), name="order_by_other_number"),
            models.Index(fields=["merchant", "ordered_at", "id"], name="order_by_date"),
            models.Index(fields=["merchant", "marketplace", "ordered_at", "id"], name="order_by_marketplace"),
            models.Index(fields=["merchant", "status", "ordered_at", "id"], name="order_by_status"),
            models.Index(fields=["merchant", "number", "id"], name="order_by_text"),
            models.Index(fields=["merchant", "marketplace", "id"], name="order_sort_marketplace"),
            models.Index(fields=["merchant", "status", "id"], name="order_sort_status"),
            models.Index(fields=["merchant", "imported_at", "id"], name="order_by_import"),
            models.Index(fields=["merchant", "item_count", "id"], name="order_by_items"),
            models.Index(fields=["merchant", "amount_cents", "id"], name="order_by_amount"),
            models.Index(fields=["merchant", "buyer_name", "id"], name="order_by_buyer"),
            models.Index(fields=["merchant", "batch", "id"], name="order_of_batch"),
            models.Index(fields=["merchant", "change_xid", "id"], name="order_changed"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderItem(MerchantModel):
    """One product of an order; rows of one report with the same SKU and listing are added up."""

    order = MerchantForeignKey(Order, on_delete=models.CASCADE, related_name="items")
    sku = models.CharField(_("SKU"), max_length=80, blank=True)
    listing_id = models.CharField(_("Listing id"), max_length=40, blank=True)
    title = models.CharField(_("Product"), max_length=500, blank=True)
    quantity = models.PositiveIntegerField(_("Quantity"), default=1)
    amount = models.DecimalField(_("Amount"), max_digits=12, decimal_places=2, null=True)
    is_cancelled = models.BooleanField(default=False)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["merchant", "order", "sku", "listing_id", "is_cancelled"], name="order_item_once"
            )
        ]

    def __str__(self) -> str:
        return self.title or self.sku or self.listing_id


class OrderAlias(MerchantModel):
    """A third or further number of an order: a Walmart order may be shipped under several purchase orders."""

    order = MerchantForeignKey(Order, on_delete=models.CASCADE, related_name="aliases")
    number_norm = models.CharField(max_length=60)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "order", "number_norm"], name="order_alias_once"),
            models.CheckConstraint(condition=~Q(number_norm=""), name="order_alias_has_number"),
        ]
        indexes = [models.Index(fields=["merchant", "number_norm"], name="order_alias_by_number")]

    def __str__(self) -> str:
        return self.number_norm


class OrderBatch(MerchantModel):
    """One portion of an import: where orders came from. `origin_id` is the import run, where there was one."""

    origin_id = models.UUIDField(null=True)
    file_name = models.CharField(max_length=200, blank=True)
    format_name = models.CharField(max_length=80, blank=True)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        pass

    def __str__(self) -> str:
        return self.file_name or self.format_name


class OrderChange(MerchantModel):
    """What a later import changed on an order: column -> [before, after], without anything about the buyer."""

    order = MerchantForeignKey(Order, on_delete=models.CASCADE, related_name="changes")
    batch = models.UUIDField()
    at = models.DateTimeField()
    changes = models.JSONField(default=dict)

    class Meta(MerchantModel.Meta):
        indexes = [models.Index(fields=["merchant", "order", "at", "id"], name="order_change_of_order")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.at:%Y-%m-%d}"


class ClaimedNumber(MerchantModel):
    """An order number that somebody has claimed with: the row that claims with the same number queue up at.

    Whoever checks a claim against the others holds it, so that of two claims at the same moment one sees the other.
    `turn` is the number that was given out last: claims keep theirs, and the lowest one came first.
    """

    marketplace = models.CharField(max_length=10, choices=Marketplace.choices)
    number_norm = models.CharField(max_length=60)
    turn = models.PositiveIntegerField(default=1)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "marketplace", "number_norm"], name="claimed_number_once")
        ]

    def __str__(self) -> str:
        return self.number_norm

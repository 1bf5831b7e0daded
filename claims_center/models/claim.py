"""A claim: one customer's submission through one funnel."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from claims_center.marketplaces import Marketplace
from claims_center.models.funnel import Funnel
from claims_center.models.journey import Journey
from claims_center.models.order import Order
from claims_center.models.product import Listing, Product
from claims_center.models.promotion import Promotion, PromotionKind
from claims_center.states import (
    DIGITAL_DELIVERY,
    PHYSICAL_DELIVERY,
    Attention,
    Delivery,
    Status,
    Verification,
)
from tenancy.base import MerchantForeignKey, MerchantManager, MerchantModel, MerchantQuerySet
from tenancy.changes import ChangeField, TransactionId
from tenancy.secrets import decrypt


class ClaimQuerySet(MerchantQuerySet):
    """A query set whose updates are seen by incremental readers."""

    def update(self, **values: Any) -> int:
        """Update, and say that the rows have changed."""
        return super().update(**values | {"change_xid": TransactionId()})


class ClaimManager(MerchantManager.from_queryset(ClaimQuerySet)):  # type: ignore[misc]
    """Finds the claims of the merchant whose door is open."""


class Claim(MerchantModel):
    """A claim with its workflow, its gift, and a copy of what its lists sort by.

    Only `claims_center.services` changes one. `version` counts its changes; each has a ClaimChange with that number.
    """

    funnel = MerchantForeignKey(Funnel, on_delete=models.PROTECT, related_name="claims")
    product = MerchantForeignKey(Product, on_delete=models.PROTECT, related_name="claims")
    listing = MerchantForeignKey(Listing, on_delete=models.PROTECT, related_name="claims")
    promotion = MerchantForeignKey(Promotion, on_delete=models.PROTECT, related_name="claims")
    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="claims")
    journey = MerchantForeignKey(Journey, on_delete=models.PROTECT, null=True, related_name="claims")
    op_key = models.CharField(max_length=64)
    tracker_hash = models.CharField(max_length=64)
    tracker_sealed = models.TextField()

    marketplace = models.CharField(_("Marketplace"), max_length=10, choices=Marketplace.choices)
    order_number = models.CharField(_("Order number"), max_length=120, blank=True)
    order_number_norm = models.CharField(max_length=60, blank=True)
    # Which of several claims with one number came first; see ClaimedNumber.
    number_turn = models.PositiveIntegerField(default=0)
    rating = models.PositiveSmallIntegerField(_("Rating"), null=True, blank=True)
    feedback = models.TextField(_("Feedback"), max_length=5000, blank=True)
    did_redirect_at = models.DateTimeField(null=True)
    ship_to = models.JSONField(default=dict, blank=True)

    verification = models.CharField(_("Verification"), max_length=20, choices=Verification.choices)
    verification_reason = models.CharField(max_length=300, blank=True)
    matched_order = MerchantForeignKey(Order, on_delete=models.SET_NULL, null=True, related_name="claims")
    status = models.CharField(_("Status"), max_length=20, choices=Status.choices, default=Status.NEW)
    status_reason = models.CharField(max_length=500, blank=True)
    delivery_status = models.CharField(_("Delivery status"), max_length=20, choices=Delivery.choices)
    delivery_at = models.DateTimeField(null=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    grant = MerchantForeignKey("ledger.Grant", on_delete=models.PROTECT, null=True, related_name="+")
    code = MerchantForeignKey("codes.Code", on_delete=models.PROTECT, null=True, related_name="+")
    gift_code = models.CharField(max_length=120, blank=True)
    gift_item = models.CharField(max_length=200, blank=True)
    gift_address = models.JSONField(null=True)
    gift_sent_at = models.DateTimeField(null=True)
    gift_seq = models.PositiveSmallIntegerField(default=0)
    carrier = models.CharField(_("Carrier"), max_length=60, blank=True)
    tracking_number = models.CharField(_("Tracking number"), max_length=80, blank=True)

    submitted_at = models.DateTimeField(_("Submitted"))
    attention = models.CharField(
        _("From the customer"), max_length=20, choices=Attention.choices, blank=True, default="", db_default=""
    )
    # Which signals are open: claims_center.signals.marks.
    signals = models.PositiveSmallIntegerField(_("Signals"), default=0, db_default=0, editable=False)
    verified_at = models.DateTimeField(null=True)
    processed_at = models.DateTimeField(null=True)
    processed_by = models.CharField(max_length=60, blank=True)
    processed_entry_id = models.UUIDField(null=True)

    # Copies of other rows' columns that the list sorts by; renaming a product or a customer refreshes them.
    customer_name = models.CharField(_("Customer"), max_length=250, blank=True)
    customer_email = models.CharField(_("E-mail"), max_length=254, blank=True)
    product_title = models.CharField(_("Product"), max_length=200)
    funnel_name = models.CharField(max_length=120)
    promotion_name = models.CharField(_("Promotion"), max_length=120)
    promotion_kind = models.CharField(max_length=10, choices=PromotionKind.choices)
    assignee_name = models.CharField(_("Assigned to"), max_length=200, blank=True)
    is_repeat = models.BooleanField(_("Repeat customer"), default=False)

    rating_rank = models.GeneratedField(
        expression=Coalesce("rating", 0), output_field=models.SmallIntegerField(), db_persist=True
    )
    did_redirect = models.GeneratedField(
        expression=models.ExpressionWrapper(Q(did_redirect_at__isnull=False), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    version = models.PositiveIntegerField(default=0)
    change_xid = ChangeField()

    objects: ClassVar[ClaimManager] = ClaimManager()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "funnel", "op_key"], name="claim_post_once"),
            models.UniqueConstraint(fields=["merchant", "tracker_hash"], name="claim_tracker_once"),
            models.UniqueConstraint(
                fields=["merchant", "journey"], condition=Q(journey__isnull=False), name="claim_journey_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "code"], condition=Q(code__isnull=False), name="claim_code_once"
            ),
            models.UniqueConstraint(
                fields=["merchant", "grant"], condition=Q(grant__isnull=False), name="claim_grant_once"
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5), name="claim_rating_1_to_5"
            ),
            models.CheckConstraint(condition=Q(marketplace__in=Marketplace.values), name="claim_marketplace_known"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="claim_status_known"),
            models.CheckConstraint(condition=Q(verification__in=Verification.values), name="claim_verification_known"),
            models.CheckConstraint(
                condition=Q(promotion_kind="digital", delivery_status__in=DIGITAL_DELIVERY)
                | Q(promotion_kind="physical", delivery_status__in=PHYSICAL_DELIVERY),
                name="claim_delivery_fits_gift",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="processed",
                    processed_at__isnull=False,
                    processed_entry_id__isnull=False,
                    grant__isnull=False,
                )
                | ~Q(status="processed") & Q(processed_at__isnull=True, processed_entry_id__isnull=True),
                name="claim_processed_has_gift",
            ),
            models.CheckConstraint(condition=Q(attention__in=Attention.values), name="claim_attention_known"),
            models.CheckConstraint(condition=Q(signals__lt=32), name="claim_signals_known"),
            models.CheckConstraint(
                condition=~Q(status__in=["needs_info", "rejected"]) | ~Q(status_reason=""),
                name="claim_says_why",
            ),
            models.CheckConstraint(
                condition=Q(grant__isnull=False) | Q(code__isnull=True, gift_code=""), name="claim_code_with_voucher"
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | Q(grant__isnull=True), name="claim_rejected_holds_nothing"
            ),
        ]
        indexes = [
            # One for each column that the list sorts by (what the key figures read is included) ...
            models.Index(fields=["merchant", "submitted_at", "id"], include=["status"], name="claim_by_submitted"),
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
            models.Index(fields=["merchant", "attention", "id"], name="claim_by_attention"),
            models.Index(fields=["merchant", "signals", "id"], name="claim_by_signals"),
            # ... and one for each filter in the order in which the list opens.
            # A state with anything else is what people look at all day: counted without reading a claim.
            models.Index(
                fields=["merchant", "status", "submitted_at", "id"],
                include=[
                    "verification",
                    "marketplace",
                    "funnel",
                    "product",
                    "promotion_kind",
                    "assignee",
                    "delivery_status",
                    "did_redirect",
                    "is_repeat",
                ],
                name="claim_status_new",
            ),
            models.Index(fields=["merchant", "verification", "submitted_at", "id"], name="claim_verification_new"),
            models.Index(
                fields=["merchant", "funnel", "submitted_at", "id"],
                include=["product", "status", "did_redirect"],
                name="claim_funnel_new",
            ),
            models.Index(fields=["merchant", "product", "submitted_at", "id"], name="claim_product_new"),
            models.Index(fields=["merchant", "marketplace", "submitted_at", "id"], name="claim_marketplace_new"),
            models.Index(fields=["merchant", "promotion_kind", "submitted_at", "id"], name="claim_kind_new"),
            models.Index(fields=["merchant", "promotion", "submitted_at", "id"], name="claim_promotion_new"),
            models.Index(fields=["merchant", "did_redirect", "submitted_at", "id"], name="claim_redirect_new"),
            models.Index(fields=["merchant", "delivery_status", "submitted_at", "id"], name="claim_delivery_new"),
            models.Index(fields=["merchant", "assignee", "submitted_at", "id"], name="claim_assignee_new"),
            models.Index(fields=["merchant", "is_repeat", "submitted_at", "id"], name="claim_repeat_new"),
            models.Index(fields=["merchant", "customer", "submitted_at", "id"], name="claim_of_customer"),
            models.Index(
                fields=["merchant", "attention", "submitted_at", "id"],
                condition=~Q(attention=""),
                name="claim_attention_new",
            ),
            models.Index(
                fields=["merchant", "signals", "submitted_at", "id"],
                condition=Q(signals__gt=0),
                name="claim_signals_new",
            ),
            # Counting what became of each funnel's claims reads this index alone.
            models.Index(fields=["merchant", "funnel", "status", "did_redirect"], name="claim_of_funnel"),
            models.Index(
                fields=["merchant", "processed_at", "id"],
                include=["submitted_at"],
                condition=Q(processed_at__isnull=False),
                name="claim_processed",
            ),
            models.Index(
                fields=["merchant", "order_number_norm"], condition=~Q(order_number_norm=""), name="claim_by_number"
            ),
            models.Index(
                fields=["merchant", "matched_order"], condition=Q(matched_order__isnull=False), name="claim_of_order"
            ),
            models.Index(fields=["merchant", "change_xid", "id"], name="claim_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_name or self.customer_email} {self.submitted_at:%Y-%m-%d}"

    @property
    def tracker_token(self) -> str:
        """Return the secret of the customer's tracker link; kept encrypted, looked up by its hash."""
        return decrypt(self.tracker_sealed)

    @property
    def is_physical(self) -> bool:
        """Say whether the gift is shipped."""
        return self.promotion_kind == PromotionKind.PHYSICAL

    @property
    def is_gift_issued(self) -> bool:
        """Say whether the customer holds the gift's voucher."""
        return self.grant_id is not None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, always with the number that incremental readers go by."""
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "change_xid"}
        super().save(*args, **kwargs)

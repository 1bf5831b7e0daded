"""A Smart Funnel: the public page of one campaign."""

import secrets
from datetime import datetime

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from claims_center.models.product import Product
from claims_center.models.promotion import Promotion
from tenancy.base import MerchantForeignKey, MerchantModel
from tenancy.models.merchant import ALPHABET

SHORT_CODE = 8
# Hours; what was typed is kept for longer than that.
LONGEST_REMINDER = 120


def new_short_code() -> str:
    """Return the last part of a funnel's short address; nothing secret, but easy to type off paper."""
    return "".join(secrets.choice(ALPHABET) for _ in range(SHORT_CODE))


class OrderNumberRule(models.TextChoices):
    """Whether the funnel asks for the order number."""

    REQUIRED = "required", _("Required")
    OPTIONAL = "optional", _("Optional")
    NONE = "none", _("Not asked")


class FunnelState(models.TextChoices):
    """Where a funnel stands; follows from its dates."""

    DRAFT = "draft", _("Draft")
    SCHEDULED = "scheduled", _("Scheduled")
    OPEN = "open", _("Open")
    ENDED = "ended", _("Ended")
    CLOSED = "closed", _("Closed")
    ARCHIVED = "archived", _("Archived")


class Funnel(MerchantModel):
    """A campaign: its products, its promotion, when it is open, what it asks and says.

    `texts` holds the merchant's own words by name, where they differ from ours (see `claims_center.wording`);
    `version` counts what was saved, so that two people who edit at once notice each other. `short_code` never changes:
    it is what inserts are printed with. `remind_after_hours` is empty where nobody is reminded.
    """

    slug = models.CharField(
        _("Address"),
        max_length=60,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*\Z", _("Small letters, digits and dashes."))],
    )
    name = models.CharField(_("Name"), max_length=120)
    promotion = MerchantForeignKey(Promotion, on_delete=models.PROTECT, related_name="funnels")
    starts_at = models.DateTimeField(_("Opens"), null=True, blank=True)
    ends_at = models.DateTimeField(_("Ends"), null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True, editable=False)
    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    short_code = models.CharField(
        max_length=SHORT_CODE,
        default=new_short_code,
        editable=False,
    )
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    order_number = models.CharField(
        _("Order number"), max_length=10, choices=OrderNumberRule.choices, default=OrderNumberRule.REQUIRED
    )
    min_feedback = models.PositiveSmallIntegerField(
        _("Least length of feedback"), default=0, validators=[MaxValueValidator(1000)]
    )
    ask_rating = models.BooleanField(_("Ask for a rating"), default=True, db_default=True)
    ask_feedback = models.BooleanField(_("Ask for feedback"), default=True, db_default=True)
    max_order_age_days = models.PositiveSmallIntegerField(
        _("Most days between order and claim"), null=True, blank=True, help_text=_("Empty: orders of any age.")
    )
    headline = models.CharField(_("Headline"), max_length=160, blank=True)
    intro = models.TextField(_("Introduction"), max_length=2000, blank=True)
    feedback_prompt = models.CharField(_("Question for the feedback"), max_length=300, blank=True)
    thanks = models.TextField(_("Text after the claim"), max_length=2000, blank=True)
    terms = models.TextField(_("Terms"), max_length=8000, blank=True)
    texts = models.JSONField(default=dict, db_default={}, blank=True)
    logo = models.FileField(_("Logo"), upload_to="logos/", max_length=200, blank=True, default="", db_default="")
    accent = models.CharField(_("Accent colour"), max_length=7, blank=True, default="", db_default="")
    stop_when_sold_out = models.BooleanField(_("Stop when no code is left"), default=False, db_default=False)
    remind_after_hours = models.PositiveSmallIntegerField(
        _("Remind after"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(LONGEST_REMINDER)]
    )
    auto_verify = models.BooleanField(_("Verify by itself when the order matches"), default=False)
    auto_send = models.BooleanField(_("Then send the gift by itself"), default=False)
    created_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "slug"], name="funnel_slug_once"),
            models.CheckConstraint(condition=Q(slug__regex=r"^[a-z0-9][a-z0-9-]*$"), name="funnel_slug_plain"),
            models.CheckConstraint(
                condition=Q(starts_at__isnull=True) | Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="funnel_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(order_number__in=OrderNumberRule.values), name="funnel_order_number_known"
            ),
            models.CheckConstraint(
                condition=Q(auto_send=False) | Q(auto_verify=True), name="funnel_sends_what_it_verifies"
            ),
            models.CheckConstraint(
                condition=Q(max_order_age_days__isnull=True) | Q(max_order_age_days__gt=0), name="funnel_age_positive"
            ),
            models.CheckConstraint(condition=Q(min_feedback__lte=1000), name="funnel_feedback_sane"),
            models.UniqueConstraint(fields=["merchant", "short_code"], name="funnel_short_code_once"),
            models.CheckConstraint(condition=~Q(short_code=""), name="funnel_has_short_code"),
            models.CheckConstraint(
                condition=Q(ask_feedback=True) | Q(min_feedback=0), name="funnel_measures_what_it_asks"
            ),
            models.CheckConstraint(condition=Q(accent__regex=r"^(#[0-9a-f]{6})?$"), name="funnel_accent_colour"),
            models.CheckConstraint(
                condition=Q(remind_after_hours__isnull=True)
                | Q(remind_after_hours__gte=1, remind_after_hours__lte=LONGEST_REMINDER),
                name="funnel_reminds_in_time",
            ),
            models.CheckConstraint(
                condition=Q(archived_at__isnull=True) | Q(published_at__isnull=True) | Q(closed_at__isnull=False),
                name="funnel_archived_when_over",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "name", "id"], name="funnel_by_name"),
            models.Index(fields=["merchant", "created_at", "id"], name="funnel_by_age"),
            models.Index(fields=["merchant", "promotion"], name="funnel_of_promotion"),
        ]

    def __str__(self) -> str:
        return self.name

    def state(self, now: datetime) -> FunnelState:
        """Return where the funnel stands at `now`; the end is exclusive."""
        if self.archived_at is not None:
            return FunnelState.ARCHIVED
        if self.closed_at is not None:
            return FunnelState.CLOSED
        if self.published_at is None:
            return FunnelState.DRAFT
        if self.starts_at is not None and now < self.starts_at:
            return FunnelState.SCHEDULED
        if self.ends_at is not None and now >= self.ends_at:
            return FunnelState.ENDED
        return FunnelState.OPEN

    def is_open(self, now: datetime) -> bool:
        """Say whether claims are taken at `now`."""
        return self.state(now) == FunnelState.OPEN


class FunnelProduct(MerchantModel):
    """A product in a funnel, in the order in which the page shows them."""

    funnel = MerchantForeignKey(Funnel, on_delete=models.CASCADE, related_name="funnel_products")
    product = MerchantForeignKey(Product, on_delete=models.PROTECT, related_name="funnel_products")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant", "funnel", "product"], name="funnel_product_once")]
        indexes = [models.Index(fields=["merchant", "product"], name="funnel_product_product")]

    def __str__(self) -> str:
        return f"{self.funnel_id} {self.product_id}"


class FormerAddress(MerchantModel):
    """An address that a published funnel had: it leads to the funnel for good, and no other funnel can take it."""

    funnel = MerchantForeignKey(Funnel, on_delete=models.CASCADE, related_name="former_addresses")
    slug = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant", "slug"], name="former_address_once")]
        indexes = [models.Index(fields=["merchant", "funnel"], name="former_address_of_funnel")]

    def __str__(self) -> str:
        return self.slug

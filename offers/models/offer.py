"""An offer: what members get, when, how often, and how many are left of it."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offers.states import EFFECTIVITY_KINDS, RESPONSE_KINDS, USAGE_KINDS, CodeSource, OfferType, PeriodKind
from tenancy.base import MerchantForeignKey, MerchantModel
from tenancy.changes import ChangeField

MOST_DAYS = 3650


def _choices(kinds: tuple[PeriodKind, ...]) -> list[tuple[str, Any]]:
    return [(kind.value, kind.label) for kind in kinds]


def _kind(label: Any, kinds: tuple[PeriodKind, ...]) -> Any:
    return models.CharField(label, max_length=20, choices=_choices(kinds), default=PeriodKind.ALWAYS)


def _instant(label: Any) -> Any:
    return models.DateTimeField(label, null=True, blank=True)


def _after_days() -> Any:
    return models.PositiveSmallIntegerField(
        _("Begins so many days later"), default=0, validators=[MaxValueValidator(MOST_DAYS)]
    )


def _days() -> Any:
    return models.PositiveSmallIntegerField(
        _("Lasts so many days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )


def _in_order(name: str) -> models.CheckConstraint:
    start, end = f"{name}_from", f"{name}_to"
    return models.CheckConstraint(
        condition=Q(**{f"{start}__isnull": True}) | Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": F(start)}),
        name=f"offer_{name}_in_order",
    )


class Offer(MerchantModel):
    """An offer of the merchant. `total_limit` and `member_limit` are None for no limit; times are UTC instants.

    Members see it while its effectivity lasts, on the `weekdays` (bit 0 is Monday, 0 for every day) from `minute_from`
    until before `minute_to` of the merchant's day. A response is valid for `days_valid` days, or without them until
    its usage period ends. `version` counts the changes, so that two people do not overwrite each other's.
    """

    name = models.CharField(_("Name"), max_length=120)
    description = models.TextField(_("Description"), max_length=4000, blank=True)
    terms = models.TextField(_("Terms"), max_length=8000, blank=True)
    image = models.CharField(_("Image"), max_length=200, blank=True, editable=False)
    offer_type = models.CharField(_("Type"), max_length=20, choices=OfferType.choices)
    percent = models.DecimalField(_("Percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField(_("Amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    multiplier = models.DecimalField(_("Points times"), max_digits=5, decimal_places=2, null=True, blank=True)
    buy_quantity = models.PositiveSmallIntegerField(_("Buy"), null=True, blank=True)
    get_quantity = models.PositiveSmallIntegerField(_("Get"), null=True, blank=True)
    items = models.CharField(_("Items"), max_length=400, blank=True)
    minimum_amount = models.DecimalField(
        _("From a purchase of"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    currency = models.CharField(_("Currency"), max_length=3)

    effectivity_kind = _kind(_("Effectivity"), EFFECTIVITY_KINDS)
    effectivity_from = _instant(_("Seen from"))
    effectivity_to = _instant(_("Seen until"))
    effectivity_after_days = _after_days()
    effectivity_days = _days()
    weekdays = models.PositiveSmallIntegerField(_("Days of the week"), default=0)
    minute_from = models.PositiveSmallIntegerField(default=0)
    minute_to = models.PositiveSmallIntegerField(default=1440)
    response_kind = _kind(_("Response period"), RESPONSE_KINDS)
    response_from = _instant(_("Can be claimed from"))
    response_to = _instant(_("Can be claimed until"))
    response_after_days = _after_days()
    response_days = _days()
    usage_kind = _kind(_("Usage period"), USAGE_KINDS)
    usage_from = _instant(_("Can be used from"))
    usage_to = _instant(_("Can be used until"))
    usage_after_days = _after_days()
    usage_days = _days()
    days_valid = models.PositiveSmallIntegerField(
        _("Days that a response stays valid"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_DAYS)],
    )

    is_claimable = models.BooleanField(_("Members claim it themselves"), default=True)
    needs_clip = models.BooleanField(_("Has to be clipped before it is used"), default=False)
    has_shipping = models.BooleanField(_("Is shipped to the member"), default=False)
    total_limit = models.PositiveIntegerField(_("Responses in all"), null=True, blank=True)
    member_limit = models.PositiveIntegerField(_("Responses per member"), null=True, blank=True, default=1)
    code_source = models.CharField(
        _("Certificate code"), max_length=10, choices=CodeSource.choices, default=CodeSource.NONE
    )
    pool = MerchantForeignKey(
        "codes.CodePool", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Code pool")
    )

    created_at = models.DateTimeField(editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    change_xid = ChangeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="offer_has_name"),
            models.CheckConstraint(condition=Q(offer_type__in=OfferType.values), name="offer_type_known"),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gt=0, percent__lte=100), name="offer_percent_0_to_100"
            ),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="offer_amount_positive"),
            models.CheckConstraint(
                condition=Q(multiplier__isnull=True) | Q(multiplier__gt=0), name="offer_multiplier_positive"
            ),
            models.CheckConstraint(
                condition=Q(minimum_amount__isnull=True) | Q(minimum_amount__gte=0), name="offer_minimum_not_negative"
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="offer_currency_code"),
            models.CheckConstraint(
                condition=Q(code_source=CodeSource.NONE, pool__isnull=True)
                | Q(code_source__in=[CodeSource.POOL, CodeSource.GENERATED], pool__isnull=False),
                name="offer_pool_fits_code",
            ),
            models.CheckConstraint(
                condition=Q(effectivity_kind__in=EFFECTIVITY_KINDS)
                & Q(response_kind__in=RESPONSE_KINDS)
                & Q(usage_kind__in=USAGE_KINDS),
                name="offer_period_kinds_known",
            ),
            models.CheckConstraint(
                condition=Q(weekdays__lte=127, minute_from__lt=1440, minute_to__lte=1440, minute_to__gte=1),
                name="offer_hours_of_a_week",
            ),
            _in_order("effectivity"),
            _in_order("response"),
            _in_order("usage"),
        ]
        indexes = [
            models.Index(fields=["merchant", "created_at", "id"], name="offer_newest"),
            models.Index(fields=["merchant", "name", "id"], name="offer_by_name"),
            models.Index(fields=["merchant", "offer_type", "id"], name="offer_by_type"),
        ]

    def __str__(self) -> str:
        return self.name


class OfferStock(MerchantModel):
    """How many responses of an offer with `total_limit` stand; other offers have none: it is a hot row."""

    offer = MerchantForeignKey(Offer, on_delete=models.CASCADE, related_name="stock")
    taken = models.PositiveIntegerField(default=0)

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant", "offer"], name="offer_stock_once")]


class OfferTaken(MerchantModel):
    """How many responses of an offer with `member_limit` one member has."""

    offer = MerchantForeignKey(Offer, on_delete=models.CASCADE, related_name="takers")
    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    taken = models.PositiveIntegerField(default=0)

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant", "offer", "customer"], name="offer_taken_once")]
        indexes = [models.Index(fields=["merchant", "customer"], name="offer_taken_by")]

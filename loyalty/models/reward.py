"""A reward: what customers get for their points, and how many are left of it."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from loyalty.states import CodeSource, RewardType
from tenancy.base import MerchantForeignKey, MerchantModel
from tenancy.changes import ChangeField

MOST_POINTS = 1_000_000_000


class Reward(MerchantModel):
    """A reward campaign. `total_limit` and `customer_limit` are None for no limit; times are UTC instants.

    A redeemed coupon becomes active `days_until_active` days after it was redeemed and stays so for `days_valid` days
    (None: for ever). `version` counts the changes, so that two people do not overwrite each other's.
    """

    name = models.CharField(_("Name"), max_length=120)
    description = models.TextField(_("Description"), max_length=4000, blank=True)
    image = models.CharField(_("Image"), max_length=200, blank=True, editable=False)
    reward_type = models.CharField(_("Reward type"), max_length=30, choices=RewardType.choices)
    cost_in_points = models.PositiveIntegerField(_("Cost in points"))
    tax_value = models.DecimalField(
        _("Tax value"), max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    percent = models.DecimalField(_("Percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField(_("Amount"), max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(_("Currency"), max_length=3)
    visible_from = models.DateTimeField(_("Visible from"), null=True, blank=True)
    visible_to = models.DateTimeField(_("Visible to"), null=True, blank=True)
    active_from = models.DateTimeField(_("Active from"), null=True, blank=True)
    active_to = models.DateTimeField(_("Active to"), null=True, blank=True)
    code_source = models.CharField(_("Code"), max_length=10, choices=CodeSource.choices, default=CodeSource.NONE)
    pool = MerchantForeignKey(
        "codes.CodePool", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("Code pool")
    )
    burns_code = models.BooleanField(_("Burn the code of a canceled reward"), default=True)
    total_limit = models.PositiveIntegerField(_("Limit in all"), null=True, blank=True)
    customer_limit = models.PositiveIntegerField(_("Limit per customer"), null=True, blank=True)
    days_until_active = models.PositiveSmallIntegerField(_("Days until the coupon is active"), default=0)
    days_valid = models.PositiveSmallIntegerField(_("Days that the coupon stays valid"), null=True, blank=True)
    cashback_provider = models.CharField(_("Cashback provider"), max_length=20, blank=True)
    created_at = models.DateTimeField(editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    change_xid = ChangeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="reward_has_name"),
            models.CheckConstraint(condition=Q(reward_type__in=RewardType.values), name="reward_type_known"),
            models.CheckConstraint(condition=Q(cost_in_points__lte=MOST_POINTS), name="reward_cost_in_bounds"),
            models.CheckConstraint(condition=Q(tax_value__gte=0), name="reward_tax_not_negative"),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gt=0, percent__lte=100), name="reward_percent_0_to_100"
            ),
            models.CheckConstraint(condition=Q(amount__isnull=True) | Q(amount__gt=0), name="reward_amount_positive"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="reward_currency_code"),
            models.CheckConstraint(
                condition=Q(code_source=CodeSource.NONE, pool__isnull=True)
                | Q(code_source__in=[CodeSource.POOL, CodeSource.GENERATED], pool__isnull=False),
                name="reward_pool_fits_code",
            ),
            models.CheckConstraint(
                condition=Q(reward_type=RewardType.CASHBACK, amount__isnull=False) & ~Q(cashback_provider="")
                | ~Q(reward_type=RewardType.CASHBACK) & Q(cashback_provider=""),
                name="reward_cashback_has_provider",
            ),
            models.CheckConstraint(
                condition=Q(visible_from__isnull=True)
                | Q(visible_to__isnull=True)
                | Q(visible_to__gt=F("visible_from")),
                name="reward_visible_in_order",
            ),
            models.CheckConstraint(
                condition=Q(active_from__isnull=True) | Q(active_to__isnull=True) | Q(active_to__gt=F("active_from")),
                name="reward_active_in_order",
            ),
            models.CheckConstraint(
                condition=Q(days_valid__isnull=True) | Q(days_valid__gte=1), name="reward_valid_a_day"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "-created_at", "-id"], name="reward_newest"),
            models.Index(fields=["merchant", "name", "id"], name="reward_by_name"),
            models.Index(fields=["merchant", "cost_in_points", "id"], name="reward_by_cost"),
            models.Index(fields=["merchant", "reward_type", "id"], name="reward_by_type"),
        ]

    def __str__(self) -> str:
        return self.name


class RewardStock(MerchantModel):
    """How many of a reward with a limit are taken. Only rewards with `total_limit` have one: it is a hot row."""

    reward = MerchantForeignKey(Reward, on_delete=models.CASCADE, related_name="stock")
    taken = models.PositiveIntegerField(default=0)

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant", "reward"], name="reward_stock_once")]


class RewardTaken(MerchantModel):
    """How many of a reward one customer has taken. Only rewards with `customer_limit` have them."""

    reward = MerchantForeignKey(Reward, on_delete=models.CASCADE, related_name="takers")
    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    taken = models.PositiveIntegerField(default=0)

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant", "reward", "customer"], name="reward_taken_once")]
        indexes = [models.Index(fields=["merchant", "customer"], name="reward_taken_by")]

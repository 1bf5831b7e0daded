"""A redeemed reward, its history, and the words under which it is found."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_lazy as _

from loyalty.models.reward import Reward
from loyalty.states import CashbackStatus, CouponStatus, DeliveryStatus, Event, RewardType, Source
from tenancy.base import MerchantForeignKey, MerchantModel
from tenancy.changes import ChangeField
from tenancy.search import SearchToken

NEVER_USED = "1970-01-01T00:00:00+00:00"


class RedeemedReward(MerchantModel):
    """One reward that a customer took: what it cost, the voucher that stands for it, and its four dimensions.

    `coupon_status` is the label that was stored last; what holds at an instant is `loyalty.coupon`. `used_at` None is
    unused. `active_points_after` are the points that the customer could spend right after. Columns that begin with
    `customer_` and `reward_` are copies that the grid sorts by; renaming refreshes them, erasing blanks them.
    Only `loyalty.services` changes one; each change has a RedeemedChange with the number `version`.
    """

    reward = MerchantForeignKey(Reward, on_delete=models.PROTECT, related_name="redeemed")
    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="redeemed_rewards")
    op_key = models.CharField(max_length=120)
    source = models.CharField(max_length=10, choices=Source.choices)
    trigger_entry_id = models.UUIDField(null=True)
    entry_id = models.UUIDField()
    grant = MerchantForeignKey("ledger.Grant", on_delete=models.PROTECT, related_name="+")
    code = MerchantForeignKey("codes.Code", on_delete=models.PROTECT, null=True, related_name="+")
    code_value = models.CharField(max_length=120, blank=True)

    reward_name = models.CharField(_("Reward"), max_length=120)
    reward_type = models.CharField(_("Reward type"), max_length=30, choices=RewardType.choices)
    cost_in_points = models.PositiveIntegerField(_("Cost in points"))
    tax_value = models.DecimalField(_("Tax value"), max_digits=12, decimal_places=2)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    active_points_after = models.PositiveBigIntegerField(_("Customer active points amount"))

    redeemed_at = models.DateTimeField(_("Redeem date and time"))
    active_from = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    coupon_status = models.CharField(max_length=10, choices=CouponStatus.choices)
    used_at = models.DateTimeField(_("Usage date and time"), null=True)
    used_entry_id = models.UUIDField(null=True)
    delivery_status = models.CharField(_("Delivery status"), max_length=10, choices=DeliveryStatus.choices, blank=True)
    delivery_at = models.DateTimeField(null=True)
    ship_to = models.JSONField(null=True)
    carrier = models.CharField(_("Carrier"), max_length=60, blank=True)
    tracking_number = models.CharField(_("Tracking number"), max_length=80, blank=True)
    cashback_status = models.CharField(max_length=10, choices=CashbackStatus.choices, blank=True)
    cashback_text = models.CharField(_("Cashback status"), max_length=300, blank=True)
    canceled_at = models.DateTimeField(null=True)
    is_refunded = models.BooleanField(default=False)

    customer_email = models.CharField(_("Customer e-mail"), max_length=254, blank=True)
    customer_phone = models.CharField(_("Phone"), max_length=40, blank=True)
    customer_first_name = models.CharField(_("Customer's first name"), max_length=120, blank=True)
    customer_last_name = models.CharField(_("Customer's surname"), max_length=120, blank=True)

    is_used = models.GeneratedField(
        expression=models.ExpressionWrapper(Q(used_at__isnull=False), output_field=models.BooleanField()),
        output_field=models.BooleanField(),
        db_persist=True,
    )
    used_rank = models.GeneratedField(
        expression=Coalesce("used_at", Value(NEVER_USED, output_field=models.DateTimeField())),
        output_field=models.DateTimeField(),
        db_persist=True,
    )
    # Comparing numerics is not leakproof, so that deep pages sorted by the tax value go by its hundredths.
    tax_cents = models.GeneratedField(
        expression=Cast(F("tax_value") * 100, models.BigIntegerField()),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )
    version = models.PositiveIntegerField(default=0)
    change_xid = ChangeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "op_key"], name="redeemed_once"),
            models.UniqueConstraint(fields=["merchant", "grant"], name="redeemed_grant_once"),
            models.UniqueConstraint(
                fields=["merchant", "code"],
                condition=Q(code__isnull=False, canceled_at__isnull=True),
                name="redeemed_code_once",
            ),
            # A trigger answers one act of the customer once.
            models.UniqueConstraint(
                fields=["merchant", "reward", "trigger_entry_id"],
                condition=Q(trigger_entry_id__isnull=False),
                name="redeemed_trigger_once",
            ),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="redeemed_source_known"),
            models.CheckConstraint(condition=Q(reward_type__in=RewardType.values), name="redeemed_type_known"),
            models.CheckConstraint(
                condition=Q(coupon_status=CouponStatus.CANCELED, canceled_at__isnull=False)
                | ~Q(coupon_status=CouponStatus.CANCELED) & Q(canceled_at__isnull=True, is_refunded=False),
                name="redeemed_canceled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, used_entry_id__isnull=True)
                | Q(used_at__isnull=False, used_entry_id__isnull=False),
                name="redeemed_used_has_entry",
            ),
            models.CheckConstraint(
                condition=Q(delivery_status="", used_at__isnull=True)
                | Q(delivery_status="", reward_type=RewardType.CASHBACK)
                | Q(delivery_status=DeliveryStatus.ORDERED, used_at__isnull=False)
                | Q(
                    delivery_status__in=[DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED, DeliveryStatus.CANCELED],
                    used_at__isnull=False,
                    reward_type=RewardType.GIFT,
                ),
                name="redeemed_delivery_fits_use",
            ),
            models.CheckConstraint(
                condition=Q(reward_type=RewardType.CASHBACK) & ~Q(cashback_status="") & ~Q(cashback_text="")
                | ~Q(reward_type=RewardType.CASHBACK) & Q(cashback_status="", cashback_text=""),
                name="redeemed_cashback_has_status",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__isnull=True) | Q(expires_at__gt=F("active_from")),
                name="redeemed_valid_in_order",
            ),
        ]
        indexes = [
            # One for each column that the grid sorts by ...
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
            # ... and one for each filter in the order in which the grid opens.
            models.Index(fields=["merchant", "is_used", "redeemed_at", "id"], name="redeemed_used_new"),
            models.Index(fields=["merchant", "delivery_status", "redeemed_at", "id"], name="redeemed_delivery_new"),
            # (a reward, or a type, together with a status is counted in its index alone) ...
            models.Index(
                fields=["merchant", "reward", "redeemed_at", "id"],
                include=["is_used", "delivery_status", "coupon_status"],
                name="redeemed_reward_new",
            ),
            models.Index(
                fields=["merchant", "reward_type", "redeemed_at", "id"],
                include=["is_used", "delivery_status", "coupon_status"],
                name="redeemed_type_new",
            ),
            models.Index(fields=["merchant", "coupon_status", "redeemed_at", "id"], name="redeemed_coupon_new"),
            models.Index(
                fields=["merchant", "cashback_status", "redeemed_at", "id"],
                condition=~Q(cashback_status=""),
                name="redeemed_cashback_new",
            ),
            # Gifts are shipped: how many wait is counted on every page of the grid.
            models.Index(
                fields=["merchant", "delivery_status", "redeemed_at", "id"],
                condition=Q(reward_type=RewardType.GIFT),
                name="redeemed_gifts",
            ),
            models.Index(fields=["merchant", "customer", "redeemed_at", "id"], name="redeemed_of_customer"),
            # What the jobs look for: coupons whose stored label is due to change.
            models.Index(
                fields=["merchant", "active_from"], condition=Q(coupon_status="inactive"), name="redeemed_to_activate"
            ),
            models.Index(
                fields=["merchant", "expires_at"],
                condition=Q(coupon_status__in=["inactive", "active"], expires_at__isnull=False),
                name="redeemed_to_expire",
            ),
            models.Index(fields=["merchant", "change_xid", "id"], name="redeemed_changed"),
        ]

    def __str__(self) -> str:
        return f"{self.reward_name} {self.redeemed_at:%Y-%m-%d}"


class RedeemedChange(MerchantModel):
    """One act on a redeemed reward. Append-only: the application may blank `reason` and `detail`, nothing else."""

    redeemed = MerchantForeignKey(RedeemedReward, on_delete=models.PROTECT, related_name="changes")
    seq = models.PositiveIntegerField()
    event = models.CharField(max_length=40, choices=Event.choices)
    actor = models.CharField(max_length=60)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    detail = models.JSONField(default=dict)
    entry_id = models.UUIDField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "redeemed", "seq"], name="redeemed_change_once"),
            models.CheckConstraint(condition=Q(event__in=Event.values), name="redeemed_change_event_known"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d %H:%M}"


class RedeemedToken(SearchToken):
    """A word under which a redeemed reward is found: reward, code, customer's name, e-mail, phone."""

    row = MerchantForeignKey(RedeemedReward, on_delete=models.CASCADE, related_name="tokens")

    class Meta(SearchToken.Meta):
        abstract = False
        constraints = [models.UniqueConstraint(fields=["merchant", "token", "row"], name="redeemed_token_once")]
        # With the word, so that a word of a row is looked up in the index alone.
        indexes = [models.Index(fields=["merchant", "row", "token"], name="redeemed_token_row")]

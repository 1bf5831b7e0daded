"""How points are earned, given back, and put right by hand. The points themselves are grants of the ledger."""

from collections.abc import Sequence

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from loyalty.states import AdjustmentState, Expiry, Rounding
from tenancy.base import MerchantForeignKey, MerchantModel
from triggers.acts import Given

LONGEST_REFERENCE = 120


class LoyaltySettings(MerchantModel):
    """A merchant's rules for points and rewards: one row, or none while everything is by default.

    A purchase earns `points_per_unit` for each unit of the merchant's currency, from `minimum_amount` on.
    """

    points_per_unit = models.DecimalField(
        _("Points for each unit of currency"),
        max_digits=9,
        decimal_places=4,
        default=1,
        validators=[MinValueValidator(0)],
    )
    minimum_amount = models.DecimalField(
        _("From a purchase of"), max_digits=12, decimal_places=2, default=0, validators=[MinValueValidator(0)]
    )
    rounding = models.CharField(_("Part of a point"), max_length=10, choices=Rounding.choices, default=Rounding.DOWN)
    lock_days = models.PositiveSmallIntegerField(_("Days until points can be spent"), default=0)
    expiry = models.CharField(_("Points expire"), max_length=15, choices=Expiry.choices, default=Expiry.NEVER)
    expiry_days = models.PositiveSmallIntegerField(
        _("Days until they expire"), default=365, validators=[MinValueValidator(1)]
    )
    expiry_months = models.PositiveSmallIntegerField(_("Months or years later"), default=0)
    approval_above = models.PositiveIntegerField(
        _("Adjustments above this need a second person"), null=True, blank=True
    )
    # What one point is worth in the merchant's currency, for the report of what is owed; None says nothing of it.
    point_value = models.DecimalField(
        _("Value of a point"),
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    reminds = models.BooleanField(_("Remind customers by e-mail before points expire"), default=False, db_default=False)
    reminder_days = models.PositiveSmallIntegerField(_("Remind of expiring points so many days before"), default=14)
    fulfilment_email = models.EmailField(_("Who ships gifts is told at"), blank=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant"], name="loyalty_settings_once"),
            models.CheckConstraint(
                condition=Q(points_per_unit__gte=0, minimum_amount__gte=0), name="loyalty_settings_positive"
            ),
            models.CheckConstraint(condition=Q(expiry__in=Expiry.values), name="loyalty_settings_expiry_known"),
            models.CheckConstraint(condition=Q(expiry_days__gte=1), name="loyalty_settings_a_day"),
            models.CheckConstraint(
                condition=Q(point_value__isnull=True) | Q(point_value__gte=0), name="loyalty_settings_value_positive"
            ),
        ]


class Purchase(MerchantModel):
    """A purchase told by a till or a file. `reference` is the shop's own and comes once. Amounts in `currency`.

    `brought` is what triggers gave because of it, known right after it was recorded.
    """

    brought: Sequence[Given] = ()

    # In byte order, so that a reference is found by its beginning whatever the database's language.
    reference = models.CharField(max_length=LONGEST_REFERENCE, db_collation="C")
    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="purchases")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    entry_id = models.UUIDField()
    grant = MerchantForeignKey("ledger.Grant", on_delete=models.PROTECT, null=True, related_name="+")
    points_earned = models.PositiveIntegerField(default=0)
    returned_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    points_returned = models.PositiveIntegerField(default=0)
    # Comparing numerics is not leakproof, so that deep pages sorted by the amount go by its hundredths.
    amount_cents = models.GeneratedField(
        expression=Cast(F("amount") * 100, models.BigIntegerField()),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "reference"], name="purchase_once"),
            models.CheckConstraint(condition=~Q(reference=""), name="purchase_has_reference"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="purchase_not_negative"),
            models.CheckConstraint(
                condition=Q(returned_amount__gte=0, returned_amount__lte=F("amount")), name="purchase_returns_within"
            ),
            models.CheckConstraint(
                condition=Q(points_returned__lte=F("points_earned")), name="purchase_points_returned_within"
            ),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="purchase_currency_code"),
        ]
        indexes = [
            models.Index(fields=["merchant", "customer", "occurred_at", "id"], name="purchase_of_customer"),
            models.Index(fields=["merchant", "occurred_at", "id"], name="purchase_by_time"),
            models.Index(fields=["merchant", "amount_cents", "id"], name="purchase_by_amount"),
            models.Index(fields=["merchant", "points_earned", "id"], name="purchase_by_points"),
            models.Index(fields=["merchant", "points_returned", "id"], name="purchase_by_returned"),
        ]

    def __str__(self) -> str:
        return self.reference


class PurchaseReturn(MerchantModel):
    """Goods brought back. `points_returned` were taken from the purchase's own lot; `shortfall` was spent already.

    Where spent points come back to that lot, the return takes them: the one grows, the other shrinks.
    """

    purchase = MerchantForeignKey(Purchase, on_delete=models.PROTECT, related_name="returns")
    reference = models.CharField(max_length=LONGEST_REFERENCE)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    points_returned = models.PositiveIntegerField()
    shortfall = models.PositiveIntegerField(default=0)
    entry_id = models.UUIDField()
    recorded_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "purchase", "reference"], name="purchase_return_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="purchase_return_positive"),
        ]

    def __str__(self) -> str:
        return self.reference


class PointAdjustment(MerchantModel):
    """Points given or taken by hand, with a reason. Above the merchant's limit a second person has to agree."""

    customer = MerchantForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="point_adjustments")
    op_key = models.CharField(max_length=120)
    points = models.IntegerField(_("Points"))
    expires_at = models.DateTimeField(null=True)
    reason = models.CharField(_("Reason"), max_length=500)
    state = models.CharField(max_length=10, choices=AdjustmentState.choices)
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)
    entry_id = models.UUIDField(null=True)

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "op_key"], name="adjustment_once"),
            models.CheckConstraint(condition=~Q(points=0), name="adjustment_not_zero"),
            models.CheckConstraint(condition=Q(state__in=AdjustmentState.values), name="adjustment_state_known"),
            models.CheckConstraint(
                condition=Q(state=AdjustmentState.DONE, entry_id__isnull=False)
                | Q(state=AdjustmentState.UNDONE)
                | Q(state__in=[AdjustmentState.WAITING, AdjustmentState.DECLINED], entry_id__isnull=True),
                name="adjustment_done_has_entry",
            ),
            # Two people: nobody agrees to what they asked for themselves.
            models.CheckConstraint(
                condition=~Q(decided_by=F("asked_by")) | Q(decided_by=""), name="adjustment_two_people"
            ),
        ]
        indexes = [
            models.Index(fields=["merchant", "state", "asked_at", "id"], name="adjustment_waiting"),
            models.Index(fields=["merchant", "customer", "asked_at"], name="adjustment_of_customer"),
            models.Index(fields=["merchant", "asked_at", "id"], name="adjustment_by_time"),
            models.Index(fields=["merchant", "points", "id"], name="adjustment_by_points"),
        ]

    def __str__(self) -> str:
        return f"{self.points:+d}"


class PointReminder(MerchantModel):
    """That a customer was told by e-mail of points that end at `expires_at`: once for each end of lots."""

    customer = MerchantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="point_reminders")
    expires_at = models.DateTimeField()
    points = models.PositiveIntegerField()
    reminded_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [
            models.UniqueConstraint(fields=["merchant", "customer", "expires_at"], name="point_reminder_once")
        ]
        indexes = [models.Index(fields=["merchant", "expires_at"], name="point_reminder_by_end")]

    def __str__(self) -> str:
        return f"{self.points} {self.expires_at:%Y-%m-%d}"


class ReminderStop(MerchantModel):
    """That a customer wants no reminders of points that end; other mails go on."""

    customer = MerchantForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="reminder_stops")
    stopped_at = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant", "customer"], name="reminder_stop_once")]

    def __str__(self) -> str:
        return f"{self.stopped_at:%Y-%m-%d}"

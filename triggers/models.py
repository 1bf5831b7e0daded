"""A trigger, as the rooms that give something keep it, and how far a merchant's journal was answered."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenancy.base import MerchantModel
from tenancy.places import Place
from triggers.states import Occasion


class Trigger(MerchantModel):
    """That something is given by itself on an occasion: one row for each occasion, switched on and off.

    Subclasses name what is given. It answers acts from `active_since` on, until it is switched off. `minimum_amount`,
    in the merchant's currency, belongs to purchases alone.
    """

    event = models.CharField(_("Given on"), max_length=40, choices=Occasion.choices)
    minimum_amount = models.DecimalField(
        _("From a purchase of"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
    )
    is_active = models.BooleanField(default=True)
    active_since = models.DateTimeField()

    class Meta(MerchantModel.Meta):
        abstract = True

    def __str__(self) -> str:
        return str(self.get_event_display())

    def more(self) -> dict[str, Any]:
        """Return what else the room of what is given keeps of it, as the audit log has it."""
        return {}

    def take_flag(self, flag: bool) -> None:  # noqa: FBT001 - the value itself
        """Take over the one thing that the room of what is given wants to know."""


def rules_of(name: str) -> list[Any]:
    """Return the constraints that every kind of trigger has; `name` is what is given, and the field that names it."""
    return [
        models.UniqueConstraint(fields=["merchant", name, "event"], name=f"{name}_trigger_once"),
        models.CheckConstraint(condition=Q(event__in=Occasion.values), name=f"{name}_trigger_event_known"),
        models.CheckConstraint(
            condition=Q(minimum_amount__isnull=True) | Q(event=Occasion.PURCHASE, minimum_amount__gte=0),
            name=f"{name}_trigger_minimum_of_purchase",
        ),
    ]


def indexes_of(name: str) -> list[models.Index]:
    """Return the index by which every act looks for triggers that answer it."""
    return [models.Index(fields=["merchant", "event"], condition=Q(is_active=True), name=f"{name}_trigger_armed")]


class TriggerState(Place):
    """How far a merchant's journal was looked through for acts without their answer.

    `upto` and `after_id`: every entry of transactions below `upto` is done, and those of `upto` itself up to the entry
    `after_id`. `birthdays_until`: the last day, in the merchant's zone, whose birthdays are done.
    """

    upto = models.BigIntegerField(default=0)
    after_id = models.UUIDField(null=True)
    birthdays_until = models.DateField(null=True)

    NUMBER = "upto"
    ENTRY = "after_id"

    class Meta(Place.Meta):
        constraints = [models.UniqueConstraint(fields=["merchant"], name="trigger_state_once")]

    def __str__(self) -> str:
        return str(self.upto)

"""On which occasions members are given an offer by itself."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from offers.models.offer import Offer
from tenancy.base import MerchantForeignKey
from triggers.models import Trigger, indexes_of, rules_of


class OfferTrigger(Trigger):
    """An occasion on which an offer is given; with `is_clipped` the response starts as Clipped."""

    offer = MerchantForeignKey(Offer, on_delete=models.CASCADE, related_name="triggers")
    is_clipped = models.BooleanField(_("Clipped at once"), default=False)

    class Meta(Trigger.Meta):
        abstract = False
        constraints = rules_of("offer")
        indexes = indexes_of("offer")

    def more(self) -> dict[str, Any]:
        """Return whether its responses start as Clipped."""
        return {"is_clipped": self.is_clipped}

    def take_flag(self, flag: bool) -> None:  # noqa: FBT001 - the value itself
        """Let its responses start as Clipped, or as Pending."""
        self.is_clipped = flag

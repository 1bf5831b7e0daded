"""Offers as something that triggers give."""

from datetime import datetime

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext_lazy as _

from offers import periods
from offers.errors import Refused
from offers.models import Offer, OfferResponse, OfferStock, OfferTaken
from offers.models.trigger import OfferTrigger
from offers.services.issuing import issue
from offers.states import Source
from tenancy.actors import Actor
from tenancy.selectors import merchant_zone
from triggers.acts import Armed, Happened
from triggers.kit import Target


class OfferTarget(Target):
    """Responses to offers."""

    name = "offer"
    model = OfferTrigger
    thing, given, stock, taken = Offer, OfferResponse, OfferStock, OfferTaken
    own_limit = "member_limit"
    closed = _("The offer is not open now: triggers would give nothing.")
    flag = "t.is_clipped"
    # An offer or a member who is gone meanwhile is refused too.
    refused = (Refused, ObjectDoesNotExist)

    def give(self, trigger: Armed, act: Happened, *, now: datetime) -> OfferResponse:
        """Issue a response because of the act."""
        return issue(
            offer_id=trigger.subject_id,
            customer_id=act.customer_id,
            op_key=trigger.key_for(act),
            source=Source.TRIGGER,
            actor=Actor.system(),
            now=now,
            is_clipped=trigger.flag,
            trigger_entry_id=act.entry_id,
        )

    def is_open(self, thing: Offer, *, at: datetime) -> bool:
        """Say whether the offer may be given."""
        return periods.may_be_given(thing, merchant_zone(), at=at)


OFFERS = OfferTarget()

"""Offers as something that triggers give."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils.translation import gettext as _

from offers import periods
from offers.errors import Refused
from offers.models import Offer, OfferResponse, OfferStock, OfferTaken
from offers.models.trigger import OfferTrigger
from offers.services.issuing import issue
from offers.states import Source
from tenancy.actors import Actor
from tenancy.selectors import merchant_zone
from triggers.acts import Armed, Happened
from triggers.kit import Room, Target


class OfferTarget(Target):
    """Responses to offers."""

    name = "offer"
    model = OfferTrigger
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

    def answered(
        self, *, subjects: Collection[uuid.UUID], entries: Sequence[uuid.UUID]
    ) -> set[tuple[uuid.UUID, uuid.UUID]]:
        """Return which of these offers were given because of which of these entries."""
        rows: Any = OfferResponse.objects.filter(offer_id__in=list(subjects), trigger_entry_id__in=list(entries))
        return set(rows.values_list("offer_id", "trigger_entry_id"))

    def held(self, *, subject_id: uuid.UUID) -> Offer:
        """Return the offer, locked."""
        found: Offer = Offer.objects.select_for_update(no_key=True).get(id=subject_id)
        return found

    def room(self, *, subject_id: uuid.UUID, at: datetime) -> Room:
        """Return how often members could still have the offer."""
        offer = Offer.objects.get(id=subject_id)
        own: dict[uuid.UUID, int] = {}
        if offer.member_limit is not None:
            rows = OfferTaken.objects.filter(offer_id=subject_id)
            own = dict(rows.values_list("customer_id", "taken"))
        left = None
        if offer.total_limit is not None:
            taken = OfferStock.objects.filter(offer_id=subject_id).values_list("taken", flat=True).first() or 0
            left = max(offer.total_limit - taken, 0)
        is_open = periods.may_be_given(offer, merchant_zone(), at=at)
        closed = "" if is_open else _("The offer is not open now: triggers would give nothing.")
        return Room(offer.member_limit, own, left, closed)


OFFERS = OfferTarget()

"""Processed claims as acts that set triggers off."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from claims_center.models import Claim
from claims_center.states import Event
from ledger.models import Entry
from triggers.acts import About, Happened
from triggers.kit import Source


class Processings(Source):
    """Claims that were processed, each once, however often it was taken back."""

    def describe(self, entries: Sequence[Entry], *, slug: str) -> dict[uuid.UUID, About]:
        """Return the claims by what they were about."""
        claims = Claim.objects.filter(id__in=[one.origin_id for one in entries]).select_related("product")
        known = {claim.id: claim.product.title for claim in claims}
        return {
            one.id: About(
                _("Claim: %(product)s") % {"product": known[one.origin_id]},
                reverse("claims:claim", args=[slug, one.origin_id]),
            )
            for one in entries
            if one.origin_id in known
        }


def processed(*, claim: Claim, entry_id: uuid.UUID, now: datetime) -> Happened:
    """Return that a claim was processed, as triggers are told of it."""
    return Happened(
        event=Event.PROCESSED.value,
        entry_id=entry_id,
        customer_id=claim.customer_id,
        origin_id=claim.id,
        occurred_at=now,
    )


PROCESSINGS = Processings()

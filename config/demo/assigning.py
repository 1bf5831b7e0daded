"""An offer of the demo that is given to many members at once; the worker goes through them as soon as it starts."""

from typing import Any

from config.demo.base import Stage
from customers.models import Customer
from jobs.bulk import choosing
from offers.assigning.drafting import Wanted, draft_for
from offers.assigning.kit import ASSIGNMENTS
from offers.models import Offer
from ui.bulk import Selection

NAME = "Weekend treat"
MEMBERS = 25


def assign_offer(stage: Stage) -> None:
    """Begin giving an offer to those who have been customers longest; some of them have it already."""
    offer = Offer.objects.get(name=NAME)
    longest = Customer.objects.filter(erased_at=None).order_by("created_at", "id").values_list("id", flat=True)
    chosen = Selection(tuple(str(one) for one in longest[:MEMBERS]), everything=False, query="")
    wanted = Wanted(starts_clipped=True, reason="Thank you for staying with us")
    about: dict[str, Any] = {"actor": stage.actor("admin"), "now": stage.now}
    bulk = draft_for(offer=offer, selection=chosen, wanted=wanted, **about)
    choosing.start(kit=ASSIGNMENTS, bulk_id=bulk.id, given={}, **about)

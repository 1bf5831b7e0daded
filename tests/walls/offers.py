"""The buttons of offers and their responses."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from jobs.bulk import choosing
from jobs.runner import run_one
from offers.assigning.drafting import Wanted, draft_for
from offers.assigning.kit import ASSIGNMENTS
from offers.bulk.kit import RESPONSES
from offers.services.using import reserve
from offers.states import Status
from tenancy.scope import current_merchant_id
from tests.offers import factories as make
from tests.walls.prepared import Target
from ui.bulk import Selection

OFFER: dict[str, Any] = {
    "name": "Twenty off",
    "offer_type": "percent_off",
    "percent": "20",
    "effectivity_kind": "always",
    "response_kind": "always",
    "usage_kind": "after_response",
    "usage_days": "14",
    "is_claimable": "on",
    "member_limit": "1",
    "code_source": "none",
    "version": "1",
}


def response(status: Status = Status.PENDING, **body: Any) -> Callable[[], Target]:
    """A response that stands there, of an offer that has to be clipped where it is clipped."""
    return lambda: ([make.standing(status).id], body)


def reserved(**body: Any) -> Callable[[], Target]:
    def prepare() -> Target:
        held, _token = reserve(response_id=make.give().id, **make.by())
        return [held.id], body

    return prepare


def to_a_member(**body: Any) -> Callable[[], Target]:
    return lambda: ([make.offer().id], {"member": make.member().email, **body})


def in_catalogue(*, archived: bool = False, published: bool = True, **body: Any) -> Callable[[], Target]:
    def prepare() -> Target:
        now = timezone.now()
        return [make.offer(archived_at=now if archived else None, published_at=now if published else None).id], body

    return prepare


HOW = {"starts": "pending"}


def in_bulk() -> Target:
    return ["clip"], {"id": [str(make.give().id)], "query": ""}


def to_assign() -> Target:
    make.member()
    return [make.offer().id], HOW | {"whom": "matching"}


def to_the_chosen() -> Target:
    return [], HOW | {"id": [str(make.member().id)], "query": "", "offer": str(make.offer().id)}


def a_bulk_act(state: str, *, assigns: bool = False) -> Callable[[], Target]:
    """A draft to clip a response, or to assign an offer to a member; the same begun, or done."""

    def prepare() -> Target:
        by: dict[str, Any] = {"actor": make.STAFF, "now": timezone.now()}
        kit: Any = ASSIGNMENTS if assigns else RESPONSES
        document = make.member() if assigns else make.give()
        chosen = Selection((str(document.id),), everything=False, query="")
        bulk: Any = (
            draft_for(offer=make.offer(), selection=chosen, wanted=Wanted(), **by)
            if assigns
            else choosing.draft(kit=kit, act="clip", selection=chosen, **by)
        )
        if state != "draft":
            bulk = choosing.start(kit=kit, bulk_id=bulk.id, given={}, **by)
        if state == "done":
            run_one(current_merchant_id(), bulk.job_id)
        return [bulk.id], {"confirm": "1"} if state == "draft" else {}

    return prepare

"""The buttons of offers and their responses."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from offers.services.using import reserve
from offers.states import Status
from tests.offers import factories as make
from tests.walls.prepared import Target

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

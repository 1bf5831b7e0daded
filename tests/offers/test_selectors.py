"""What a member meets: offers to claim, offers held, and the reason where one cannot be claimed."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from offers import benefits, selectors
from offers.models import Offer
from offers.selectors import for_customer
from offers.services.closing import cancel
from tenancy.models import Merchant
from tests.offers import factories as make

pytestmark = pytest.mark.django_db


def shown(who: Any) -> dict[str, tuple[bool, str, bool]]:
    found = for_customer(customer_id=who.id, at=timezone.now())
    return {one.offer.name: (one.claimable, one.code, one.response is not None) for one in found}


def test_offers_with_the_reason_why_not(scope: Merchant) -> None:
    who = make.member()
    make.offer(name="open")
    make.offer(name="later", response_kind="fixed", response_from=make.soon(days=2))
    make.offer(name="gone", total_limit=0)
    make.offer(name="empty", pool=make.pool(0))
    held = make.give(make.offer(name="held", member_limit=1), who)
    make.offer(name="draft", published_at=None)
    make.offer(name="over", effectivity_kind="fixed", effectivity_to=make.soon(days=-1))
    make.offer(name="given only", is_claimable=False)

    assert shown(who) == {
        "held": (False, "response_limit_reached", True),
        "open": (True, "", False),
        "later": (False, "offer_not_open", False),
        "gone": (False, "sold_out", False),
        "empty": (False, "sold_out", False),
    }
    assert next(iter(shown(who))) == "held"
    cancel(response_id=held.id, reason="Mistake", **make.by(make.STAFF))
    assert shown(who)["held"] == (True, "", True)


def test_held_offers_stay_when_nobody_can_claim_them_any_more(scope: Merchant) -> None:
    who, what = make.member(), make.offer(name="old")
    make.give(what, who)
    Offer.objects.filter(id=what.id).update(archived_at=timezone.now())

    assert shown(who) == {"old": (False, "offer_not_open", True)}
    assert shown(make.member()) == {}


def test_every_offer_that_is_held_however_many_responses_there_are(
    scope: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, old, new = make.member(), make.offer(name="old"), make.offer(name="new")
    held = make.give(old, who)
    given = [make.give(new, who) for _ in range(3)]
    cancel(response_id=given[2].id, reason="Mistake", **make.by(make.STAFF))

    def responses() -> dict[str, Any]:
        found = for_customer(customer_id=who.id, at=timezone.now())
        return {one.offer.name: one.response.id for one in found if one.response}

    for most in (selectors.MOST_RESPONSES, 2):
        monkeypatch.setattr(selectors, "MOST_RESPONSES", most)
        assert responses() == {"old": held.id, "new": given[1].id}


def test_same_queries_for_any_number_of_offers(scope: Merchant) -> None:
    who = make.member()
    counts = []
    for _ in range(2):
        make.give(make.offer(member_limit=1), who)
        make.offer()
        with CaptureQueriesContext(connection) as captured:
            for_customer(customer_id=who.id, at=timezone.now())
        counts.append(len(captured))
    assert counts == [5, 5]


BENEFITS = [
    ({"offer_type": "percent_off", "percent": "12.50"}, "12.5% off", "12.50"),
    ({"offer_type": "amount_off", "percent": None, "amount": "5.00", "minimum_amount": "30"}, "$5.00 off from", "5.00"),
    ({"offer_type": "buy_x_get_y", "buy_quantity": 2, "get_quantity": 1, "items": "Tea"}, "Buy 2, get 1: Tea", "2+1"),
    ({"offer_type": "free_item", "items": "Mug, Lid"}, "Mug, Lid", None),
    ({"offer_type": "points_multiplier", "multiplier": "2"}, "Points times 2", "2.00"),
]


@pytest.mark.parametrize(("values", "words", "value"), BENEFITS)
def test_benefit_in_words_and_in_parts(scope: Merchant, values: dict[str, Any], words: str, value: str | None) -> None:
    made = Offer.objects.get(id=make.offer(**{"percent": None} | values).id)

    assert words in benefits.in_words(made)
    found = benefits.benefit_of(made)
    assert (found["kind"], found["value"], found["currency"]) == (values["offer_type"], value, "USD")
    if "items" in values:
        assert found["items"] == [name.strip() for name in values["items"].split(",")]

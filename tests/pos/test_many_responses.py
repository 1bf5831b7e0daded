"""A member with any number of open responses: every one that can be used is found, and a handful costs what it did."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.models import Customer
from offers.models import Offer, OfferResponse
from offers.rules import having_use, why_not
from offers.services.using import clip, reserve
from offers.states import PeriodKind, Status
from pos import openings
from pos.baskets import why_not_for
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.selectors import merchant_zone
from tests.offers import factories
from tests.pos.till import Till

pytestmark = pytest.mark.django_db(databases=["default", "aside"])

BASKET = {"amount": "20.00", "currency": "USD", "items": [{"sku": "mug", "quantity": 1}]}
MANY = 450


def offers() -> list[Offer]:
    """Offers of which the first can be used for the basket, and the others cannot, each for a reason of its own."""
    later = {"usage_kind": PeriodKind.FIXED, "usage_from": factories.soon(days=2)}
    return [
        factories.offer(name="Mug", items="Mug", days_valid=30),
        factories.offer(name="Clip", needs_clip=True, days_valid=3),
        factories.offer(name="Later", **later),
        factories.offer(name="Dear", minimum_amount=Decimal(50), days_valid=5),
        factories.offer(name="Cup", items="Cup"),
    ]


def given(who: Customer, number: int) -> list[OfferResponse]:
    """So many responses; those that can be used were issued first, a third of them, and end soonest last."""
    fits, *others = offers()
    made = [factories.give(fits, who) for _ in range(max(1, number // 3))]
    made += [factories.give(others[turn % len(others)], who) for turn in range(number - len(made))]
    for turn, one in enumerate(made[: number // 3]):
        OfferResponse.objects.filter(id=one.id).update(expires_at=factories.soon(days=30, seconds=-turn))
    return made


def pages(till: Till, who: Customer, **params: Any) -> list[list[str]]:
    found, path, first = [], f"members/{who.id}/responses", {"usable": "true", **params}
    while True:
        page = till.get(path, **first).json()
        found.append([one["id"] for one in page["results"]])
        if page["next"] is None:
            return found
        first["after"] = page["next"].split("after=")[1].split("&")[0]


def soonest(rows: list[OfferResponse]) -> list[str]:
    fresh = [factories.fresh(row) for row in rows]
    return [str(row.id) for row in sorted(fresh, key=lambda row: (row.expires_rank, row.id))]


@pytest.mark.parametrize("number", [1, 3, MANY])
def test_find_every_one_that_can_be_used(till: Till, merchant: Merchant, mara: Customer, number: int) -> None:
    with merchant_scope(merchant):
        made = given(mara, number)
        at = timezone.now()
        usable = soonest([one for one in made if why_not(factories.fresh(one), at=at) is None])
        basket = {"amount": Decimal(20), "items": [{"sku": "mug", "quantity": 1}]}
        fits = soonest([one for one in made if why_not_for(factories.fresh(one), basket, at=at) is None])
    assert len(fits) == max(1, number // 3)
    found = pages(till, mara)
    assert [one for page in found for one in page] == usable
    assert [len(page) for page in found[:-1]] == [openings.FEW] * (len(found) - 1)
    checked = till.post(f"members/{mara.id}/responses/check", BASKET, key="").json()
    assert [one["id"] for one in checked["usable"]] == fits
    assert len(checked["not_usable"]) == number - len(fits)
    assert checked["more"] is False


def test_page_through_a_handful_too(till: Till, merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(merchant):
        usable = soonest([factories.give(factories.offer(days_valid=days), mara) for days in (3, 1, None, 2, None)])
    assert pages(till, mara, page_size="2") == [usable[:2], usable[2:4], usable[4:]]
    wrong = till.get(f"members/{mara.id}/responses", usable="true", after="2026_x")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "invalid_request")


def test_say_that_there_are_more_and_tell_what_fits_first(
    till: Till, merchant: Merchant, mara: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openings, "FEW", 2)
    monkeypatch.setattr(openings, "MOST", 4)
    with merchant_scope(merchant):
        cup, mug = factories.offer(items="cup", days_valid=1), factories.offer(items="mug", days_valid=9)
        made = [factories.give(one, mara) for one in (mug, cup, cup, mug, cup)]
    checked = till.post(f"members/{mara.id}/responses/check", BASKET, key="").json()
    assert [one["id"] for one in checked["usable"]] == [str(made[0].id), str(made[3].id)]
    assert [one["response_id"] for one in checked["not_usable"]] == [str(made[1].id), str(made[2].id)]
    assert checked["more"] is True


def test_cost_of_a_handful(till: Till, merchant: Merchant, mara: Customer) -> None:
    """However many of a handful there are, the rows are read by one query."""
    counts = set()
    for _ in range(2):
        with merchant_scope(merchant):
            factories.give(factories.offer(), mara)
        asks: tuple[Callable[[], Any], ...] = (
            lambda: till.get(f"members/{mara.id}/responses", usable="true"),
            lambda: till.post(f"members/{mara.id}/responses/check", BASKET, key=""),
        )
        for ask in asks:
            with CaptureQueriesContext(connection) as seen:
                assert ask().status_code == 200
            counts.add(sum("offers_offerresponse" in query["sql"] for query in seen))
    assert counts == {1}


def test_can_be_used_is_the_same_in_both_spellings(scope: Merchant) -> None:
    rows = [factories.standing(status, factories.offer(days_valid=3)) for status in Status]
    rows += [factories.give(one) for one in offers()]
    rows += [factories.ended(factories.give(factories.offer(days_valid=3))), factories.give(factories.passed())]
    held, ready = factories.give(), factories.give(factories.offer(needs_clip=True))
    reserve(response_id=held.id, **factories.by(ttl=timedelta(minutes=5)))
    clip(response_id=ready.id, **factories.by())
    rows += [held, ready]
    for at in (timezone.now(), factories.soon(minutes=6), factories.soon(days=4)):
        expected = {row.id for row in rows if why_not(factories.fresh(row), at=at) is None}
        found = OfferResponse.objects.filter(having_use(at=at, zone=merchant_zone()))
        assert set(found.values_list("id", flat=True)) == expected
        assert expected

"""Offers and responses over the API: what can be used, what a till does, and who comes first."""

import uuid
from collections.abc import Callable
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer
from ledger import checks
from offers.models import Offer, OfferResponse
from offers.services.base import locked
from offers.states import OfferType, PeriodKind
from pos import answers
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.scopes import KeyScope
from tests.offers import factories
from tests.pos.till import Till
from tests.support.threads import Outcome

pytestmark = pytest.mark.django_db(databases=["default", "aside"])


@pytest.fixture
def offer(merchant: Merchant) -> Offer:
    with merchant_scope(merchant):
        return factories.offer(member_limit=2)


def claimed(till: Till, offer: Offer, mara: Customer) -> dict[str, Any]:
    made = till.post(f"offers/{offer.id}/responses", {"member_id": str(mara.id)})
    assert made.status_code == 201
    found: dict[str, Any] = made.json()
    return found


def given(merchant: Merchant, mara: Customer, **values: Any) -> OfferResponse:
    with merchant_scope(merchant):
        return factories.give(factories.offer(**values), mara)


def outcome(response: Any) -> tuple[int, str]:
    return response.status_code, response.json().get("code", response.json().get("status"))


def test_claim_as_often_as_a_member_may(till: Till, offer: Offer, mara: Customer) -> None:
    response = claimed(till, offer, mara)
    assert set(response) == {
        "id", "offer", "member_id", "status", "certificate_code", "usage_period", "issued_at", "expires_at", "completed_at",
        "source", "reservation",
    }  # fmt: skip
    assert set(response["offer"]) == {"id", "name", "type", "benefit", "terms"}
    assert set(response["offer"]["benefit"]) == {"kind", "value", "currency", "items", "minimum_amount"}
    assert response["usage_period"] == {"from": None, "to": None, "state": "current"}
    listed = till.get("offers", member_id=str(mara.id)).json()["results"]
    assert [(one["id"], one["claimable"], one["reason"]) for one in listed] == [(str(offer.id), True, None)]
    claimed(till, offer, mara)
    refused = till.post(f"offers/{offer.id}/responses", {"member_id": str(mara.id)})
    assert outcome(refused) == (409, "response_limit_reached")
    listed = till.get("offers", member_id=str(mara.id)).json()["results"]
    assert [(one["claimable"], one["reason"]) for one in listed] == [(False, "response_limit_reached")]


def test_refuse_what_is_not_open_or_sold_out(till: Till, merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(merchant):
        draft, out = factories.offer(published_at=None), factories.offer(total_limit=1)
        factories.give(out)
    body = {"member_id": str(mara.id)}
    assert outcome(till.post(f"offers/{draft.id}/responses", body)) == (409, "offer_not_open")
    assert outcome(till.post(f"offers/{out.id}/responses", body)) == (409, "sold_out")


def test_reserve_redeem_and_reverse(till: Till, merchant: Merchant, offer: Offer, mara: Customer) -> None:
    page = f"responses/{claimed(till, offer, mara)['id']}"
    held = till.post(f"{page}/reserve", {"ttl_seconds": 60})
    token = held.json()["reservation"]["token"]
    assert token not in till.get(page).content.decode()
    other = Till(merchant)
    assert outcome(other.post(f"{page}/reserve")) == (409, "already_reserved")
    assert outcome(other.post(f"{page}/redeem")) == (409, "reserved_by_another")
    assert outcome(other.post(f"{page}/release", {"token": "x"})) == (409, "reserved_by_another")
    assert outcome(other.post(f"{page}/release", {"token": token})) == (200, "pending")
    done = till.post(f"{page}/redeem", {"reference": "4711", "amount": "12.50"})
    assert outcome(done) == (200, "completed")
    assert done.json()["completed_at"]
    assert outcome(till.post(f"{page}/redeem")) == (409, "already_completed")
    assert outcome(till.post(f"{page}/reverse", {"reason": "Brought back"})) == (200, "pending")
    assert outcome(till.post(f"{page}/reverse", {"reason": "Brought back"})) == (409, "not_completed")
    assert till.post(f"{page}/reverse", {}).json()["code"] == "invalid_request"
    assert checks.run(merchant.id).ok


def test_ask_for_the_clip_and_the_period(till: Till, merchant: Merchant, mara: Customer) -> None:
    now = timezone.now()
    later = {"usage_kind": PeriodKind.FIXED, "usage_from": now + timedelta(days=1)}
    clip, early = given(merchant, mara, needs_clip=True), given(merchant, mara, **later)
    assert outcome(till.post(f"responses/{clip.id}/redeem")) == (409, "not_clipped")
    assert outcome(till.post(f"responses/{early.id}/redeem")) == (409, "outside_usage_period")
    assert outcome(till.post(f"responses/{clip.id}/clip")) == (200, "clipped")
    assert outcome(till.post(f"responses/{clip.id}/redeem")) == (200, "completed")


def test_ship_and_cancel_with_the_scope(till: Till, merchant: Merchant, mara: Customer) -> None:
    response = given(merchant, mara, has_shipping=True)
    writer = Till(merchant, [KeyScope.READ, KeyScope.WRITE])
    for act in ("processing", "shipping", "cancel", "reverse"):
        assert outcome(writer.post(f"responses/{response.id}/{act}", {"reason": "x"})) == (403, "scope_missing")
    page = f"responses/{response.id}"
    assert outcome(till.post(f"{page}/shipping")) == (409, "transition_not_allowed")
    assert outcome(till.post(f"{page}/processing")) == (200, "processing")
    assert outcome(till.post(f"{page}/shipping")) == (200, "shipping")
    assert outcome(till.post(f"{page}/cancel")) == (200, "canceled")
    assert outcome(till.post(f"{page}/redeem")) == (409, "canceled")


def test_tell_what_fits_a_basket(till: Till, merchant: Merchant, mara: Customer) -> None:
    plain = given(merchant, mara)
    large = given(merchant, mara, minimum_amount=Decimal(50))
    mug = given(merchant, mara, offer_type=OfferType.FREE_ITEM, percent=None, items="Mug")
    clip = given(merchant, mara, needs_clip=True)
    path = f"members/{mara.id}/responses"
    basket = {"amount": "20.00", "currency": "USD", "items": [{"sku": "Tea"}]}
    found = till.post(f"{path}/check", basket, key="").json()
    assert [one["id"] for one in found["usable"]] == [str(plain.id)]
    assert {(one["response_id"], one["code"]) for one in found["not_usable"]} == {
        (str(large.id), "minimum_amount_not_reached"),
        (str(mug.id), "items_missing"),
        (str(clip.id), "not_clipped"),
    }
    bigger = till.post(f"{path}/check", basket | {"amount": "50", "items": [{"sku": "mug"}]}, key="").json()
    assert {one["id"] for one in bigger["usable"]} == {str(plain.id), str(large.id), str(mug.id)}
    assert outcome(till.post(f"{path}/check", basket | {"currency": "EUR"}, key="")) == (422, "currency_mismatch")
    usable = till.get(path, usable="true").json()["results"]
    assert {one["id"] for one in usable} == {str(plain.id), str(large.id), str(mug.id)}
    first = till.get(path, page_size="3").json()
    rest = till.get(path, page_size="3", after=first["next"].partition("after=")[2]).json()
    assert [one["id"] for one in first["results"] + rest["results"]] == [
        str(one.id) for one in (clip, mug, large, plain)
    ]


def test_count_what_has_to_be_bought(till: Till, merchant: Merchant, mara: Customer) -> None:
    """Nobody gets the third one free who buys one."""
    two_for = {"offer_type": OfferType.BUY_X_GET_Y, "percent": None, "buy_quantity": 2, "get_quantity": 1}
    mugs, any_two = given(merchant, mara, items="Mug, Cup", **two_for), given(merchant, mara, **two_for)
    path, basket = f"members/{mara.id}/responses/check", {"amount": "20.00", "currency": "USD"}

    def usable(*items: tuple[str, int]) -> set[str]:
        lines = [{"sku": sku, "quantity": quantity} for sku, quantity in items]
        found = till.post(path, basket | {"items": lines}, key="").json()
        assert {one["code"] for one in found["not_usable"]} <= {"items_missing"}
        return {one["id"] for one in found["usable"]}

    both = {str(mugs.id), str(any_two.id)}
    assert usable(("mug", 1)) == set()
    assert usable(("mug", 1), ("tea", 1)) == {str(any_two.id)}
    assert usable(("mug", 1), ("CUP", 1)) == usable(("mug", 2)) == both
    # Whoever names no items is told of what holds for anything.
    assert usable() == {str(any_two.id)}


def test_offer_nothing_for_use_that_waits_to_be_shipped(till: Till, merchant: Merchant, mara: Customer) -> None:
    """Whoever hands it out at the till would hand it out twice."""
    response = given(merchant, mara, has_shipping=True)
    assert outcome(till.post(f"responses/{response.id}/processing")) == (200, "processing")
    path, basket = f"members/{mara.id}/responses", {"amount": "20.00", "currency": "USD"}
    assert outcome(till.post(f"responses/{response.id}/redeem")) == (409, "transition_not_allowed")
    assert till.get(path, usable="true").json()["results"] == []
    found = till.post(f"{path}/check", basket, key="").json()
    assert found["usable"] == []
    assert [(one["response_id"], one["code"]) for one in found["not_usable"]] == [
        (str(response.id), "transition_not_allowed")
    ]


def test_find_by_certificate_code(till: Till, merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(merchant):
        pool = factories.pool(1)
    response = given(merchant, mara, pool=pool)
    code = till.get(f"responses/{response.id}").json()["certificate_code"]
    found = till.get("responses", certificate_code=code).json()["results"]
    assert [one["id"] for one in found] == [str(response.id)]
    assert till.get("responses", certificate_code="nope").json()["results"] == []
    assert till.get("responses").json()["code"] == "invalid_request"


def test_tell_nothing_of_another_merchants(
    other_till: Till, merchant: Merchant, other_merchant: Merchant, mara: Customer
) -> None:
    response = given(merchant, mara)
    with merchant_scope(other_merchant):
        theirs = factories.member()
    reads = [f"responses/{{}}|{response.id}", f"members/{{}}/responses|{mara.id}", f"offers?member_id={{}}|{mara.id}"]
    for read in reads:
        path, _bar, known = read.partition("|")
        found = [other_till.get(path.format(one)) for one in (known, uuid.uuid4())]
        assert [one.status_code for one in found] == [404, 404], path
        assert found[0].content == found[1].content
    acts = ("clip", "reserve", "release", "redeem", "reverse", "processing", "shipping", "cancel")
    body = {"reason": "x", "token": "x"}
    for act in acts:
        found = [other_till.post(f"responses/{one}/{act}", body) for one in (response.id, uuid.uuid4())]
        assert [one.status_code for one in found] == [404, 404], act
    claim = other_till.post(f"offers/{response.offer_id}/responses", {"member_id": str(theirs.id)})
    assert claim.status_code == 404


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_let_one_of_two_tills_redeem(
    together: Callable[..., list[Outcome]], merchant: Merchant, mara: Customer, till: Till
) -> None:
    response, tills = given(merchant, mara), [till, *(Till(merchant) for _ in range(9))]

    def press(one: Till) -> tuple[int, str]:
        try:
            return outcome(one.post(f"responses/{response.id}/redeem"))
        finally:
            connection.close()

    found = sorted(one.value for one in together(press, [(one,) for one in tills]))
    assert found[0] == (200, "completed")
    assert {status for status, _code in found[1:]} == {409}
    assert {code for _status, code in found[1:]} <= {"already_completed", "request_in_progress"}
    assert checks.run(merchant.id).ok


@pytest.mark.parametrize("kind", OfferType)
def test_what_is_read_under_the_lock_is_all_that_an_answer_tells(
    merchant: Merchant, mara: Customer, django_assert_num_queries: Any, kind: OfferType
) -> None:
    """A column that an answer tells and the lock does not read would cost each call of a till a query of its own."""
    given_one = given(merchant, mara)
    with merchant_scope(merchant):
        found = locked(response_id=given_one.id)
        found.offer.offer_type = kind
        with django_assert_num_queries(0):
            told = answers.response(found, at=timezone.now(), zone=UTC)
        assert told["offer"]["name"] == found.offer.name
        # What was left out is there for whoever asks.
        with django_assert_num_queries(1):
            assert found.offer.needs_clip is False

"""What a till may well send on a strange day: other spellings, the ends of time, what was archived, keys of others."""

import unicodedata
from typing import Any

import pytest
from django.utils import timezone

from customers.models import Customer
from customers.services import erase
from ledger import checks
from ledger.reports import liability
from ledger.units import Unit
from loyalty.models import Reward
from offers.models import Offer
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as rewards
from tests.offers import factories as offers
from tests.pos.till import Till

pytestmark = pytest.mark.django_db(databases=["default", "aside"])


def outcome(response: Any) -> tuple[int, str]:
    found = response.json()
    return response.status_code, found.get("code") or found.get("status", "")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_know_an_item_however_its_accents_are_written(
    till: Till, merchant: Merchant, mara: Customer, form: Any
) -> None:
    with merchant_scope(merchant):
        offers.give(offers.offer(items=unicodedata.normalize("NFC", "Café crème, Straße")), mara)
    for name in ("café CRÈME", "STRASSE"):
        items = [{"sku": unicodedata.normalize(form, name)}]
        basket = {"amount": "5.00", "currency": "USD", "items": items}
        found = till.post(f"members/{mara.id}/responses/check", basket, key="").json()
        assert (len(found["usable"]), found["not_usable"]) == (1, [])


@pytest.mark.parametrize(
    "path", ["members?email=", "members?phone=", "members?card_number=", "responses?certificate_code="]
)
def test_find_nothing_by_what_nobody_can_have(till: Till, path: str) -> None:
    for value in ("a%00b", "%F0%9F%8E%81", "%E2%80%AE", "9" * 3000):
        response = till.get(path + value)
        assert response.status_code in {200, 400}, response.content
        assert response.json().get("results", []) == []


@pytest.mark.parametrize(
    ("at", "status"),
    [
        ("0001-01-03T00:00:00Z", 201),
        ("0001-01-01T00:00:00+14:00", 400),
        ("9999-12-31T23:59:59-12:00", 400),
        ("2026-02-29T00:00:00Z", 400),
        ("2020-10-25T02:30:00", 201),
    ],
)
def test_take_the_ends_of_time(till: Till, mara: Customer, at: str, status: int) -> None:
    sale = {"member_id": str(mara.id), "reference": at, "amount": "1.00", "currency": "USD", "occurred_at": at}
    assert till.post("purchases", sale).status_code == status


def test_bring_nothing_back_of_a_purchase_for_nothing(till: Till, merchant: Merchant, mara: Customer) -> None:
    sale = {"member_id": str(mara.id), "reference": "0/ü", "amount": "0.00", "currency": "USD"}
    assert till.post("purchases", sale).json()["points_earned"] == 0
    back = till.post("purchases/0/ü/returns", {"reference": "1", "amount": "0.01"})
    assert outcome(back) == (422, "return_exceeds_purchase")
    assert outcome(till.post("purchases/0/ü/returns", {"reference": "1", "amount": "0.00"})) == (400, "invalid_request")
    assert checks.run(merchant.id).ok


def test_keep_what_was_given_of_what_was_archived(till: Till, merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(merchant):
        held, reward = offers.give(offers.offer(), mara), rewards.reward(cost_in_points=5)
        rewards.points(mara, 20)
    member = {"member_id": str(mara.id)}
    taken = [till.post(f"rewards/{reward.id}/redeem", member).json()["id"] for _ in range(2)]
    with merchant_scope(merchant):
        Offer.objects.update(archived_at=timezone.now())
        Reward.objects.update(archived_at=timezone.now())
    assert outcome(till.post(f"rewards/{reward.id}/redeem", member)) == (409, "not_active")
    assert outcome(till.post(f"offers/{held.offer_id}/responses", member)) == (409, "offer_not_open")
    assert len(till.get(f"members/{mara.id}/responses", usable="true").json()["results"]) == 1
    assert outcome(till.post(f"responses/{held.id}/redeem")) == (200, "completed")
    assert outcome(till.post(f"responses/{held.id}/reverse", {"reason": "Brought back"})) == (200, "pending")
    assert till.post(f"redeemed-rewards/{taken[0]}/use").json()["used"] is True
    assert till.post(f"redeemed-rewards/{taken[1]}/cancel").json()["coupon_status"] == "canceled"
    assert till.get(f"members/{mara.id}").json()["points"]["active"] == 15
    assert checks.run(merchant.id).ok


def test_a_key_is_one_tills_own(till: Till, merchant: Merchant, mara: Customer) -> None:
    """Two tills that count their calls from one: the second is answered for itself, and not with the first one's."""
    with merchant_scope(merchant):
        mine, theirs = (offers.give(offers.offer(), mara) for _ in range(2))
    other = Till(merchant)
    assert outcome(till.post(f"responses/{mine.id}/redeem", key="1")) == (200, "completed")
    assert outcome(other.post(f"responses/{theirs.id}/redeem", key="1")) == (200, "completed")
    assert outcome(other.post(f"responses/{mine.id}/redeem", key="2")) == (409, "already_completed")
    again = till.post(f"responses/{mine.id}/redeem", key="1")
    assert (outcome(again), again["Idempotent-Replayed"]) == ((200, "completed"), "true")
    assert outcome(till.post(f"responses/{theirs.id}/redeem", key="1")) == (422, "idempotency_key_reused")


def test_give_nothing_back_to_somebody_who_was_erased(till: Till, merchant: Merchant, mara: Customer) -> None:

    with merchant_scope(merchant):
        reward = rewards.reward(cost_in_points=5)
        rewards.points(mara, 20)
    sale = {"member_id": str(mara.id), "reference": "1", "amount": "5.00", "currency": "USD"}
    assert till.post("purchases", sale).status_code == 201
    taken = till.post(f"rewards/{reward.id}/redeem", {"member_id": str(mara.id)}).json()["id"]
    with merchant_scope(merchant):
        erase(customer_id=mara.id, actor=rewards.SYSTEM, now=timezone.now())
    assert till.post("purchases", sale | {"reference": "2"}).status_code == 404
    assert till.post("purchases/1/returns", {"reference": "1", "amount": "5.00"}).json() == {"points_returned": 0}
    assert till.post(f"redeemed-rewards/{taken}/cancel").status_code == 200
    with merchant_scope(merchant):
        assert liability(unit=Unit.POINT, at=timezone.now()).outstanding == 0
    assert checks.run(merchant.id).ok

"""What happens is answered in its own transaction, once, and without harm to it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from customers.services import enrol
from jobs.models import Job
from ledger.models import Entry
from loyalty.models import Purchase
from loyalty.services.purchases import happened
from loyalty.states import Source as Door
from offers.models import OfferResponse
from offers.states import Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as loyalty
from tests.offers import factories as offers
from tests.triggers.factories import STAFF, TILL, buy, given, on
from triggers import services
from triggers.states import Occasion


def test_purchase_brings_a_response_that_says_why(scope: Merchant) -> None:
    offer, who = offers.offer(), offers.member()
    on(offer, Occasion.PURCHASE)
    purchase = buy(who, reference="4711")
    (response,) = given(offer)
    assert [one.row for one in purchase.brought] == [response]
    assert (response.customer_id, response.trigger_entry_id) == (who.id, purchase.entry_id)
    assert (response.status, response.issued_at) == (Status.PENDING, purchase.recorded_at)


@pytest.mark.parametrize(("amount", "times"), [("19.99", 0), ("20.00", 1), ("20.01", 1)])
def test_purchase_has_to_be_large_enough(scope: Merchant, amount: str, times: int) -> None:
    offer = offers.offer()
    on(offer, Occasion.PURCHASE, minimum="20.00")
    buy(offers.member(), amount)
    assert len(given(offer)) == times


def test_same_purchase_told_twice_brings_one(scope: Merchant) -> None:
    offer, who = offers.offer(), offers.member()
    on(offer, Occasion.PURCHASE)
    buy(who, reference="1")
    assert buy(who, reference="1").brought == ()
    assert len(given(offer)) == 1


def test_redeemed_reward_brings_an_offer_and_a_free_reward_that_brings_nothing(scope: Merchant) -> None:
    """What is granted free sets nothing off, so that a reward that answers redemptions does not answer itself."""
    offer, free, paid = offers.offer(), loyalty.reward(name="Free"), loyalty.reward(name="Paid")
    on(offer, Occasion.REDEEMED)
    on(free, Occasion.REDEEMED)
    who = loyalty.customer()
    loyalty.points(who, 100)
    redeemed = loyalty.take(paid, who)
    (extra,) = given(free)
    assert (extra.cost_in_points, extra.trigger_entry_id) == (0, redeemed.entry_id)
    assert len(given(offer)) == 1
    assert Entry.objects.filter(event="reward.granted").count() == 1


def test_reward_granted_by_hand_is_no_occasion(scope: Merchant) -> None:
    offer = offers.offer()
    on(offer, Occasion.REDEEMED)
    loyalty.take(loyalty.reward(), loyalty.customer(), source=Door.GRANTED, reason="Sorry")
    assert given(offer) == []


def test_enrolment_is_written_down_and_answered(scope: Merchant) -> None:
    offer = offers.offer()
    on(offer, Occasion.ENROLLED)
    who = enrol(email="mara@example.com", actor=TILL, now=timezone.now())
    (response,) = given(offer)
    entry = Entry.objects.get(event="member.enrolled")
    assert (response.customer_id, response.trigger_entry_id) == (who.id, entry.id)


def test_response_starts_as_clipped_where_asked_to(scope: Merchant) -> None:
    offer = offers.offer(needs_clip=True)
    on(offer, Occasion.PURCHASE, flag=True)
    buy(offers.member())
    assert given(offer)[0].status == Status.CLIPPED


def test_refusal_leaves_the_act_alone(scope: Merchant) -> None:
    spent, open_one, who = offers.offer(total_limit=0), offers.offer(), offers.member()
    on(spent, Occasion.PURCHASE)
    on(open_one, Occasion.PURCHASE)
    purchase = buy(who)
    assert [one.row.offer_id for one in purchase.brought] == [open_one.id]
    assert Purchase.objects.count() == 1
    assert not Job.objects.filter(kind="triggers.repair").exists()


def test_fault_leaves_the_act_alone_and_the_answer_to_the_job(scope: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = offers.offer()
    on(offer, Occasion.PURCHASE)

    def fail(*args: Any, **kwargs: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    monkeypatch.setattr("offers.services.issuing._insert", fail)
    buy(offers.member())
    assert Purchase.objects.count() == 1
    assert not OfferResponse.objects.exists()
    assert Job.objects.filter(kind="triggers.repair").count() == 1


def test_what_happened_before_is_not_answered(scope: Merchant) -> None:
    offer, who = offers.offer(), offers.member()
    buy(who)
    on(offer, Occasion.PURCHASE, now=timezone.now() + timedelta(minutes=1))
    buy(who)
    assert given(offer) == []


def test_switched_off_gives_nothing(scope: Merchant) -> None:
    offer = offers.offer()
    on(offer, Occasion.PURCHASE)
    on(offer)
    buy(offers.member())
    assert given(offer) == []


def test_many_at_once_are_left_to_the_job(scope: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 1)
    offer = offers.offer()
    on(offer, Occasion.ENROLLED)
    ids = [offers.member().id for _number in range(2)]
    services.enrolled(customer_ids=ids, actor=STAFF, now=timezone.now())
    assert given(offer) == []
    assert Job.objects.filter(kind="triggers.repair").count() == 1


def test_without_triggers_an_act_asks_once(scope: Merchant) -> None:
    purchase = buy(offers.member())
    with CaptureQueriesContext(connection) as seen:
        services.answer(happened=[happened(purchase=purchase, at=purchase.recorded_at)], now=timezone.now())
    assert len(seen) == 1


@pytest.mark.django_db(databases=["default", "aside", "owner"], transaction=True)
def test_last_ones_go_once_whoever_buys(merchant: Merchant, together: Callable[..., Any]) -> None:
    with merchant_scope(merchant):
        offer = offers.offer(total_limit=5)
        on(offer, Occasion.PURCHASE)
        people = [offers.member() for _number in range(12)]

    def shop(who: Any) -> None:
        with merchant_scope(merchant):
            buy(who)

    outcomes = together(shop, [(one,) for one in people])
    with merchant_scope(merchant):
        assert [one.error for one in outcomes] == [None] * 12
        assert Purchase.objects.count() == 12
        assert len(given(offer)) <= 5
        assert Decimal(5) >= OfferResponse.objects.count()

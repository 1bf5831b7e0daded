"""A customer's claim comes in."""

from datetime import date, timedelta
from typing import Any

import pytest

from claims_center.errors import FunnelClosed, Incomplete, NotInFunnel
from claims_center.models import Claim, ClaimChange, ClaimToken, Journey
from claims_center.services import verdicts
from claims_center.services.journeys import begin
from claims_center.services.sharing import record_redirect
from claims_center.services.submission import submit_claim
from claims_center.states import Delivery, Event, Status, Verification
from customers.models import Customer
from customers.services import enrol
from ledger.models import Entry
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.search import search_by_token
from tenancy.tokens import hash_of
from tests.claims_center.factories import (
    ADDRESS,
    NOW,
    NUMBER,
    STAFF,
    given_for,
    make_claim,
    make_funnel,
    make_order,
    make_pool,
    make_product,
    make_promotion,
    submit,
)


def test_write_claim_history_and_ledger(scope: Merchant) -> None:
    order = make_order()

    done = submit()

    claim = Claim.objects.get()
    change = ClaimChange.objects.get()
    entry = Entry.objects.get()
    assert (claim.status, claim.verification, claim.matched_order_id) == (Status.NEW, Verification.MATCH, order.id)
    assert (claim.customer_name, claim.customer_email) == ("Ann Lee", "ann@example.com")
    assert (claim.product_title, claim.funnel_name, claim.promotion_name) == (
        "Pour-over kettle",
        "Kettle gift",
        "Gift pool",
    )
    assert (claim.delivery_status, claim.is_repeat, claim.version) == (Delivery.NOT_SENT, False, 1)
    assert (change.event, change.from_status, change.to_status, change.entry_id) == (
        "claim.submitted",
        "",
        "new",
        entry.id,
    )
    assert (entry.origin_id, entry.subject_id, entry.customer_id) == (claim.id, claim.promotion_id, claim.customer_id)
    assert done.token.startswith(f"{scope.public_id}.")
    assert claim.tracker_hash == hash_of(done.token)
    assert claim.tracker_token == done.token
    assert done.token not in claim.tracker_sealed


def test_answer_the_same_form_with_the_same_claim(scope: Merchant) -> None:
    funnel = make_funnel()
    given = given_for(funnel)
    first = submit_claim(given=given, now=NOW)
    funnel.closed_at = NOW
    funnel.save()

    second = submit_claim(given=given, now=NOW + timedelta(hours=1))

    assert (second.claim.id, second.token, second.replayed) == (first.claim.id, first.token, True)
    assert Claim.objects.count() == 1
    assert Entry.objects.count() == 1


def test_take_a_second_claim_with_the_same_number_and_mark_it(scope: Merchant) -> None:
    make_order()
    funnel = make_funnel()
    make_claim(funnel)

    second = make_claim(funnel, email="bob@example.com", order_number="Order 1112301945 8821034")

    assert (second.status, second.verification) == (Status.NEW, Verification.ALREADY_CLAIMED)


def test_mark_a_second_claim_with_a_number_nobody_knows(scope: Merchant) -> None:
    funnel = make_funnel()
    first = make_claim(funnel, order_number="999-1111111-2222222")

    second = make_claim(funnel, email="bob@example.com", order_number="999 1111111 2222222")

    assert first.verification == Verification.NOT_CHECKED
    assert second.verification == Verification.ALREADY_CLAIMED


def test_match_the_last_group_alone_where_one_order_has_it(scope: Merchant) -> None:
    order = make_order()
    make_order("222-0000000-8821035")

    claim = make_claim(order_number="8821034")

    assert (claim.verification, claim.matched_order_id) == (Verification.MATCH, order.id)
    assert claim.order_number_norm == order.number_norm


def test_match_no_last_group_that_two_orders_have(scope: Merchant) -> None:
    make_order()
    make_order("222-0000000-8821034")

    claim = make_claim(order_number="8821034")

    assert claim.verification == Verification.NO_SUCH_ORDER
    assert "2 orders end in" in claim.verification_reason


@pytest.mark.parametrize(
    "values",
    [
        {"closed_at": NOW - timedelta(seconds=1)},
        {"published_at": None},
        {"starts_at": NOW + timedelta(seconds=1)},
        {"ends_at": NOW},
    ],
)
def test_refuse_a_closed_funnel(scope: Merchant, values: dict[str, Any]) -> None:
    funnel = make_funnel(**values)

    with pytest.raises(FunnelClosed):
        submit(funnel)

    assert not Claim.objects.exists()
    assert not Customer.objects.exists()


def test_refuse_a_product_of_another_funnel(scope: Merchant) -> None:
    funnel = make_funnel()
    other = make_product("Mug", "B0BBMUGSG0", "BB-MUG")

    with pytest.raises(NotInFunnel):
        submit(funnel, listing_id=other.listings.get().id)


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("email", {"email": "ann at example"}),
        ("order_number", {"order_number": "  "}),
        ("rating", {"rating": 6}),
        ("rating", {"rating": 0}),
        ("feedback", {"feedback": "short"}),
    ],
)
def test_name_the_field_that_is_wrong(scope: Merchant, field: str, values: dict[str, Any]) -> None:
    funnel = make_funnel(min_feedback=10)

    with pytest.raises(Incomplete) as refusal:
        submit(funnel, **values)

    assert refusal.value.field == field


def test_ask_for_an_address_where_the_gift_is_shipped(scope: Merchant) -> None:
    funnel = make_funnel(make_promotion("item"))

    with pytest.raises(Incomplete) as refusal:
        submit(funnel, address={"street": "Kings Road"})
    claim = make_claim(funnel)

    assert refusal.value.field == "city"
    assert claim.ship_to == {"name": "Ann Lee", "building_number": "", "province": "", **ADDRESS, "country": "US"}
    assert Customer.objects.get().city == "Portland"


def test_leave_a_known_address_alone(scope: Merchant) -> None:
    funnel = make_funnel(make_promotion("item"))
    make_claim(funnel)

    make_claim(funnel, order_number="2", address=ADDRESS | {"city": "Salem"})

    assert Customer.objects.get().city == "Portland"


def test_add_nothing_to_a_member_by_which_others_reach_the_account(scope: Merchant) -> None:
    """Anybody can type a member's e-mail address; tills find members by phone, and rewards go to the address."""
    enrol(now=NOW - timedelta(days=9), actor=Actor.system(), email="ann@example.com", birthday=date(1990, 2, 3))

    claim = make_claim(make_funnel(make_promotion("item")), email="ann@example.com", phone="+1 503 555 0199")

    member = Customer.objects.get()
    assert (claim.customer_id, claim.ship_to["city"]) == (member.id, "Portland")
    assert (member.phone, member.phone_norm, set(member.address.values())) == ("", "", {""})


def test_forget_an_order_number_that_was_not_asked(scope: Merchant) -> None:
    claim = make_claim(make_funnel(order_number="none"))

    assert (claim.order_number, claim.verification) == ("", Verification.NOT_CHECKED)


def test_mark_a_repeat_customers_claims(scope: Merchant) -> None:
    funnel = make_funnel()
    make_claim(funnel)
    make_claim(funnel, order_number="112-0000000-0000001")
    make_claim(funnel, email="bob@example.com", order_number="112-0000000-0000002")

    marked = dict(Claim.objects.values_list("order_number", "is_repeat"))

    assert marked == {NUMBER: True, "112-0000000-0000001": True, "112-0000000-0000002": False}


def test_end_the_journey_and_empty_its_draft(scope: Merchant) -> None:
    funnel = make_funnel()
    journey = begin(funnel=funnel, now=NOW)
    Journey.objects.update(draft={"email": "ann@example.com"})

    claim = make_claim(funnel, journey_id=journey.id)

    journey.refresh_from_db()
    assert (journey.submitted_at, journey.draft, claim.journey_id) == (NOW, {}, journey.id)


@pytest.mark.parametrize("text", ["Ann", "lee", "ann@example.com", "8821034", "111-2301945-8821034", "+1 503 555"])
def test_be_found_by_name_mail_phone_and_number(scope: Merchant, text: str) -> None:
    claim = make_claim(phone="+1 503 555 0100")

    words = "+1503555" if text.startswith("+") else text
    found = search_by_token(Claim.objects.all(), ClaimToken, words)

    assert [row.id for row in found] == [claim.id]


def test_verify_and_send_by_itself_where_the_funnel_does(scope: Merchant) -> None:
    make_order()

    claim = make_claim(make_funnel(auto_verify=True, auto_send=True))

    history = list(ClaimChange.objects.order_by("seq").values_list("event", "actor"))
    assert (claim.status, claim.delivery_status) == (Status.VERIFIED, Delivery.QUEUED)
    assert history[1:] == [("claim.verified", "system"), ("claim.gift_sent", "system")]


def test_leave_to_a_person_what_does_not_match(scope: Merchant) -> None:
    make_order(asin="B0OTHER000")

    claim = make_claim(make_funnel(auto_verify=True, auto_send=True))

    assert (claim.status, claim.verification) == (Status.NEW, Verification.WRONG_PRODUCT)


def test_take_the_claim_though_the_pool_is_empty(scope: Merchant) -> None:
    make_order()
    funnel = make_funnel(make_promotion(pool=make_pool()), auto_verify=True, auto_send=True)

    claim = make_claim(funnel)

    assert (claim.status, claim.delivery_status) == (Status.VERIFIED, Delivery.NOT_SENT)


def test_give_the_same_whatever_was_said(scope: Merchant) -> None:
    """The gift never depends on rating or words: two claims that differ in nothing else come to the same end."""
    make_order()
    make_order("111-0000000-0000001")
    funnel = make_funnel(auto_verify=True, auto_send=True)

    glad = make_claim(funnel, rating=5, feedback="Wonderful!")
    sad = make_claim(funnel, email="bob@example.com", order_number="111-0000000-0000001", rating=1, feedback="")

    assert glad.gift_code
    assert sad.gift_code
    assert (glad.status, glad.verification, glad.delivery_status) == (sad.status, sad.verification, sad.delivery_status)


def test_count_the_click_on_share_once(scope: Merchant) -> None:
    funnel = make_funnel()
    claim = make_claim(funnel, journey_id=begin(funnel=funnel, now=NOW).id)

    record_redirect(claim_id=claim.id, now=NOW)
    record_redirect(claim_id=claim.id, now=NOW + timedelta(minutes=1))

    found = Claim.objects.get()
    assert (found.did_redirect, found.did_redirect_at) == (True, NOW)
    assert ClaimChange.objects.filter(event=Event.SHARED).count() == 1
    assert Journey.objects.get().shared_at == NOW


def test_see_the_next_claim_as_first_once_the_first_is_rejected(scope: Merchant) -> None:
    make_order()
    funnel = make_funnel()
    first = make_claim(funnel)
    verdicts.reject(claim_id=first.id, reason="Not ours", actor=STAFF, now=NOW)

    second = make_claim(funnel, email="bob@example.com")

    assert second.verification == Verification.MATCH

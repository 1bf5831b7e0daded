"""Every call of the API, and everything that each may be refused for, over real HTTP."""

import json
import re
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.utils import timezone

from customers.models import Customer
from ledger import checks
from loyalty.models import RedeemedReward, Reward
from loyalty.services.using import set_delivery
from loyalty.states import DeliveryStatus, RewardType
from offers.models import OfferResponse
from offers.states import PeriodKind, Status
from pos.views.schema import document
from tenancy.models import Merchant, ThrottleBucket
from tenancy.scope import merchant_scope
from tenancy.scopes import KeyScope
from tests.loyalty import factories as rewards
from tests.offers import factories as offers
from tests.pos.wire import Answer, Wire

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", "aside"])]

WAITS = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
Seen = tuple[str, int, str]
NOT_USABLE = ("already_completed", "not_clipped", "outside_usage_period", "expired", "canceled")
REDEEMED = "redeemed-rewards/{}"


def told(call: str, status: int, *codes: str, missing: bool = True) -> set[Seen]:
    """What a call says of itself: how it goes well, the codes of its conflicts, and 404 where it names something."""
    unknown: set[Seen] = {(call, 404, "not_found")} if missing else set()
    return {(call, status, ""), *((call, 409, code) for code in codes)} | unknown


MEMBERS = (
    told("POST members", 201, "member_exists", missing=False)
    | told("GET members", 200, missing=False)
    | told("GET members/{}", 200)
    | told("GET members/{}/statement", 200)
    | told("POST purchases", 201, "purchase_exists")
    | {("POST purchases", 422, code) for code in ("currency_mismatch", "amount_too_large")}
    | told("POST purchases/{}/returns", 201, "purchase_exists")
    | {("POST purchases/{}/returns", 422, "return_exceeds_purchase")}
)
RESPONSES = (
    told("GET members/{}/responses", 200)
    | told("POST members/{}/responses/check", 200)
    | {("POST members/{}/responses/check", 422, "currency_mismatch")}
    | told("GET responses/{}", 200)
    | told("GET responses", 200, missing=False)
    | told("GET offers", 200)
    | told("POST offers/{}/responses", 201, "response_limit_reached", "offer_not_open", "sold_out")
    | told("POST responses/{}/clip", 200, "already_completed", "canceled", "expired", "transition_not_allowed")
    | told("POST responses/{}/reserve", 200, "already_reserved", *NOT_USABLE, "transition_not_allowed")
    | told("POST responses/{}/release", 200, "reserved_by_another")
    | told("POST responses/{}/redeem", 200, "reserved_by_another", *NOT_USABLE, "transition_not_allowed")
)
SHIPPING = (
    told(
        "POST responses/{}/processing",
        200,
        "transition_not_allowed",
        "not_clipped",
        "outside_usage_period",
        "reserved_by_another",
    )
    | told("POST responses/{}/shipping", 200, "transition_not_allowed")
    | told("POST responses/{}/cancel", 200, "transition_not_allowed")
    | told("POST responses/{}/reverse", 200, "not_completed")
)
REWARDS = (
    told("GET rewards", 200)
    | told("POST rewards/{}/redeem", 201, "not_enough_points", "sold_out", "limit_reached", "not_active")
    | told(f"GET {REDEEMED}", 200)
    | told(f"POST {REDEEMED}/use", 200, "not_active", "already_used")
    | {(f"POST {REDEEMED}/use", 422, "wrong_type")}
    | told(f"POST {REDEEMED}/unuse", 200, "not_active", "not_used", "shipped")
    | told(f"POST {REDEEMED}/cancel", 200, "not_active", "already_used", "not_allowed")
)
# What any call may answer; each stands in one of the walks or tests here.
ANYWHERE = {
    "malformed_request", "invalid_request", "unauthorized", "scope_missing", "rate_limited", "idempotency_key_required",
    "idempotency_key_reused", "request_in_progress", "not_found",
}  # fmt: skip


@pytest.fixture
def wire(live: str, merchant: Merchant) -> Wire:
    """A till with every scope."""
    return Wire(live, merchant)


@pytest.fixture
def lapsed(merchant: Merchant, mara: Customer) -> Iterator[list[OfferResponse]]:
    """A completed, a canceled and an expired response, one that waits for its clip, and one for its time."""
    with merchant_scope(merchant):
        later = {"usage_kind": PeriodKind.FIXED, "usage_from": timezone.now() + timedelta(days=1)}
        closed = [offers.standing(one, who=mara) for one in (Status.COMPLETED, Status.CANCELED, Status.EXPIRED)]
        waiting = [offers.give(offers.offer(**one), mara) for one in ({"needs_clip": True}, later)]
    yield [*closed, *waiting]
    assert checks.run(merchant.id).ok


def test_hold_every_refusal_that_the_document_tells() -> None:
    walked = MEMBERS | RESPONSES | SHIPPING | REWARDS
    found: set[Seen] = set()
    for path, methods in json.loads(document())["paths"].items():
        for method, one in methods.items():
            call = f"{method.upper()} {re.sub(r'{[^}]*}', '{}', path.removeprefix('/api/v1/'))}"
            for status, answer in one["responses"].items():
                codes = re.findall(r"`(\w+)`", answer.get("description", "")) or [""]
                found |= {(call, int(status), code) for code in codes if code not in ANYWHERE - {"not_found"}}
    assert found == walked


def test_walk_through_members_and_purchases(wire: Wire, merchant: Merchant, mara: Customer) -> None:
    new = wire.post("members", email="neil@example.com", first_name="Neil").json()
    assert wire.post("members", email="NEIL@example.com").json()["member_id"] == new["id"]
    assert wire.get("members", card_number="C-1").json()["results"][0]["id"] == str(mara.id)
    bought: dict[str, Any] = {"member_id": str(mara.id), "reference": "4711", "amount": "10.00", "currency": "USD"}
    assert wire.post("purchases", **bought).json()["points_earned"] == 20
    wire.post("purchases", **bought)
    wire.post("purchases", **bought | {"reference": "4712", "currency": "EUR"})
    wire.post("purchases", **bought | {"reference": "4712", "amount": "999999999999.99"})
    wire.post("purchases", **bought | {"reference": "4712", "member_id": str(merchant.id)})
    for reference, amount in (("r1", "5.00"), ("r1", "4.00"), ("r2", "50.00")):
        wire.post("purchases/{}/returns", "4711", reference=reference, amount=amount)
    wire.post("purchases/{}/returns", "none", reference="r1", amount="5.00")
    assert wire.get("members/{}", mara.id).json()["points"]["active"] == 10
    assert len(wire.get("members/{}/statement", mara.id).json()["results"]) == 2
    wire.get("members/{}", merchant.id)
    wire.get("members/{}/statement", merchant.id)
    assert wire.seen == MEMBERS


def test_walk_through_responses(wire: Wire, merchant: Merchant, mara: Customer, lapsed: list[OfferResponse]) -> None:
    nobody, member = merchant.id, dict[str, Any](member_id=str(mara.id))
    with merchant_scope(merchant):
        once = offers.offer(member_limit=1, pool=offers.pool(1))
        draft, out = offers.offer(published_at=None), offers.offer(total_limit=1)
        offers.give(out)
        shipped = offers.standing(Status.PROCESSING, who=mara)
    made = wire.post("offers/{}/responses", once.id, **member).json()
    for offer in (once.id, draft.id, out.id, nobody):
        wire.post("offers/{}/responses", offer, **member)
    for who in (mara.id, nobody):
        wire.get("offers", member_id=str(who))
        wire.get("members/{}/responses", who, usable="true")
        wire.post("members/{}/responses/check", who, key="", amount="1", currency="USD")
    wire.post("members/{}/responses/check", mara.id, key="", amount="1", currency="EUR")
    assert wire.get("responses", certificate_code=made["certificate_code"]).json()["results"][0]["id"] == made["id"]
    for one in (made["id"], nobody):
        wire.get("responses/{}", one)
    for act in ("reserve", "redeem", "clip"):
        for one in (*(one.id for one in lapsed), nobody, shipped.id):
            wire.post(f"responses/{{}}/{act}", one)
    held = wire.post("responses/{}/reserve", made["id"], ttl_seconds=60).json()
    wire.post("responses/{}/reserve", made["id"])
    wire.post("responses/{}/redeem", made["id"])
    for one, token in ((made["id"], "x"), (made["id"], held["reservation"]["token"]), (nobody, "x")):
        wire.post("responses/{}/release", one, token=token)
    assert (
        wire.post("responses/{}/redeem", made["id"], amount="12.50", reference="4711").json()["status"] == "completed"
    )
    assert wire.seen == RESPONSES


def test_walk_through_shipping(wire: Wire, merchant: Merchant, mara: Customer, lapsed: list[OfferResponse]) -> None:
    with merchant_scope(merchant):
        tea = offers.give(offers.offer(has_shipping=True), mara)
    completed, _canceled, _expired, clip, early = (one.id for one in lapsed)
    held = wire.post("responses/{}/reserve", tea.id).json()["reservation"]["token"]
    for one in (completed, clip, early, tea.id, merchant.id):
        wire.post("responses/{}/processing", one)
    wire.post("responses/{}/release", tea.id, token=held)
    statuses = [
        wire.post(f"responses/{{}}/{act}", tea.id).json()["status"] for act in ("processing", "shipping", "cancel")
    ]
    assert statuses == ["processing", "shipping", "canceled"]
    for act in ("shipping", "cancel"):
        for one in (completed, merchant.id):
            wire.post(f"responses/{{}}/{act}", one)
    for one in (tea.id, completed, merchant.id):
        wire.post("responses/{}/reverse", one, reason="Brought back")
    assert {one for one in wire.seen if "reserve" not in one[0] and "release" not in one[0]} == SHIPPING


def test_walk_through_rewards(wire: Wire, merchant: Merchant, mara: Customer) -> None:
    nobody, member = merchant.id, dict[str, Any](member_id=str(mara.id))
    with merchant_scope(merchant):
        free, dear = rewards.reward(cost_in_points=0, customer_limit=1), rewards.reward(cost_in_points=10**6)
        out, over = rewards.reward(cost_in_points=0, total_limit=0), rewards.reward(active_to=timezone.now())
        gift = rewards.take(rewards.reward(cost_in_points=0, reward_type=RewardType.GIFT), mara)
        paid = rewards.take(_cashback(), mara)
    mine = wire.post("rewards/{}/redeem", free.id, **member).json()["id"]
    for reward in (free.id, dear.id, out.id, over.id, nobody):
        wire.post("rewards/{}/redeem", reward, **member)
    wire.get("rewards", **member)
    wire.get("rewards", member_id=str(nobody))
    for act in ("", "/use", "/unuse", "/cancel"):
        send = wire.post if act else wire.get
        send(REDEEMED + act, nobody)
    wire.get(REDEEMED, mine)
    for act in ("unuse", "use", "use", "cancel", "unuse", "cancel", "cancel", "use", "unuse"):
        wire.post(f"{REDEEMED}/{act}", mine)
    wire.post(f"{REDEEMED}/use", paid.id)
    wire.post(f"{REDEEMED}/cancel", paid.id)
    wire.post(f"{REDEEMED}/use", gift.id)
    _ship(merchant, gift.id)
    wire.post(f"{REDEEMED}/unuse", gift.id)
    with merchant_scope(merchant):
        RedeemedReward.objects.filter(id=gift.id).update(expires_at=timezone.now())
    wire.post(f"{REDEEMED}/unuse", gift.id)
    assert wire.seen == REWARDS
    assert checks.run(merchant.id).ok


def test_refuse_at_the_door(wire: Wire, live: str, merchant: Merchant, mara: Customer) -> None:
    reader = Wire(live, merchant, [KeyScope.READ], seen=wire.seen)
    stranger = Wire(live, merchant, seen=wire.seen)
    stranger.text = "pk_nobody_x"
    asked = [
        stranger.get("rewards"),
        reader.post("members", email="x@example.com"),
        wire.post("members", raw=b"{"),
        wire.post("members", email="no"),
        wire.post("members", key="", email="x@example.com"),
        wire.post("members", key="one", email="x@example.com"),
        wire.post("members", key="one", email="y@example.com"),
    ]
    assert [(one.status, one.code) for one in asked] == [
        (401, "unauthorized"),
        (403, "scope_missing"),
        (400, "malformed_request"),
        (400, "invalid_request"),
        (400, "idempotency_key_required"),
        (201, ""),
        (422, "idempotency_key_reused"),
    ]


def test_refuse_a_key_that_calls_too_often(wire: Wire) -> None:
    wire.get("rewards")
    ThrottleBucket.objects.update(tokens=-1000)
    refused = wire.get("rewards")
    assert (refused.status, refused.code, int(refused.headers["retry-after"]) >= 1) == (429, "rate_limited", True)


def test_say_that_the_first_is_still_running(
    wire: Wire, live: str, merchant: Merchant, mara: Customer, superuser_connection: psycopg.Connection[Any]
) -> None:
    with merchant_scope(merchant):
        response = offers.give(who=mara)
    second, answers = Wire(live, merchant), list[Answer]()
    second.text = wire.text
    first = threading.Thread(target=lambda: answers.append(wire.post("responses/{}/redeem", response.id, key="one")))
    with superuser_connection.transaction():
        superuser_connection.execute("SELECT 1 FROM offers_offerresponse WHERE id = %s FOR UPDATE", [response.id])
        first.start()
        while not superuser_connection.execute(WAITS).fetchall():
            superuser_connection.execute("SELECT pg_stat_clear_snapshot()")
            time.sleep(0.01)
        found = second.post("responses/{}/redeem", response.id, key="one")
    first.join()
    assert (found.status, found.code, found.headers["retry-after"]) == (409, "request_in_progress", "1")
    assert (answers[0].status, answers[0].json()["status"]) == (200, "completed"), answers[0].content
    again = second.post("responses/{}/redeem", response.id, key="one")
    assert (again.content, again.headers["idempotent-replayed"]) == (answers[0].content, "true")


def _cashback() -> Reward:
    return rewards.reward(cost_in_points=0, reward_type=RewardType.CASHBACK, amount=Decimal(5))


def _ship(merchant: Merchant, redeemed_id: uuid.UUID) -> None:
    with merchant_scope(merchant):
        told: dict[str, Any] = {"actor": offers.STAFF, "now": timezone.now()}
        set_delivery(redeemed_id=redeemed_id, status=DeliveryStatus.SHIPPED, **told)

"""Bulk acts of every room, and what became of their rows, are sorted as they read, and searched by what they show."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from claims_center import models as claims
from loyalty import models as loyalty
from loyalty.services.canceling import cancel
from loyalty.services.using import mark_used, set_delivery
from loyalty.states import DeliveryStatus
from offers import models as offers
from offers.states import Status
from tenancy.actors import Actor
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, funnel_with, make_claim, path, sign_in
from tests.loyalty import factories as rewards
from tests.loyalty.bulking import by
from tests.offers import factories as make
from tests.support.sorted_lists import check_sorts, shown

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.ADMIN, "Ada")


def acts(model: Any, first: str, second: str, admin: Client, **more: Any) -> list[Any]:
    """Three acts: two of Ada, one of the system; the last one takes the first back."""
    ada = str(Actor.user(admin.user))  # type: ignore[attr-defined]
    known = {"started_at": NOW, **more}
    one = model.objects.create(act=first, actor=ada, state="done", total=5, position=5, done=2, created_at=NOW, **known)
    later = {"created_at": NOW + timedelta(hours=1), "state": "running", "total": 9, "position": 4, "done": 4}
    two = model.objects.create(act=second, actor="system", **later, **known)
    last = {"created_at": NOW + timedelta(hours=2), "state": "failed", "total": 2, "position": 2, "done": 1}
    return [one, two, model.objects.create(act=first, actor=ada, undoes=one, **last, **known)]


ROOMS: dict[str, Any] = {
    "claims/bulk-acts": (claims.BulkAct, "assign", "verify"),
    "offer-responses/bulk-acts": (offers.BulkAct, "cancel", "ship"),
    "redeemed-rewards/bulk-acts": (loyalty.BulkAct, "cancel", "use"),
}
# The first, the undo of it, the second, each by its words.
EXPECTED = {"started": "123", "state": "132", "total": "312", "done": "312", "skipped": "231", "by": "213"}


@pytest.mark.parametrize("where", ROOMS)
def test_sort_and_search_acts(admin: Client, merchant: Merchant, other_merchant: Merchant, where: str) -> None:
    model, first, second = ROOMS[where]
    with merchant_scope(other_merchant):
        theirs = acts(model, first, second, admin)
    with merchant_scope(merchant):
        made = acts(model, first, second, admin)
    places = {row.id: str(place) for place, row in enumerate(made, 1)}

    def place(row: Any) -> str:
        return places[row.id]

    address = path(merchant, *where.split("/"))
    check_sorts(admin, address, place, {name: rows for name, rows in EXPECTED.items() if name != "by"})
    assert shown(admin, address, place, sort="by")[0] == "2"
    # Assign or Cancel, Mark …, Undo or Verify.
    assert shown(admin, address, place, sort="act") == ["1", *("32" if second == "verify" else "23")]
    assert shown(admin, address, place, q="ada", sort="started") == ["1", "3"]
    label = str(claims.BulkKind.VERIFY.label) if second == "verify" else {"ship": "shipped", "use": "used"}[second]
    assert shown(admin, address, place, q=label.upper()) == ["2"]
    found = {key: shown(admin, address, place, q=str(key)) for key in (made[2].id, theirs[0].id, "zzz")}
    assert list(found.values()) == [["3"], [], []]


def test_sort_and_search_assignments(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what = make.offer(name="Ten off")
        made = acts(offers.Assignment, "assign", "assign", admin, offer=what)
        offers.Assignment.objects.filter(id=made[1].id).update(offer=make.offer(name="A mug"))
    places = {row.id: str(place) for place, row in enumerate(made, 1)}
    address = path(merchant, "offers", "assignments")
    assert shown(admin, address, lambda row: places[row.id], sort="offer") == ["2", "1", "3"]
    assert shown(admin, address, lambda row: places[row.id], q="mug") == ["2"]


def position(row: Any) -> int:
    found: int = row.position
    return found


def rows_of(model: Any, bulk: Any, link: str, documents: list[Any]) -> None:
    """The first was left for a reason of its own, the second done, the others left for a reason by its letter."""
    letters = [("x", "Zebra crossing"), ("+", ""), ("a", ""), ("v", "")]
    for place, (document, (letter, reason)) in enumerate(zip(documents, letters, strict=False), 1):
        told = {"outcome": letter, "reason": reason, link: document}
        model.objects.create(bulk=bulk, position=place, seen=1, **told)


def test_sort_and_search_the_claims_of_an_act(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        funnel = funnel_with(order_number="optional")
        names = ["Zoe", "ada", "Mia"]
        rows = [
            make_claim(funnel, email=f"{name}@example.com", first_name=name, last_name="", order_number="")
            for name in names
        ]
        bulk = acts(claims.BulkAct, "verify", "assign", admin)[0]
        rows_of(claims.BulkRow, bulk, "claim", rows)
        claims.Claim.objects.filter(id=rows[0].id).update(
            status="rejected", status_reason="No", product_title="A", submitted_at=NOW
        )
        claims.Claim.objects.filter(id=rows[1].id).update(
            status="verified", product_title="c", submitted_at=NOW + timedelta(days=1)
        )
        claims.Claim.objects.filter(id=rows[2].id).update(
            status="new", product_title="B", submitted_at=NOW - timedelta(days=1)
        )
    address = path(merchant, "claims", "bulk-acts", bulk.id)
    expected = {
        "claim": [2, 3, 1],
        # Done, verified already, zebra crossing.
        "outcome": [2, 3, 1],
        "product": [1, 3, 2],
        "status": [3, 2, 1],
        "submitted": [3, 1, 2],
        "position": [1, 2, 3],
    }
    check_sorts(admin, address, position, expected)
    found = {text: shown(admin, address, position, q=text) for text in ("ADA", "zebra", str(rows[2].id), "eve")}
    assert list(found.values()) == [[2], [1], [3], []]


def test_sort_and_search_the_responses_of_an_act(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        rows = [
            make.standing(Status.COMPLETED, make.offer(name="Mug"), who=make.member(last_name="Aalto")),
            make.give(make.passed(name="bag")),
            make.standing(Status.CLIPPED, make.not_started(name="Cup", needs_clip=True)),
        ]
        for day, row in enumerate(rows):
            offers.OfferResponse.objects.filter(id=row.id).update(issued_at=NOW + timedelta(days=day))
        bulk = acts(offers.BulkAct, "cancel", "ship", admin)[0]
        rows_of(offers.BulkRow, bulk, "response", rows)
    address = path(merchant, "offer-responses", "bulk-acts", bulk.id)
    expected = {
        "document": [2, 3, 1],
        "outcome": [2, 3, 1],
        # Clipped, completed, pending.
        "status": [3, 1, 2],
        "issued": [1, 2, 3],
        # Current, not started, passed.
        "usage": [1, 3, 2],
    }
    check_sorts(admin, address, position, expected)
    found = {text: shown(admin, address, position, q=text) for text in ("aalto", "zebra", str(rows[2].id), "eve")}
    assert list(found.values()) == [[1], [1], [3], []]


def test_sort_and_search_the_redeemed_rewards_of_an_act(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        who = rewards.customer(email="mara@example.com")
        rewards.points(who, 900)
        kinds = [("Mug", "gift"), ("Money", "cashback"), ("Bag", "gift")]
        rows = [rewards.take(rewards.reward(name=name, reward_type=kind), who) for name, kind in kinds]
        mine = loyalty.RedeemedReward.objects
        for day, row in enumerate(rows):
            mine.filter(id=row.id).update(redeemed_at=NOW + timedelta(days=day))
        mark_used(redeemed_id=rows[0].id, **by())
        set_delivery(redeemed_id=rows[0].id, status=DeliveryStatus.SHIPPED, **by())
        cancel(redeemed_id=rows[2].id, refund=True, **by())
        bulk = acts(loyalty.BulkAct, "cancel", "use", admin)[0]
        rows_of(loyalty.BulkRow, bulk, "redeemed", rows)
    address = path(merchant, "redeemed-rewards", "bulk-acts", bulk.id)
    expected = {
        "document": [3, 2, 1],
        "outcome": [2, 3, 1],
        "redeemed": [1, 2, 3],
        # A cashback has no box; delivered to the customer; used.
        "used": [2, 3, 1],
        "delivery": [2, 3, 1],
    }
    check_sorts(admin, address, position, expected)
    assert shown(admin, address, position, sort="-coupon")[0] == 3
    found = {text: shown(admin, address, position, q=text) for text in ("mara", "money", str(rows[0].id), "eve")}
    assert list(found.values()) == [[1, 2, 3], [2], [1], []]


def test_sort_and_search_the_members_of_an_assignment(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what = make.offer(name="Ten off")
        people = [make.member(first_name=name, last_name="") for name in ("Zoe", "ada", "Mia")]
        first, _second, undo = acts(offers.Assignment, "assign", "assign", admin, offer=what)
        for bulk in (first, undo):
            rows_of(offers.AssignmentRow, bulk, "customer", people)
        for who, status in ((people[0], "pending"), (people[2], "clipped")):
            row = make.give(what, who)
            offers.OfferResponse.objects.filter(id=row.id).update(
                status=status, op_key=first.op_key_for(who.id), clipped_at=NOW
            )
    for bulk in (first, undo):
        address = path(merchant, "offers", "assignments", bulk.id)
        # Nobody's response, clipped, pending.
        check_sorts(admin, address, position, {"document": [2, 3, 1], "outcome": [2, 3, 1], "response": [2, 3, 1]})
    assert shown(admin, address, position, q="zoe") == [1]
    assert shown(admin, address, position, q=str(people[1].id)) == [2]


def test_name_colleagues_by_their_address_where_they_have_no_name(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        made = acts(claims.BulkAct, "verify", "assign", admin)
    User.objects.filter(id=admin.user.id).update(name="", email="zz@example.com")  # type: ignore[attr-defined]
    address = path(merchant, "claims", "bulk-acts")
    assert set(shown(admin, address, lambda row: row.id, q="zz@example")) == {made[0].id, made[2].id}

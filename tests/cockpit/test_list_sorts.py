"""The ledger and the requests for erasure are sorted as their cells read, and searched by what they show."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from cockpit.models import ErasureRequest
from cockpit.timeline import held_change, label_of
from customers.models import Customer
from customers.services import find_or_create
from ledger.models import Entry
from ledger.services import grant
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, path, sign_in
from tests.loyalty import factories as make
from tests.support.sorted_lists import check_sorts, shown

pytestmark = pytest.mark.django_db
MARA = {"first_name": "Mara", "last_name": "Aalto", "email": "mara@example.com"}
KIM = {"first_name": "Kim", "last_name": "Zorn", "email": "kim@example.com"}


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.OWNER, "Olga")


@pytest.fixture
def ledger(merchant: Merchant, owner: Client) -> str:
    """Points of two customers, one reward taken: entries of several kinds by several hands."""
    with merchant_scope(merchant):
        mara, kim = (find_or_create(actor=Actor.system(), now=NOW, **who) for who in (MARA, KIM))
        make.points(mara, 300)
        make.points(kim, 50)
        given(kim, Actor.system(), note="For Tuesday")
        make.take(make.reward(name="Mug", cost_in_points=100), mara)
    return path(merchant, "ledger")


def given(who: Customer, actor: Actor, note: str = "") -> None:
    known: Any = {"unit": Unit.POINT, "amount": 5, "event": "points.imported", "origin": "test", "origin_id": new_id()}
    grant(customer_id=who.id, actor=actor, key=uuid.uuid4().hex, note=note, **known)


def entry(row: Entry) -> Any:
    return row.id


def in_order(client: Client, address: str, sort: str, read: Any) -> list[Any]:
    found: list[Any] = shown(client, address, read, sort=sort)
    return found


def change(row: Entry) -> int:
    moved = held_change(row.movements.all())
    return moved.get(Unit.POINT, 0) * 1_000_000 + moved.get(Unit.VOUCHER, 0)


READ: dict[str, Any] = {
    "event": lambda row: str(label_of(row.event).words).lower(),
    "occurred": lambda row: row.occurred_at,
    "customer": lambda row: row.customer.name.lower(),
    "change": change,
    "note": lambda row: row.note.lower(),
    "entry": lambda row: str(row.id)[-12:],
}


@pytest.mark.parametrize("sort", READ)
def test_sort_the_ledger_as_it_reads(owner: Client, ledger: str, sort: str) -> None:
    found = in_order(owner, ledger, sort, READ[sort])
    assert len(found) >= 4
    assert found == sorted(found)
    assert in_order(owner, ledger, f"-{sort}", READ[sort]) == found[::-1]


def test_sort_the_ledger_by_who_did_it(owner: Client, merchant: Merchant, ledger: str) -> None:
    staff = Actor.user(owner.user)  # type: ignore[attr-defined]
    with merchant_scope(merchant):
        for actor in (Actor.api_key(new_id()), staff, Actor.customer(new_id()), Actor.user(new_id())):
            given(make.customer(), actor)
    kinds = in_order(owner, ledger, "actor", lambda row: "olga" if row.actor == str(staff) else row.actor.split(":")[0])
    # API key, customer, Olga, staff that is no more, system.
    assert list(dict.fromkeys(kinds)) == ["api_key", "customer", "olga", "user", "system"]


def test_search_the_ledger(owner: Client, merchant: Merchant, other_merchant: Merchant, ledger: str) -> None:
    with merchant_scope(other_merchant):
        make.points(make.customer(last_name="Fremd"), 5)
    with merchant_scope(merchant):
        rows = list(Entry.objects.select_related("customer").order_by("id"))
    maras = {row.id for row in rows if row.customer.last_name == "Aalto"}
    assert set(shown(owner, ledger, entry, q="aalto")) == maras
    assert set(shown(owner, ledger, entry, q="mara@example.com")) == maras
    assert len(shown(owner, ledger, entry, q="tuesday")) == 1
    one = rows[0].id
    assert [shown(owner, ledger, entry, q=text) for text in (str(one), str(one)[-12:])] == [[one], [one]]
    assert [shown(owner, ledger, entry, q=text) for text in ("Fremd", "…", "no such")] == [[], [], []]


@pytest.fixture
def erasures(merchant: Merchant) -> str:
    with merchant_scope(merchant):
        for number, (name, state, note, answer) in enumerate(
            [
                ("Ada", "declined", "please", "We must keep it"),
                ("Ben", "waiting", "", ""),
                ("Cora", "done", "Bye", "ok"),
            ]
        ):
            decided = None if state == "waiting" else NOW
            ErasureRequest.objects.create(
                customer=make.customer(first_name=name),
                customer_name=name,
                state=state,
                note=note,
                answer=answer,
                requested_at=NOW - timedelta(days=number),
                decided_at=decided,
            )
    return path(merchant, "erasure-requests")


def name_of(row: ErasureRequest) -> str:
    return row.customer_name[0]


def test_sort_requests_for_erasure(owner: Client, erasures: str) -> None:
    # Waiting, done, declined; nothing said before all that was said.
    expected = {"customer": "ABC", "asked": "CBA", "state": "BCA", "note": "BCA", "answer": "BCA"}
    check_sorts(owner, erasures, name_of, expected)


@pytest.mark.parametrize(("text", "found"), [("cor", "C"), ("KEEP it", "A"), ("bye ok", "C"), ("zzz", "")])
def test_search_requests_for_erasure(owner: Client, erasures: str, text: str, found: str) -> None:
    assert shown(owner, erasures, name_of, q=text) == list(found)


def test_find_no_request_of_another_merchant(owner: Client, erasures: str, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        who = make.customer(first_name="Eve")
        ErasureRequest.objects.create(customer=who, customer_name="Eve", requested_at=timezone.now())
    assert shown(owner, erasures, name_of, q="eve") == []

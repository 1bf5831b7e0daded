"""A customer's page."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from claims_center.models import Claim
from claims_center.services import gifts
from customers.models import Customer
from customers.services import erase
from ledger.services import draw, grant
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, funnel_with, make_claim, path, sign_in
from tests.support.counting import queries_of

CONTACT = {
    "first_name": "Inès",
    "last_name": "Fournier",
    "email": "ines.fournier@example.com",
    "phone": "+33 1 23",
    "city": "Lyon",
    "country": "FR",
}


@pytest.fixture
def agent(merchant: Merchant) -> Client:
    return sign_in(merchant)


@pytest.fixture
def customer(merchant: Merchant) -> Customer:
    """A customer with two claims, three days apart."""
    with merchant_scope(merchant):
        funnel = funnel_with(name="Brew kit guide")
        for days in (3, 0):
            claim = make_claim(funnel, now=NOW - timedelta(days=days), order_number=f"112-7391030-000000{days}")
        gifts.send_gift(claim_id=claim.id, reason="x", actor=Actor.system(), now=NOW)
        found: Customer = Customer.objects.get(id=claim.customer_id)
        return found


def give_points(merchant: Merchant, customer: Customer) -> None:
    about: dict[str, Any] = {
        "origin": "adjustment",
        "subject_id": None,
        "customer_id": customer.id,
        "actor": Actor.system(),
        "note": "Welcome",
    }
    with merchant_scope(merchant):
        for number, event in enumerate(("points.adjusted", "points.spent")):
            key: dict[str, Any] = {"key": f"t:{number}", "event": event, "origin_id": uuid.uuid4()}
            if number == 0:
                grant(unit=Unit.POINT, amount=500, expires_at=NOW + timedelta(days=4000), **about, **key)
            else:
                draw(unit=Unit.POINT, amount=120, **about, **key)


def test_show_contact_pattern_and_timeline(agent: Client, merchant: Merchant, customer: Customer) -> None:
    page = agent.get(path(merchant, "customers", customer.id))
    text = page.content.decode()
    for shown in (
        "Inès Fournier",
        "ines.fournier@example.com",
        "Repeat customer",
        "Brew kit guide",
        "Gift sent by e-mail",
    ):
        assert shown in text
    pattern = page.context["pattern"]
    assert (pattern.claims, pattern.median_days, pattern.shortest_days) == (2, 3.0, 3)
    assert page.context["timeline"][0].title == "Gift sent by e-mail"
    assert "Cold Brew Kit, Barista guide</a> · +1 voucher" in page.context["timeline"][0].detail


def test_fill_the_tab_of_claims(agent: Client, merchant: Merchant, customer: Customer) -> None:
    page = agent.get(path(merchant, "customers", customer.id), {"tab": "claims"})
    assert len(page.context["table"].records) == 2
    assert [tab["label"] for tab in page.context["tabs"] if tab["active"]] == ["Claims"]


def test_show_points_lot_by_lot(agent: Client, merchant: Merchant, customer: Customer) -> None:
    address = path(merchant, "customers", customer.id)
    assert "has no points yet" in agent.get(address, {"tab": "points"}).content.decode()
    give_points(merchant, customer)
    page = agent.get(address, {"tab": "points"})
    assert page.context["points"].usable == 380
    assert [(lot.grant.remaining, lot.grant.amount) for lot in page.context["lots"]] == [(380, 500)]
    lines = [one.line for one in page.context["lines"]]
    assert [(line.points, line.points_after) for line in lines] == [(-120, 380), (500, 500)]


def test_show_the_timeline_for_a_tab_that_is_not_there(agent: Client, merchant: Merchant, customer: Customer) -> None:
    page = agent.get(path(merchant, "customers", customer.id), {"tab": "parcels"})
    labels = [str(tab["label"]) for tab in page.context["tabs"]]
    assert labels == ["Timeline", "Claims", "Rewards", "Offers", "Points"]
    assert page.status_code == 200


@pytest.mark.parametrize("more", [0, 3])
@pytest.mark.parametrize("tab", ["", "claims", "points"])
def test_need_as_many_queries_whatever_happened(
    agent: Client, merchant: Merchant, customer: Customer, tab: str, more: int
) -> None:
    with merchant_scope(merchant):
        funnel = Claim.objects.first().funnel
        for number in range(more):
            make_claim(funnel, order_number=f"112-000000{number}-0000000")
    if more:
        give_points(merchant, customer)
    counted = {"": 12, "claims": 10, "points": 11}
    assert len(queries_of(agent, path(merchant, "customers", customer.id), tab=tab)) == counted[tab]


def test_change_contact_details_and_write_it_down(agent: Client, merchant: Merchant, customer: Customer) -> None:
    given = CONTACT | {"first_name": "Agnès"}
    answer = agent.post(path(merchant, "customers", customer.id, "edit"), given)
    assert answer.status_code == 302
    with merchant_scope(merchant):
        assert Customer.objects.get(id=customer.id).first_name == "Agnès"
        assert set(Claim.objects.values_list("customer_name", flat=True)) == {"Agnès Fournier"}
        event = AuditEvent.objects.filter(action="customer.updated", target_id=customer.id).last()
        assert event is not None
        assert "first_name" in (event.after or {})["fields"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"email": "taken@example.com"}, "Another customer has this e-mail address."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({"birthday": "2999-01-01"}, "A birthday cannot be in the future."),
        ({"email": "", "phone": ""}, "Keep an e-mail address, a phone number or a card number."),
        ({"country": "XX"}, "Select a valid choice."),
        ({"first_name": "x" * 200}, "at most 120 characters"),
    ],
)
def test_say_what_is_wrong_and_keep_what_was_typed(
    agent: Client, merchant: Merchant, customer: Customer, values: dict[str, str], sentence: str
) -> None:
    with merchant_scope(merchant):
        Customer(email="taken@example.com", created_at=NOW).save(force_insert=True)
    answer = agent.post(path(merchant, "customers", customer.id, "edit"), CONTACT | {"city": "Marseille"} | values)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert (sentence in text, "Marseille" in text) == (True, True)
    with merchant_scope(merchant):
        assert Customer.objects.get(id=customer.id).city == ""


def test_bring_nobody_back_who_was_erased(agent: Client, merchant: Merchant, customer: Customer) -> None:
    with merchant_scope(merchant):
        erase(customer_id=customer.id, actor=Actor.system(), now=NOW)
    page = path(merchant, "customers", customer.id)
    edit = path(merchant, "customers", customer.id, "edit")

    assert edit not in agent.get(page).content.decode()
    assert "redeem/" not in agent.get(page, {"tab": "rewards"}).content.decode()
    assert (agent.get(edit).status_code, agent.post(edit, CONTACT).status_code) == (404, 404)
    with merchant_scope(merchant):
        assert Customer.objects.get(id=customer.id).email == ""


def test_let_a_viewer_look_only(merchant: Merchant, customer: Customer) -> None:
    viewer = sign_in(merchant, Role.VIEWER)
    page = viewer.get(path(merchant, "customers", customer.id))
    edit = path(merchant, "customers", customer.id, "edit")
    assert (page.status_code, edit in page.content.decode()) == (200, False)
    assert (viewer.get(edit).status_code, viewer.post(edit, CONTACT).status_code) == (403, 403)


def test_know_no_customer_of_another_merchant(agent: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        foreign = make_claim(funnel_with()).customer_id
    for parts in ((), ("edit",)):
        assert agent.get(path(merchant, "customers", foreign, *parts)).status_code == 404
    assert agent.get(path(merchant, "customers", uuid.uuid4())).status_code == 404

"""Members, purchases, returns, statement."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer
from customers.services import erase
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories
from tests.pos.till import Till
from tests.support.threads import Outcome

pytestmark = pytest.mark.django_db(databases=["default", "aside"])


def test_enrol_and_find(till: Till, merchant: Merchant) -> None:
    address = {"street": "Long Lane", "house_number": "4", "city": "Leeds", "country": "GB"}
    body = {"email": "Neil@Example.com", "phone": "+44 20 7946 0018", "card_number": "77", "birthday": "1990-02-28"}
    response = till.post("members", body | {"first_name": "Neil", "address": address})
    member = response.json()
    assert response.status_code == 201
    assert (member["first_name"], member["birthday"], member["address"]["city"]) == ("Neil", "1990-02-28", "Leeds")
    for asked in ({"email": "neil@example.COM"}, {"phone": "+442079460018"}, {"card_number": "77"}):
        found = till.get("members", **asked).json()
        assert ([one["id"] for one in found["results"]], found["next"]) == ([member["id"]], None)
    assert till.get("members", email="nobody@example.com").json()["results"] == []
    assert till.get("members").json()["code"] == "invalid_request"


@pytest.mark.parametrize("body", [{"email": "MARA@example.com"}, {"card_number": "C-1", "email": "new@example.com"}])
def test_say_whose_the_address_is(till: Till, mara: Customer, body: dict[str, str]) -> None:
    response = till.post("members", body)
    assert (response.status_code, response.json()["code"]) == (409, "member_exists")
    assert response.json()["member_id"] == str(mara.id)


def test_enrol_once_who_is_known_by_a_phone_number_alone(till: Till, mara: Customer) -> None:
    taken = till.post("members", {"phone": "0044 20 7946 0018"})
    assert (taken.status_code, taken.json()["code"], taken.json()["member_id"]) == (409, "member_exists", str(mara.id))
    made = till.post("members", {"phone": "555 1234"})
    again = till.post("members", {"phone": "(555) 12-34"})
    assert (made.status_code, again.status_code, again.json()["member_id"]) == (201, 409, made.json()["id"])
    # A family shares it.
    assert till.post("members", {"phone": "555 1234", "email": "ben@example.com"}).status_code == 201


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_record_one_of_many_purchases_with_the_same_reference(
    together: Callable[..., list[Outcome]], till: Till, merchant: Merchant, mara: Customer
) -> None:
    """Tills that count alike, at the same moment: the shop has to be told, not that this failed on our side."""
    body = {"member_id": str(mara.id), "reference": "4711", "currency": "USD"}

    def press(number: int) -> tuple[int, str]:
        try:
            response = till.post("purchases", body | {"amount": f"{number + 1}.00"})
            return response.status_code, response.json().get("code", "")
        finally:
            connection.close()

    found = sorted(one.value for one in together(press, [(number,) for number in range(10)]))
    assert found == [(201, "")] + [(409, "purchase_exists")] * 9


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_enrol_one_of_ten_at_the_same_moment(
    together: Callable[..., list[Outcome]], till: Till, merchant: Merchant
) -> None:
    def press(_number: int) -> int:
        try:
            status: int = till.post("members", {"phone": "555 1234"}).status_code
            return status
        finally:
            connection.close()

    found = sorted(one.value for one in together(press, [(number,) for number in range(10)]))
    assert found == [201] + [409] * 9
    with merchant_scope(merchant):
        assert Customer.objects.count() == 1


def test_enrol_nobody_without_anything_to_know_them_by(till: Till) -> None:
    assert till.post("members", {"first_name": "Neil"}).json()["code"] == "invalid_request"


def test_earn_points_and_give_them_back(till: Till, mara: Customer) -> None:
    body = {"member_id": str(mara.id), "reference": "till 3/4711", "amount": "10.50", "currency": "USD"}
    bought = till.post("purchases", body | {"items": [{"sku": "A", "quantity": 2}]})
    assert (bought.status_code, bought.json()) == (
        201,
        {"reference": "till 3/4711", "points_earned": 21, "issued_responses": []},
    )
    again = till.post("purchases", body)
    assert (again.status_code, again.json()["code"]) == (409, "purchase_exists")
    returned = till.post("purchases/till%203/4711/returns", {"reference": "r1", "amount": "5.25"})
    assert (returned.status_code, returned.json()["points_returned"]) in ((201, 10), (201, 11))
    too_much = till.post("purchases/till%203/4711/returns", {"reference": "r2", "amount": "99"})
    assert (too_much.status_code, too_much.json()["code"]) == (422, "return_exceeds_purchase")
    points = till.get(f"members/{mara.id}").json()["points"]
    assert points == {"active": 21 - returned.json()["points_returned"], "pending": 0, "expiring": []}


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"currency": "EUR"}, 422, "currency_mismatch"),
        ({"amount": "-1"}, 400, "invalid_request"),
        ({"amount": "1.234"}, 400, "invalid_request"),
        ({"occurred_at": "2999-01-01T00:00:00Z"}, 400, "invalid_request"),
        ({"member_id": str(uuid.uuid4())}, 404, "not_found"),
        ({"member_id": "x"}, 400, "invalid_request"),
    ],
)
def test_refuse_a_purchase(till: Till, mara: Customer, values: dict[str, str], status: int, code: str) -> None:
    body = {"member_id": str(mara.id), "reference": "1", "amount": "10", "currency": "USD"}
    response = till.post("purchases", body | values)
    assert (response.status_code, response.json()["code"]) == (status, code)


def test_page_through_a_statement(till: Till, merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(merchant):
        for amount in range(1, 6):
            factories.points(mara, amount)
    seen, path, params = [], f"members/{mara.id}/statement", {"page_size": "2"}
    while True:
        found = till.get(path, **params).json()
        seen += found["results"]
        if not found["next"]:
            break
        query = found["next"].partition("?")[2]
        params = dict(pair.split("=", 1) for pair in query.split("&"))
    assert [one["points"] for one in seen] == [5, 4, 3, 2, 1]
    assert [one["points_after"] for one in seen] == [15, 10, 6, 3, 1]
    assert all(one["lots"][0]["points"] == one["points"] for one in seen)
    assert till.get(path, after="nonsense").json()["code"] == "invalid_request"


def test_tell_nothing_of_an_erased_member_to_who_repeats_the_enrolment(till: Till, merchant: Merchant) -> None:
    body, other = {"email": "ada@example.com", "first_name": "Ada"}, {"email": "ben@example.com"}
    made, kept = till.post("members", body, key="one"), till.post("members", other, key="two")
    with merchant_scope(merchant):
        erase(customer_id=uuid.UUID(made.json()["id"]), actor=Actor.system(), now=timezone.now())
    again = till.post("members", body, key="one")
    assert (again.status_code, again.json()["code"], again["Idempotent-Replayed"]) == (404, "not_found", "true")
    assert b"ada@" not in again.content
    assert till.post("members", other, key="two").content == kept.content
    with merchant_scope(merchant):
        assert Customer.objects.exclude(email="").count() == 1


def test_show_nothing_of_an_erased_member(till: Till, merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(merchant):
        Customer.objects.filter(id=mara.id).update(erased_at=mara.created_at)
    assert till.get(f"members/{mara.id}").status_code == 404
    assert till.get("members", email="mara@example.com").json()["results"] == []


@pytest.mark.parametrize("day", ["1990-2-28", "1990-02-8", "19900228", "2994-03-02", "1990-02-30"])
def test_refuse_a_birthday_that_is_none(till: Till, day: str) -> None:
    answer = till.post("members", {"email": "neil@example.com", "birthday": day})

    assert (answer.status_code, [one["field"] for one in answer.json()["errors"]]) == (400, ["birthday"])


@pytest.mark.parametrize(
    ("field", "value"),
    [("first_name", " " + 120 * "n"), ("address", {"country": "GB "}), ("address", {"country": "GB\n"})],
)
def test_take_a_text_as_it_was_sent(till: Till, field: str, value: object) -> None:
    answer = till.post("members", {"email": "neil@example.com", field: value})

    assert (answer.status_code, answer.json()["errors"][0]["field"].split(".")[0]) == (400, field)

"""The pages on which an offer is assigned: whom, preview, progress, result, undo; and from the list of customers."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from offers.models import Assignment, OfferResponse
from offers.states import Status
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.loyalty.test_grid import sign_in
from tests.offers import factories as make
from tests.offers.bulking import again, run
from tests.support.counting import queries_of
from ui.bulk import signed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
HOME = "/m/brew-bloom/"
ALL = {"whom": "matching", "starts": "pending"}


def text_of(answer: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def at(merchant: Merchant) -> str:
    """The address at which an offer is assigned; two members are known."""
    with merchant_scope(merchant):
        make.member(email="ada@example.com", first_name="Ada")
        make.member(email="ben@example.com", first_name="Ben")
        return f"{HOME}offers/{make.offer(name='Ten off', total_limit=9, member_limit=1).id}/assign/"


def latest(merchant: Merchant) -> Assignment:
    with merchant_scope(merchant):
        found: Assignment = Assignment.objects.order_by("-created_at")[0]
        return found


def test_from_the_question_to_the_undo(admin: Client, merchant: Merchant, at: str) -> None:
    assert "Assign to members" in text_of(admin.get(at.removesuffix("assign/")))
    assert "Members in a file" in text_of(admin.get(at))

    preview = admin.post(at, ALL | {"starts": "clipped", "reason": "Thanks"})["Location"]
    text = text_of(admin.get(preview))
    assert "2 members chosen · all that match the filters" in text
    assert "Each gets “Ten off”, as Clipped." in text
    assert "Assign offer: 2 members" in text

    result = admin.post(preview, {"confirm": "1"})["Location"]
    assert "Going through the rows" in text_of(admin.get(result))
    run(merchant, latest(merchant))
    text = text_of(admin.get(result))
    assert ("Ten off" in text, "Done 2 Skipped 0" in text, text.count("Clipped")) == (True, True, 2)
    with merchant_scope(merchant):
        assert set(OfferResponse.objects.values_list("status", "source")) == {("clipped", "bulk")}
    assert "Ten off" in text_of(admin.get(f"{HOME}offers/assignments/"))
    assert b"ada@example.com" in b"".join(admin.get(f"{result}rows.csv"))

    undo = admin.post(f"{result}undo/")["Location"]
    assert "waits to be used is canceled" in text_of(admin.get(undo))
    admin.post(undo, {"confirm": "1"})
    run(merchant, latest(merchant))
    with merchant_scope(merchant):
        assert set(OfferResponse.objects.values_list("status", flat=True)) == {Status.CANCELED}
    assert "This was undone" in text_of(admin.get(result))


def test_filters_are_those_of_the_list_of_customers(admin: Client, merchant: Merchant, at: str) -> None:
    with merchant_scope(merchant):
        old = make.member(created_at=timezone.now() - timedelta(days=99))
    until = (timezone.now() - timedelta(days=50)).date().isoformat()

    preview = admin.post(at, ALL | {"since_to": until})["Location"]

    assert "1 member chosen" in text_of(admin.get(preview))
    assert latest(merchant).query == f"since_to={until}"
    assert "Nothing is selected" in text_of(admin.post(at, ALL | {"since_to": "2001-01-01"}))
    with merchant_scope(merchant):
        assert Customer.objects.get(id=old.id)


def test_a_file_with_strangers_says_which_lines(admin: Client, merchant: Merchant, at: str) -> None:
    file = SimpleUploadedFile("club.csv", b"email\nada@example.com\nnobody@example.com\n")

    preview = admin.post(at, {"whom": "listed", "starts": "pending", "file": file})["Location"]

    text = text_of(admin.get(preview))
    assert "1 member chosen" in text
    assert "1 line of club.csv names no member whom you know Line 3" in text
    assert "nobody@example.com" not in text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Choose the file that names the members."),
        (b"name\nAda\n", "One of the columns card_number, email has to be there."),
        (b"email\nnobody@example.com\n", "No line of this file names a member"),
        (b"PK\x03\x04", "This is not a text file."),
    ],
)
def test_say_what_is_wrong_with_a_file(admin: Client, at: str, content: bytes | None, words: str) -> None:
    body: dict[str, Any] = {"whom": "listed", "starts": "pending"}
    body |= {} if content is None else {"file": SimpleUploadedFile("club.csv", content)}

    answer = admin.post(at, body)

    assert (answer.status_code, words in text_of(answer)) == (422, True)


def test_an_offer_that_is_not_out_cannot_be_assigned(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        draft, _who = make.offer(published_at=None), make.member()
    answer = admin.post(f"{HOME}offers/{draft.id}/assign/", ALL)
    assert (answer.status_code, "This offer is not open" in text_of(answer)) == (422, True)
    assert "Assign to members" not in text_of(admin.get(f"{HOME}offers/{draft.id}/"))


def test_from_the_list_of_customers(admin: Client, merchant: Merchant, at: str) -> None:
    with merchant_scope(merchant):
        ada = Customer.objects.get(email="ada@example.com")
    assert "Assign an offer" in admin.get(f"{HOME}customers/").content.decode()
    chosen = {"id": [str(ada.id)], "query": signed("")}

    page = admin.post(f"{HOME}offers/assign/", chosen)
    assert ("1 customer" in text_of(page), "Ten off" in text_of(page)) == (True, True)
    answer = admin.post(f"{HOME}offers/assign/", chosen | {"starts": "pending", "offer": ""})
    assert answer.status_code == 422
    preview = admin.post(f"{HOME}offers/assign/", chosen | {"starts": "pending", "offer": at.split("/")[-3]})[
        "Location"
    ]
    assert "Assign offer: 1 member" in text_of(admin.get(preview))

    everybody = {"all": "1", "query": signed("q=")}
    assert "All customers who match" in text_of(admin.post(f"{HOME}offers/assign/", everybody))
    for bad in ({}, {"all": "1", "query": "q=forged"}):
        assert admin.post(f"{HOME}offers/assign/", bad)["Location"] == f"{HOME}customers/"
    assert admin.get(f"{HOME}offers/assign/")["Location"] == f"{HOME}customers/"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_others_look_and_do_not_assign(client: Client, merchant: Merchant, at: str, role: Role) -> None:
    browser = sign_in(client, merchant, role)
    assert "Assign to members" not in text_of(browser.get(at.removesuffix("assign/")))
    assert "Assign an offer" not in browser.get(f"{HOME}customers/").content.decode()
    assert {browser.get(at).status_code, browser.post(at, ALL).status_code} == {403}
    assert browser.post(f"{HOME}offers/assign/", {"all": "1"}).status_code == 403
    assert browser.get(f"{HOME}offers/assignments/").status_code == 200


def test_anothers_offer_is_no_page(admin: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        foreign = make.offer()
    assert admin.post(f"{HOME}offers/{foreign.id}/assign/", ALL).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_as_much_for_three_rows(admin: Client, merchant: Merchant, at: str, number: int) -> None:
    with merchant_scope(merchant):
        Customer.objects.all().delete()
        for _number in range(number):
            make.member()
    preview = admin.post(at, ALL)["Location"]
    assert len(queries_of(admin, preview)) <= 21
    result = admin.post(preview, {"confirm": "1"})["Location"]
    run(merchant, again(merchant, latest(merchant)))
    assert len(queries_of(admin, result)) <= 14
    assert len(queries_of(admin, f"{HOME}offers/assignments/")) <= 12

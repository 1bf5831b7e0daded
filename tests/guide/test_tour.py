"""The offer of the tour: made until it is answered, to each person at each merchant."""

import uuid

import pytest
from django.test import Client

from guide.tour import CLAIMS
from tenancy.lists import preference
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import sign_in
from tests.support.counting import queries_of

OFFER = "data-tour-offer"


def claims(client: Client, merchant: Merchant) -> str:
    return client.get(f"/m/{merchant.slug}/claims/").content.decode()


def answer(client: Client, merchant: Merchant, given: str = "left") -> int:
    return client.post(
        f"/m/{merchant.slug}/help/tour/claims/", {"answer": given, "op_id": str(uuid.uuid4())}
    ).status_code


def test_offer_the_tour_until_it_is_declined(merchant: Merchant, viewer: Client) -> None:
    assert OFFER in claims(viewer, merchant)
    assert OFFER in claims(viewer, merchant)

    assert answer(viewer, merchant) == 302

    assert OFFER not in claims(viewer, merchant)


def test_remember_the_answer_beyond_the_session(merchant: Merchant, viewer: Client) -> None:
    answer(viewer, merchant, "finished")
    again = Client()
    again.force_login(User.objects.get(name="Vera Lind"))

    assert OFFER not in claims(again, merchant)
    with merchant_scope(merchant):
        user_id = User.objects.get(name="Vera Lind").pk
        assert preference(user_id=user_id, name="tour.claims", default=None)["answer"] == "finished"


def test_offer_it_to_everybody_else(merchant: Merchant, viewer: Client, owner: Client) -> None:
    answer(viewer, merchant)

    assert OFFER in claims(owner, merchant)


def test_keep_the_steps_for_those_who_start_it_again(merchant: Merchant, viewer: Client) -> None:
    answer(viewer, merchant)

    assert 'id="tour"' in claims(viewer, merchant)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_leave_out_steps_beyond_the_role(role: Role, merchant: Merchant) -> None:
    text = claims(sign_in(merchant, role), merchant)

    assert text.count("data-tour-stop") == sum(stop.role <= role for stop in CLAIMS.stops)


def test_offer_no_tour_elsewhere(merchant: Merchant, viewer: Client) -> None:
    assert 'id="tour"' not in viewer.get(f"/m/{merchant.slug}/customers/").content.decode()


def test_know_no_other_tour(merchant: Merchant, viewer: Client) -> None:
    assert viewer.post(f"/m/{merchant.slug}/help/tour/moon/").status_code == 404


def test_go_back_to_the_list_as_it_was(merchant: Merchant, viewer: Client) -> None:
    there = f"/m/{merchant.slug}/claims/?status=new"
    page = viewer.post(f"/m/{merchant.slug}/help/tour/claims/", {"next": there})
    elsewhere = viewer.post(f"/m/{merchant.slug}/help/tour/claims/", {"next": "https://evil.example/"})

    assert page["Location"] == there
    assert elsewhere["Location"] == f"/m/{merchant.slug}/claims/"


def test_ask_for_the_answer_once_a_session(merchant: Merchant, viewer: Client) -> None:
    asked = [query for query in queries_of(viewer, f"/m/{merchant.slug}/claims/") if "tour." in query]
    assert asked == []

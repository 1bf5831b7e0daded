"""The help's pages as they are served."""

import pytest
from django.test import Client
from django.urls import reverse

from guide.topics import TOPICS
from tenancy.models import Merchant
from tests.support.counting import queries_of


def test_list_all_topics(merchant: Merchant, viewer: Client) -> None:
    text = viewer.get(f"/m/{merchant.slug}/help/").content.decode()

    assert [slug for slug in TOPICS if f'href="/m/{merchant.slug}/help/{slug}/"' not in text] == []
    assert f'href="/m/{merchant.slug}/claims/#tour"' in text


def test_search_the_topics(merchant: Merchant, viewer: Client) -> None:
    text = viewer.get(f"/m/{merchant.slug}/help/", {"q": "suppression list"}).content.decode()

    assert f'href="/m/{merchant.slug}/help/deliveries/"' in text
    assert "<mark>" in text


def test_say_so_when_nothing_is_found(merchant: Merchant, viewer: Client) -> None:
    page = viewer.get(f"/m/{merchant.slug}/help/", {"q": "<b>zeppelin"})

    assert "0 pages on “&lt;b&gt;zeppelin”" in page.content.decode()
    assert "No page has all of these words" in page.content.decode()


def test_know_no_other_topic(merchant: Merchant, viewer: Client) -> None:
    assert viewer.get(f"/m/{merchant.slug}/help/zeppelins/").status_code == 404


def test_let_no_stranger_in(merchant: Merchant, other_merchant: Merchant, viewer: Client) -> None:
    assert viewer.get(f"/m/{other_merchant.slug}/help/").status_code == 404
    assert Client().get(f"/m/{merchant.slug}/help/").status_code == 302


@pytest.mark.parametrize(
    ("name", "topic"),
    [
        ("claims:list", "claims"),
        ("customers:list", "customers"),
        ("catalogue:funnels", "funnels"),
        ("codes:list", "code-pools"),
        ("messaging:list", "deliveries"),
        ("jobs:list", "jobs"),
        ("cockpit:ledger", "ledger"),
        ("loyalty:redeemed", "redeemed-rewards"),
        ("offers:responses", "offers"),
        ("tenancy:general", "settings"),
    ],
)
def test_link_a_screen_to_its_topic(name: str, topic: str, merchant: Merchant, owner: Client) -> None:
    text = owner.get(reverse(name, args=[merchant.slug]), follow=True).content.decode()

    assert text.count(" data-help aria-label") == 1
    assert f'href="/m/{merchant.slug}/help/{topic}/" data-help' in text


def test_offer_the_screen_to_those_who_may_open_it(merchant: Merchant, owner: Client, viewer: Client) -> None:
    address = f"/m/{merchant.slug}/help/settings/"

    assert "Go to the screen" in owner.get(address).content.decode()
    assert "Go to the screen" not in viewer.get(address).content.decode()


def test_ask_the_database_for_nothing_of_its_own(merchant: Merchant, viewer: Client) -> None:
    assert len(queries_of(viewer, f"/m/{merchant.slug}/help/claims/")) == 4

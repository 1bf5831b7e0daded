"""The sidebar leads to pages that exist and that the person may open."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from config.navigation import FOOT, SIDEBAR
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role

pytestmark = pytest.mark.django_db(databases=["default", "aside"])
PAGES = [page for _label, pages in SIDEBAR for page in pages] + list(FOOT)


@pytest.fixture
def sign_in(merchant: Merchant) -> Callable[[Role], Client]:
    """Makes a browser of a member with this role."""
    Merchant.objects.update(mfa_required=False)

    def make(role: Role) -> Client:
        user = User.objects.create_user(f"{role.name.lower()}@example.com", "x")
        Membership.objects.create(merchant=merchant, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return make


def drawn(response: Any) -> set[str]:
    context = response.context
    return {item.url for group in context["nav"]() for item in group.items} | {
        item.url for item in context["nav_foot"]()
    }


@pytest.mark.parametrize("role", list(Role))
def test_open_every_page_that_is_offered(sign_in: Callable[[Role], Client], role: Role) -> None:
    client = sign_in(role)
    offered = drawn(client.get(reverse("customers:list", args=["brew-bloom"])))
    statuses = {url: client.get(url, follow=True).status_code for url in offered}
    assert set(statuses.values()) == {200}, statuses


@pytest.mark.parametrize("role", list(Role))
def test_offer_every_page_that_may_be_opened(sign_in: Callable[[Role], Client], role: Role) -> None:
    client = sign_in(role)
    offered = drawn(client.get(reverse("customers:list", args=["brew-bloom"])))
    addresses = {reverse(page.name, args=["brew-bloom"]) for page in PAGES}
    assert {url for url in addresses if client.get(url).status_code != 403} == offered


def test_mark_the_page_that_is_open(sign_in: Callable[[Role], Client]) -> None:
    page = sign_in(Role.OWNER).get(reverse("customers:list", args=["brew-bloom"])).content.decode()
    assert page.count('aria-current="page"') >= 1
    assert 'href="/m/brew-bloom/customers/" aria-current="page"' in page


def test_name_each_page_once() -> None:
    assert len({page.name for page in PAGES}) == len(PAGES)

"""`/`: where each person goes."""

from collections.abc import Callable

import pytest
from django.test import Client

from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tests.tenancy.conftest import sign_in

MakeUser = Callable[..., User]
pytestmark = pytest.mark.django_db(databases=["default", "aside"])


def members_of_many(user: User, number: int) -> None:
    made = Merchant.objects.bulk_create(
        [Merchant(name=f"Shop {n:02}", slug=f"shop-{n}", mfa_required=False) for n in range(number)]
    )
    Membership.objects.bulk_create([Membership(merchant=each, user=user, role=Role.AGENT) for each in made])


@pytest.fixture
def user(client: Client, person: MakeUser) -> User:
    """Somebody signed in who works for nobody yet."""
    made = person("somebody")
    sign_in(client, made)
    return made


def test_ask_strangers_to_sign_in(db: None) -> None:
    assert Client().get("/")["Location"] == "/accounts/login/?next=/"


def test_say_plainly_that_there_is_no_merchant(client: Client, user: User) -> None:
    page = client.get("/").content.decode()
    assert "Nobody has invited somebody@brew-bloom.example" in page


def test_go_to_the_only_merchant(client: Client, user: User, relaxed: Merchant) -> None:
    Membership.objects.create(merchant=relaxed, user=user, role=Role.AGENT)
    assert client.get("/")["Location"] == "/m/brew-bloom/"
    assert client.get("/m/brew-bloom/")["Location"] == "/m/brew-bloom/claims/"


def test_offer_the_choice_with_roles(client: Client, user: User, relaxed: Merchant) -> None:
    Membership.objects.create(merchant=relaxed, user=user, role=Role.OWNER)
    members_of_many(user, 2)
    page = client.get("/").content.decode()
    assert [text in page for text in ("Brew &amp; Bloom", "Shop 01", "Owner", "Agent", "/m/shop-0/")] == [True] * 5
    assert 'name="q"' not in page


def test_search_among_many(client: Client, user: User) -> None:
    members_of_many(user, 12)
    assert 'name="q"' in client.get("/").content.decode()
    page = client.get("/?q=shop 07").content.decode()
    assert ("Shop 07" in page, "Shop 08" in page) == (True, False)
    assert "None of your merchants is called" in client.get("/?q=<b>x").content.decode()


def test_name_no_merchant_of_others(client: Client, user: User, other_merchant: Merchant) -> None:
    members_of_many(user, 2)
    assert "North Trail" not in client.get("/").content.decode()


def test_switch_between_merchants(client: Client, user: User) -> None:
    members_of_many(user, 3)
    links = client.get("/m/shop-1/customers/").context["merchants"]
    assert [(link.name, link.current) for link in links] == [("Shop 01", True), ("Shop 00", False), ("Shop 02", False)]


def test_offer_the_chooser_beyond_twenty(client: Client, user: User) -> None:
    members_of_many(user, 25)
    links = client.get("/m/shop-24/customers/").context["merchants"]
    assert (len(links), links[0].name, links[-1].url) == (21, "Shop 24", "/")


def test_offer_no_switch_to_who_has_one(client: Client, user: User) -> None:
    members_of_many(user, 1)
    assert client.get("/m/shop-0/customers/").context["merchants"] == []

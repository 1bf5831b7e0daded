"""The list of customers."""

import pytest
from django.test import Client

from customers.models import Customer
from customers.services import enrol, update_contact
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import NOW, path, sign_in
from tests.support.counting import queries_of


@pytest.fixture
def viewer(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.VIEWER)


def enrolled(merchant: Merchant, number: int = 1) -> Customer:
    with merchant_scope(merchant):
        made = enrol(
            email=f"person{number}@example.com",
            first_name="Inès",
            last_name=f"Fournier{number}",
            phone=f"+49 30 0000{number}",
            card_number=f"CARD-{number}",
            now=NOW,
            actor=Actor.system(),
        )
        return update_contact(customer=made, values={"city": "Lyon", "country": "FR"}, actor=Actor.system())


def test_show_every_column(viewer: Client, merchant: Merchant) -> None:
    made = enrolled(merchant)
    page = viewer.get(path(merchant, "customers"))
    assert [head.label for head in page.context["heads"]] == [
        "Customer",
        "E-mail",
        "Phone",
        "Town",
        "Card number",
        "Customer since",
    ]
    text = page.content.decode()
    for shown in (
        "Inès Fournier1",
        "person1@example.com",
        "Lyon, France",
        "CARD-1",
        path(merchant, "customers", made.id),
    ):
        assert shown in text


@pytest.mark.parametrize("count", [1, 3])
def test_need_as_many_queries_for_one_as_for_three(viewer: Client, merchant: Merchant, count: int) -> None:
    for number in range(count):
        enrolled(merchant, number)
    assert len(queries_of(viewer, path(merchant, "customers"))) == 7


@pytest.mark.parametrize("query", ["inès", "ines fournier2", "person2@example.com", "4930", "CARD-2", "card"])
def test_find_by_words(viewer: Client, merchant: Merchant, query: str) -> None:
    enrolled(merchant, 2)
    page = viewer.get(path(merchant, "customers"), {"q": query})
    assert [row.last_name for row in page.context["page"].rows] == ["Fournier2"]


@pytest.mark.parametrize("sort", ["customer", "email", "phone", "town", "card_number", "since"])
def test_sort_by_every_column(viewer: Client, merchant: Merchant, sort: str) -> None:
    for number in (1, 2):
        enrolled(merchant, number)
    up, down = (viewer.get(path(merchant, "customers"), {"sort": s}).context["page"].rows for s in (sort, f"-{sort}"))
    assert [row.id for row in up] == [row.id for row in reversed(down)]


@pytest.mark.parametrize(
    "query", ["since_from=junk", "since_to=2026-99-99", "sort=password", "q=%F0%9F%92%A5", "after=x"]
)
def test_take_junk_for_a_filter_error(viewer: Client, merchant: Merchant, query: str) -> None:
    assert viewer.get(f"{path(merchant, 'customers')}?{query}").status_code == 200


def test_show_no_customer_of_another_merchant(viewer: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    enrolled(other_merchant)
    assert viewer.get(path(merchant, "customers")).context["page"].rows == []


def test_say_what_to_expect_where_nobody_is(viewer: Client, merchant: Merchant) -> None:
    assert "No customers yet" in viewer.get(path(merchant, "customers")).content.decode()

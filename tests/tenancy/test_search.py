"""Search by words: the same answer whether few or many rows have a word, and always by a bounded number of rows."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from customers.models import Customer, CustomerToken
from tenancy import search
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.search import search_by_token, words_of, write_tokens

pytestmark = pytest.mark.django_db

PEOPLE = (
    ("Mei", "Tanaka", "mei.tanaka@example.com"),
    ("Mei", "Weiss", "mei.weiss@example.com"),
    ("Meike", "Berg", "meike@example.org"),
    ("Zofia", "Król", "zofia.krol@example.com"),
)


@pytest.fixture
def people(scope: Merchant) -> list[Customer]:
    from django.utils import timezone  # noqa: PLC0415 - a fixture's own

    made = []
    for first, last, email in PEOPLE:
        person = Customer(first_name=first, last_name=last, email=email, created_at=timezone.now())
        person.save()
        write_tokens(CustomerToken, person.id, words_of(first, last, email))
        made.append(person)
    return made


def found(text: str) -> list[str]:
    rows: QuerySet[Any] = search_by_token(Customer.objects.all(), CustomerToken, text)
    return sorted(rows.values_list("email", flat=True))


@pytest.mark.parametrize("few", [100, 2, 0])
@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("tanaka", ["mei.tanaka@example.com"]),
        ("MEI", ["mei.tanaka@example.com", "mei.weiss@example.com", "meike@example.org"]),
        ("mei weiss", ["mei.weiss@example.com"]),
        ("weiss mei", ["mei.weiss@example.com"]),
        ("mei example com", ["mei.tanaka@example.com", "mei.weiss@example.com"]),
        ("example com", ["mei.tanaka@example.com", "mei.weiss@example.com", "zofia.krol@example.com"]),
        ("krol", ["zofia.krol@example.com"]),
        ("meike@example.org", ["meike@example.org"]),
        ("mei mei", ["mei.tanaka@example.com", "mei.weiss@example.com", "meike@example.org"]),
        ("mei nobody", []),
        ("...", []),
    ],
)
def test_find_the_same_whether_few_or_many_have_the_words(
    people: list[Customer], monkeypatch: pytest.MonkeyPatch, few: int, text: str, emails: list[str]
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    assert found(text) == emails


@pytest.mark.parametrize("few", [100, 0])
def test_find_nothing_of_another_merchant(
    people: list[Customer], other_merchant: Merchant, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    with merchant_scope(other_merchant):
        assert found("mei") == []


@pytest.mark.parametrize(("text", "queries"), [("mei", 2), ("mei tanaka", 3), ("mei example com", 3)])
@pytest.mark.parametrize("few", [100, 0])
def test_ask_twice_beforehand_at_most(
    people: list[Customer], monkeypatch: pytest.MonkeyPatch, few: int, text: str, queries: int
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    with CaptureQueriesContext(connection) as seen:
        found(text)
    assert len(seen) == queries


def test_narrow_what_is_narrowed_already(people: list[Customer]) -> None:
    rows = Customer.objects.filter(last_name="Weiss")
    assert search_by_token(rows, CustomerToken, "mei").count() == 1
    assert search_by_token(rows, CustomerToken, "mei").order_by("created_at").first() is not None
    assert search_by_token(Customer.objects.filter(id=uuid.uuid4()), CustomerToken, "mei").count() == 0

"""Search by words: the same answer whether few or many rows have a word, and always by a bounded number of rows."""

import re
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
from ui.counting import CappedCount, count_each

pytestmark = pytest.mark.django_db

PEOPLE = (
    ("Mei", "Tanaka", "mei.tanaka@example.com"),
    ("Mei", "Weiss", "mei.weiss@example.com"),
    ("Meike", "Berg", "meike@example.org"),
    ("Zofia", "Król", "zofia.krol@example.com"),
)


def make_people(number: int, first: str, last: str) -> None:
    """Customers of one name; five of each have the phone "1"."""
    from django.utils import timezone  # noqa: PLC0415 - a helper's own

    for place in range(number):
        email = f"{first}{place}.{last}@example.com".lower()
        person = Customer(first_name=first, last_name=last, email=email, created_at=timezone.now())
        person.phone = "1" if place < 5 and last == "Annaberg" else ""
        person.save()
        write_tokens(CustomerToken, person.id, words_of(first, last, email))


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


def counted(text: str, cap: int) -> tuple[int, bool]:
    (count,) = count_each([(search_by_token(Customer.objects.all(), CustomerToken, text), cap)])
    return count.number, count.capped


# What few and many are: words of few rows, of some, plainly of many, and of as many as only reading them tells.
WAYS = [(100, 32_000), (2, 32_000), (0, 32_000), (0, 0)]


@pytest.mark.parametrize(("few", "many"), WAYS)
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
    people: list[Customer], monkeypatch: pytest.MonkeyPatch, few: int, many: int, text: str, emails: list[str]
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "MANY", many)
    assert found(text) == emails
    assert counted(text, 10) == (len(emails), False)


@pytest.mark.parametrize("few", [100, 0])
def test_find_nothing_of_another_merchant(
    people: list[Customer], other_merchant: Merchant, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    with merchant_scope(other_merchant):
        assert found("mei") == []
        assert counted("mei example", 10) == (0, False)


@pytest.mark.parametrize(
    ("text", "few", "many", "queries"),
    [
        ("mei", 100, 32_000, 2),
        ("mei", 0, 32_000, 2),
        ("mei tanaka", 100, 32_000, 3),
        ("mei example com", 100, 32_000, 3),
        # Frequent words: a sample, and a count of the rarest; or their rows, where a count could tell nothing.
        ("mei tanaka", 0, 32_000, 4),
        ("mei example com", 0, 32_000, 4),
        ("mei example com", 0, 0, 4),
    ],
)
def test_ask_little_beforehand(
    people: list[Customer], monkeypatch: pytest.MonkeyPatch, text: str, few: int, many: int, queries: int
) -> None:
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "MANY", many)
    with CaptureQueriesContext(connection) as seen:
        found(text)
    assert len(seen) == queries


@pytest.mark.parametrize("near", [2_500, 12, 1])
@pytest.mark.parametrize(("few", "many"), WAYS)
def test_count_two_words_exactly_up_to_the_cap(
    scope: Merchant, other_merchant: Merchant, monkeypatch: pytest.MonkeyPatch, few: int, many: int, near: int
) -> None:
    make_people(7, "Anna", "Annaberg")
    make_people(4, "Anna", "Tanaka")
    with merchant_scope(other_merchant):
        make_people(3, "Anna", "Annaberg")
    monkeypatch.setattr(search, "FEW", few)
    monkeypatch.setattr(search, "MANY", many)
    monkeypatch.setattr(search, "NEAR", near)
    # Of each row four words begin with "ann", and two with "annab": it counts once.
    for cap in (6, 7, 8):
        assert counted("ann annab", cap) == (min(7, cap), cap < 7)
        assert counted("annab ann example", cap) == (min(7, cap), cap < 7)
    # In one statement, as the page asks, and with another filter before or behind.
    asked = search_by_token(Customer.objects.filter(phone="1"), CustomerToken, "ann annab")
    both = search_by_token(Customer.objects.all(), CustomerToken, "ann annab").filter(phone="1")
    with CaptureQueriesContext(connection) as seen:
        numbers = count_each([(one, cap) for one in (asked, both) for cap in (4, 5, 6)])
    assert numbers == [CappedCount(4, capped=True), CappedCount(5), CappedCount(5)] * 2
    assert len(seen) == 1
    assert count_each([(both.none(), 5)]) == [CappedCount(0)]


def test_count_many_from_the_hits_of_the_rarer_word(scope: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    make_people(3, "Anna", "Berg")
    make_people(5, "Anna", "Tanaka")
    monkeypatch.setattr(search, "FEW", 0)
    with CaptureQueriesContext(connection) as seen:
        assert counted("anna tanaka", 2) == (2, True)
    assert re.findall(r"hit\.\"token\" >= '(\w+)'", seen[-1]["sql"]) == ["tanaka"]


@pytest.mark.parametrize(
    ("text", "emails"),
    [
        ("anna tanaka", 5),
        ("tanaka anna example", 5),
        # What is not a whole word of theirs is found by how it begins.
        ("ann tanaka", 5),
        ("anna tana", 5),
    ],
)
@pytest.mark.parametrize("whole", [20_000, 4, 1])
def test_count_whole_words_side_by_side_as_exactly(
    scope: Merchant, other_merchant: Merchant, monkeypatch: pytest.MonkeyPatch, text: str, emails: int, whole: int
) -> None:
    make_people(3, "Anna", "Berg")
    make_people(5, "Anna", "Tanaka")
    make_people(2, "Mei", "Tanaka")
    with merchant_scope(other_merchant):
        make_people(4, "Anna", "Tanaka")
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(search, "WHOLE", whole)
    for cap in (1, 4, 5, 6):
        assert counted(text, cap) == (min(emails, cap), cap < emails)
    some = search_by_token(Customer.objects.exclude(email__startswith="anna0"), CustomerToken, text)
    assert count_each([(some, 3), (some, 4)]) == [CappedCount(3, capped=True), CappedCount(4)]


def test_find_rows_of_two_whole_words_side_by_side_without_looking_each_up(scope: Merchant) -> None:
    make_people(3, "Anna", "Berg")
    make_people(5, "Anna", "Tanaka")
    make_people(2, "Mei", "Tanaka")
    tokens = search.Tokens(f'"{CustomerToken._meta.db_table}"', scope.id, "default")

    def ids(words: list[str]) -> list[uuid.UUID]:
        with connection.cursor() as cursor:
            cursor.execute(*tokens.whole_words(words))
            return [key for (key,) in cursor.fetchall()]

    wanted = Customer.objects.filter(first_name="Anna", last_name="Tanaka").order_by("id").values_list("id", flat=True)
    assert ids(["anna", "tanaka"]) == list(wanted)
    assert ids(["tanaka", "example", "anna"]) == list(wanted)
    assert ids(["ann", "tanaka"]) == []


def test_narrow_what_is_narrowed_already(people: list[Customer]) -> None:
    rows = Customer.objects.filter(last_name="Weiss")
    assert search_by_token(rows, CustomerToken, "mei").count() == 1
    assert search_by_token(rows, CustomerToken, "mei").order_by("created_at").first() is not None
    assert search_by_token(Customer.objects.filter(id=uuid.uuid4()), CustomerToken, "mei").count() == 0

"""Keyset pages, walked in both directions, are the whole order."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.db.models import DateTimeField, F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.support.searching import examples
from tests.ui.gallery.models import Row
from tests.ui.gallery.rows import make_rows
from ui.keyset import LAST, Sort, neighbours, page_with, paginate

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gallery_tables")]

NEVER = Value("9999-12-31T00:00:00+00:00", output_field=DateTimeField())
SORTS: dict[str, Any] = {
    "submitted": "submitted_at",
    "ties": "rating",
    "text": "name",
    "joined": "shop__name",
    "money": "amount",
    "day": "bought_on",
    "flag": "redirected",
    "coalesced": Coalesce("processed_at", NEVER),
    "id": "pk",
}


def forward(queryset: QuerySet, sort: Sort, size: int) -> list[list[int]]:
    pages, token = [], ""
    while True:
        page = paginate(queryset, sort=sort, size=size, after=token)
        pages.append([row.pk for row in page.rows])
        if not page.has_next:
            return pages
        token = page.next_token


def backward(queryset: QuerySet, sort: Sort, size: int, last: str) -> list[list[int]]:
    pages, token = [], last
    while token:
        page = paginate(queryset, sort=sort, size=size, before=token)
        pages.append([row.pk for row in page.rows])
        token = page.previous_token
    return pages


@pytest.mark.parametrize("name", SORTS)
@pytest.mark.parametrize("descending", [False, True])
def test_walks_the_whole_order_both_ways(name: str, descending: bool) -> None:
    make_rows(137)
    sort = Sort(name, SORTS[name], descending)
    by = F(sort.by) if isinstance(sort.by, str) else sort.by
    ordered = Row.objects.annotate(k=by).order_by("-k" if descending else "k", "-pk" if descending else "pk")
    whole = list(ordered.values_list("pk", flat=True))

    pages = forward(Row.objects.all(), sort, 10)

    assert [pk for page in pages for pk in page] == whole
    assert [len(page) for page in pages[:-1]] == [10] * 13
    token = ""
    for _ in range(13):
        token = paginate(Row.objects.all(), sort=sort, size=10, after=token).next_token
    final = paginate(Row.objects.all(), sort=sort, size=10, after=token)
    assert backward(Row.objects.all(), sort, 10, final.previous_token) == pages[:-1][::-1]


@pytest.mark.parametrize("name", SORTS)
@pytest.mark.parametrize("descending", [False, True])
def test_knows_the_last_page_and_each_rows_neighbours(name: str, descending: bool) -> None:
    make_rows(23)
    sort = Sort(name, SORTS[name], descending)
    whole = [pk for page in forward(Row.objects.all(), sort, 10) for pk in page]

    last = paginate(Row.objects.all(), sort=sort, size=10, before=LAST)

    assert [row.pk for row in last.rows] == whole[-10:]
    assert (last.has_next, last.has_previous, last.stale) == (False, True, False)
    assert backward(Row.objects.all(), sort, 10, LAST) == [whole[-10:], whole[3:13], whole[:3]]
    for place, pk in enumerate(whole):
        around = (whole[place - 1] if place else None, whole[place + 1] if place < 22 else None)
        assert neighbours(Row.objects.all(), sort=sort, row=Row.objects.get(pk=pk)) == around
    page = page_with(Row.objects.all(), sort=sort, size=10, key=whole[9])
    assert page is not None
    assert [row.pk for row in page.rows] == whole[9:19]
    assert page_with(Row.objects.exclude(pk=whole[9]), sort=sort, size=10, key=whole[9]) is None


def test_shows_the_last_page_of_few_rows_and_of_none() -> None:
    sort = Sort("submitted", "submitted_at")
    empty = paginate(Row.objects.all(), sort=sort, size=10, before=LAST)
    assert (empty.rows, empty.has_next, empty.has_previous, empty.stale) == ([], False, False, False)
    make_rows(3)
    few = paginate(Row.objects.all(), sort=sort, size=10, before=LAST)
    assert (len(few.rows), few.has_next, few.has_previous) == (3, False, False)


def test_finds_the_neighbours_of_a_row_that_left_the_filter() -> None:
    make_rows(9)
    sort = Sort("submitted", "submitted_at", descending=True)
    whole = list(Row.objects.order_by("-submitted_at", "-pk"))
    others = Row.objects.exclude(pk=whole[4].pk)
    with CaptureQueriesContext(connection) as queries:
        assert neighbours(others, sort=sort, row=whole[4]) == (whole[3].pk, whole[5].pk)
    assert len(queries) == 1


@examples(25)
@given(
    ratings=st.lists(st.integers(min_value=-3, max_value=3), max_size=30),
    size=st.integers(min_value=1, max_value=7),
    descending=st.booleans(),
)
def test_neither_skips_nor_repeats_among_ties(ratings: list[int], size: int, descending: bool) -> None:
    Row.objects.all().delete()
    for row, rating in zip(make_rows(len(ratings)), ratings, strict=True):
        Row.objects.filter(pk=row.pk).update(rating=rating)
    sign = -1 if descending else 1
    found = Row.objects.values_list("rating", "pk")
    whole = [pk for _, pk in sorted(found, key=lambda pair: (sign * pair[0], sign * pair[1]))]

    pages = forward(Row.objects.all(), Sort("rating", "rating", descending), size)

    assert [pk for page in pages for pk in page] == whole


def test_stays_in_place_when_rows_are_added_in_front() -> None:
    rows = make_rows(12)
    sort = Sort("id", "pk", descending=True)
    first = paginate(Row.objects.all(), sort=sort, size=5)
    make_rows(3)

    second = paginate(Row.objects.all(), sort=sort, size=5, after=first.next_token)

    assert [row.pk for row in second.rows] == [row.pk for row in rows[::-1][5:10]]


@pytest.mark.parametrize("junk", ["", "x", "a.b", "." * 50, "\x00", "é", "x" * 5000, "WzEsMl0.AAAA"])
def test_gives_the_first_page_for_a_token_that_is_none(junk: str) -> None:
    make_rows(6)
    page = paginate(Row.objects.all(), sort=Sort("id", "pk"), size=5, after=junk)
    assert len(page.rows) == 5
    assert not page.has_previous
    assert page.stale is bool(junk)


def test_refuses_a_token_of_another_sort() -> None:
    make_rows(6)
    token = paginate(Row.objects.all(), sort=Sort("name", "name"), size=5).next_token
    page = paginate(Row.objects.all(), sort=Sort("email", "email"), size=5, after=token)
    assert page.stale


def test_refuses_a_token_that_was_changed() -> None:
    make_rows(6)
    token = paginate(Row.objects.all(), sort=Sort("id", "pk"), size=5).next_token
    page = paginate(Row.objects.all(), sort=Sort("id", "pk"), size=5, after=f"A{token}")
    assert page.stale


def test_starts_again_when_nothing_is_left_behind_the_position() -> None:
    make_rows(8)
    token = paginate(Row.objects.all(), sort=Sort("id", "pk"), size=5).next_token
    Row.objects.filter(pk__in=Row.objects.order_by("-pk").values("pk")[:3]).delete()
    page = paginate(Row.objects.all(), sort=Sort("id", "pk"), size=5, after=token)
    assert page.stale
    assert len(page.rows) == 5


def test_refuses_to_sort_by_a_column_that_may_be_null() -> None:
    with pytest.raises(ImproperlyConfigured, match="NULL"):
        paginate(Row.objects.all(), sort=Sort("processed", "processed_at"), size=5)


def test_asks_the_database_for_one_range_of_the_index() -> None:
    make_rows(300)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    token = paginate(Row.objects.all(), sort=Sort("id", "pk"), size=5).next_token

    with CaptureQueriesContext(
        connection,
    ) as queries:
        paginate(Row.objects.all(), sort=Sort("id", "pk"), size=5, after=token)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {queries[0]['sql']}")
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert len(queries) == 1
    assert "Index Cond: (ROW(" in plan or "Index Cond: (id" in plan, plan
    assert "Filter" not in plan, plan


def test_reads_what_rows_refer_to_for_those_of_the_page_alone() -> None:
    make_rows(60)
    sort = Sort("coalesced", SORTS["coalesced"])
    with CaptureQueriesContext(connection) as queries:
        page = paginate(Row.objects.select_related("shop"), sort=sort, size=5)
        names = [row.shop.name for row in page.rows]

    plain = paginate(Row.objects.all(), sort=sort, size=5)
    assert ([row.pk for row in page.rows], len(names), len(queries)) == ([row.pk for row in plain.rows], 5, 1)
    inner = queries[0]["sql"].rpartition(" IN (SELECT ")[2]
    assert ("JOIN" in queries[0]["sql"], "JOIN" in inner) == (True, False)
    assert (page.has_next, page.next_token) == (True, plain.next_token)

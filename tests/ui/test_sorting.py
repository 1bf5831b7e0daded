"""What lists are sorted by where no column holds what a cell shows."""

from typing import Any

import pytest
from django.db.models import OuterRef
from django.db.models.functions import Repeat
from django.utils import translation

from tests.ui.gallery.models import Row, Shop
from tests.ui.gallery.rows import make_rows
from ui.counting import CountUpTo
from ui.keyset import Sort, paginate
from ui.sorting import LONGEST, Made, begin_of, ranked, worded

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gallery_tables")]
ORDER = ["new", "needs_info", "verified", "processed", "rejected"]


def walked(by: Any, *, rows: Any = None) -> list[Any]:
    """The rows in the order of a sort, two a page."""
    found: list[Any] = []
    after = ""
    while True:
        page = paginate(Row.objects.all() if rows is None else rows, sort=Sort("x", by), size=2, after=after)
        assert not page.stale
        found += page.rows
        if not page.has_next:
            return found
        after = page.next_token


def test_make_an_expression_anew_for_each_query() -> None:
    make_rows(7)
    sort = worded("status", lambda: {one: translation.get_language() + one for one in ORDER})
    with translation.override("de"):
        assert {row.sort_key[:2] for row in walked(sort)} == {"de"}
    with translation.override("en"):
        assert {row.sort_key[:2] for row in walked(sort)} == {"en"}
        # As a plain ordering it reads the same, either way round.
        assert list(Row.objects.order_by(sort, "pk")) == walked(sort)


def test_sort_by_a_place_and_by_the_beginning_of_a_text() -> None:
    make_rows(9)
    places = [ORDER.index(row.status) for row in walked(ranked("status", ORDER))]
    assert places == sorted(places)
    # However long the text is: its position is not.
    starts = [row.sort_key for row in walked(begin_of(Repeat("product", 200)))]
    assert (len(starts), starts, {len(one) for one in starts}) == (9, sorted(starts), {LONGEST})


def test_count_the_rows_of_another_table_up_to_a_cap() -> None:
    make_rows(6)
    shops = [Shop.objects.create(name=name) for name in "abc"]
    Row.objects.update(shop=shops[1])
    few = Row.objects.order_by("pk")[0]
    Row.objects.filter(pk=few.pk).update(shop=shops[2])
    counted = Made(lambda: CountUpTo(Row.objects.filter(shop=OuterRef("pk")), 3))
    found = walked(counted, rows=Shop.objects.filter(name__in="abc"))
    assert [(shop.name, shop.sort_key) for shop in found] == [("a", 0), ("c", 1), ("b", 4)]

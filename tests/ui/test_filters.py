"""Filters read leniently, report what they left out, and know their chips."""

from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from tests.ui.gallery.listing import RowFilter
from tests.ui.gallery.models import Row, Shop
from tests.ui.gallery.rows import make_rows
from ui.bulk import BadSelection, Selection, signed
from ui.filters import Lookups
from ui.querystring import changed


def database(test: Callable[..., None]) -> Callable[..., None]:
    """Mark a test that needs the gallery's tables."""
    return pytest.mark.django_db(pytest.mark.usefixtures("gallery_tables")(test))


def everything(query: str) -> QueryDict:
    return QueryDict(urlencode({"all": "1", "query": signed(query)}))


def bound(query: str) -> RowFilter:
    return RowFilter(QueryDict(query), queryset=Row.objects.all())


def test_keeps_known_choices_and_reports_the_others() -> None:
    filterset = bound("status=new&status=nonsense&status=rejected")
    assert filterset.active() == {"status": ["new", "rejected"]}
    assert [problem.text for problem in filterset.problems()] == ["Status: “nonsense” is not known"]
    assert filterset.problems()[0].remove_url == "?status=new&status=rejected"
    assert not filterset.is_valid()
    assert list(filterset.errors) == ["status"]


def test_gives_a_chip_for_each_value_with_the_way_without_it() -> None:
    chips = bound("status=new&status=rejected&q=%20Ada%20&sort=name&after=token").chips()
    assert [(chip.label, chip.text, chip.remove_url) for chip in chips] == [
        ("Name, e-mail, order number or code", "Ada", "?status=new&status=rejected&sort=name"),
        ("Status", "New", "?status=rejected&q=+Ada+&sort=name"),
        ("Status", "Rejected", "?status=new&q=+Ada+&sort=name"),
    ]


@database
def test_shows_a_filter_without_pill_as_a_chip() -> None:
    filterset = bound("sku=JAR-CB&q=x&status=new")
    assert [chip.text for chip in filterset.loose_chips()] == ["Jar"]
    assert "sku" not in [pill.name for pill in filterset.pills()]


def test_clears_filters_and_keeps_the_rest() -> None:
    url = bound(
        "status=new&submitted_from=2026-11-01&q=x&sort=-name&columns=code.name&page_size=50&before=t"
    ).clear_url()
    assert url == "?sort=-name&columns=code.name&page_size=50"


def test_carries_only_what_is_in_force() -> None:
    query = bound("status=new&status=&redirected=maybe&sort=name&strange=1&submitted_to=2026-11-01").query_string()
    assert query == "status=new&submitted_to=2026-11-01"


@pytest.mark.parametrize(
    ("given", "expected"), [("yes", True), ("no", False), ("", None), ("1", None), ("yes\x00", None)]
)
def test_reads_yes_and_no(given: str, expected: bool | None) -> None:
    data = QueryDict(mutable=True)
    data["redirected"] = given
    assert RowFilter(data, queryset=Row.objects.none()).readings["redirected"].value is expected


def test_cleans_the_words_looked_for() -> None:
    data = QueryDict(mutable=True)
    data["q"] = " a\x00b " + "x" * 500
    value = RowFilter(data, queryset=Row.objects.none()).readings["q"].value
    assert value.startswith("ab ")
    assert len(value) == 200


@database
def test_narrows_by_every_filter_together() -> None:
    make_rows(60)
    shop = Shop.objects.get(name="Etsy")
    found = bound(f"status=processed&shop={shop.pk}&done=yes&redirected=no").qs
    expected = Row.objects.filter(status="processed", shop=shop, processed_at__isnull=False, redirected=False)
    assert found.count() == expected.count() > 0


@pytest.mark.parametrize("junk", ["x", "999999999999999999999", "-1", "\x00", "1.5", ""])
@database
def test_does_not_know_a_row_that_is_not_there(junk: str) -> None:
    make_rows(1)
    data = QueryDict(mutable=True)
    data["shop"] = junk
    filterset = RowFilter(data, queryset=Row.objects.all())
    assert filterset.qs.count() == 1
    assert len(filterset.problems()) == (1 if junk else 0)


@database
def test_finds_a_chosen_row_beyond_the_listed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.filters.choices.MOST_OPTIONS", 2)
    make_rows(3)
    last = Shop.objects.order_by("name").last()
    assert last is not None
    filterset = bound(f"shop={last.pk}")
    assert [chip.text for chip in filterset.chips()] == [last.name]


@database
def test_looks_choices_up_once_for_all_filter_sets_of_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.filters.choices.MOST_OPTIONS", 2)
    make_rows(3)
    shops = list(Shop.objects.order_by("name"))
    datas = [QueryDict(f"shop={shop.pk}") for shop in shops]
    lookups = Lookups(*datas)
    with CaptureQueriesContext(connection) as queries:
        sets = [RowFilter(data, queryset=Row.objects.all(), lookups=lookups) for data in datas]
        assert [one.is_valid() for one in sets] == [True] * len(shops)
    assert len(queries) == 2


@database
def test_takes_signed_ids_for_known_without_a_query() -> None:
    data = QueryDict("shop=12345&shop=junk")
    with CaptureQueriesContext(connection) as queries:
        readings = RowFilter(data, queryset=Row.objects.all(), lookups=Lookups(data, trusted=True)).readings
    assert (readings["shop"].value, len(queries)) == (["12345"], 0)


@database
def test_selects_all_that_match_by_the_same_filters() -> None:
    make_rows(60)
    selection = Selection.from_post(everything("status=new"))
    rows = selection.rows(RowFilter, Row.objects.all())
    assert {row.status for row in rows} == {"new"}
    assert rows.count() == Row.objects.filter(status="new").count()


@database
def test_selects_single_rows_of_the_given_queryset_only() -> None:
    rows = make_rows(4)
    selection = Selection.from_post(QueryDict(f"id={rows[0].pk}&id={rows[1].pk}&id={rows[1].pk}&query=status%3Dnew"))
    allowed = Row.objects.exclude(pk=rows[1].pk)
    assert [row.pk for row in selection.rows(RowFilter, allowed)] == [rows[0].pk]


@pytest.mark.parametrize(
    "query",
    ["status=nonsense", "submitted_from=junk", "strange=1", "status=new&page=2", "&".join(["status=new"] * 600)],
)
def test_refuses_all_that_match_when_a_filter_is_not_understood(query: str) -> None:
    selection = Selection.from_post(everything(query))
    with pytest.raises(BadSelection):
        selection.rows(RowFilter, Row.objects.all())


def test_refuses_filters_that_the_list_did_not_sign() -> None:
    for query in ("status=new", "", f"{signed('status=new')}x", signed("status=new").replace("new", "old")):
        with pytest.raises(BadSelection):
            Selection.from_post(QueryDict(f"all=1&{urlencode({'query': query})}"))


def test_carries_the_signed_filters_to_the_next_page() -> None:
    selection = Selection.from_post(everything("status=new"))
    assert (selection.ids, selection.query, selection.signed_query) == ((), "status=new", signed("status=new"))


@pytest.mark.parametrize("post", ["", "all=0", "id=", "query=status%3Dnew"])
def test_refuses_an_empty_selection(post: str) -> None:
    with pytest.raises(BadSelection):
        Selection.from_post(QueryDict(post))


def test_refuses_ids_that_are_none() -> None:
    with pytest.raises(BadSelection):
        Selection.from_post(QueryDict("id=abc")).rows(RowFilter, Row.objects.all())


@pytest.mark.parametrize(
    ("query", "changes", "expected"),
    [
        ("a=1&after=t", {"sort": "-x"}, "?a=1&sort=-x"),
        ("a=1&a=2&b=", {}, "?a=1&a=2"),
        ("a=1&a=2", {"a": ["2", "3"]}, "?a=2&a=3"),
        ("a=1", {"a": None}, "?"),
        ("a=1&before=t", {"after": "u"}, "?a=1&after=u"),
        ("q=%C3%A9+%26", {"n": 5}, "?q=%C3%A9+%26&n=5"),
    ],
)
def test_changes_an_address(query: str, changes: dict, expected: str) -> None:
    assert changed(QueryDict(query), changes) == expected

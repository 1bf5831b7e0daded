"""The list page: state in the URL, constant queries, junk answered."""

import re
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape
from hypothesis import given
from hypothesis import strategies as st

from tests.support.searching import examples
from tests.ui.gallery.listing import RowList
from tests.ui.gallery.models import Row, Shop
from tests.ui.gallery.rows import make_rows
from ui.bulk import signed
from ui.counting import BeginsAt, count_each

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gallery_tables", "gallery")]

HTMX = {"HX-Request": "true", "HX-Target": "grid-region"}
OWN = ("gallery_row", "capped")


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len([query for query in queries if "gallery_row" in query["sql"]])


@pytest.mark.parametrize(
    "address", ["/", "/?status=new&q=a&submitted_from=2026-01-01", "/?sort=shop&page_size=50", "/?q=zzz"]
)
def test_makes_two_queries_for_one_row_and_for_fifty(client: Client, address: str) -> None:
    make_rows(1)
    few = queries_of(client, address)
    make_rows(120)
    assert few == queries_of(client, address) == 2


def test_answers_a_fragment_only_to_its_target(client: Client) -> None:
    make_rows(3)
    whole = client.get("/")
    fragment = client.get("/", headers=HTMX)
    restored = client.get("/", headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "<html" in whole.content.decode()
    assert "<html" in restored.content.decode()
    assert "<html" not in fragment.content.decode()
    assert 'id="grid-region"' in fragment.content.decode()
    assert "3 rows, sorted by Submitted, descending" in fragment.content.decode()
    for response in (whole, fragment):
        assert "HX-Request" in response.headers["Vary"]
        assert "HX-Target" in response.headers["Vary"]
        assert response.headers["Cache-Control"] == "no-store"


def test_walks_by_its_own_links(client: Client) -> None:
    make_rows(60)
    seen: list[str] = []
    address: str | None = "/?sort=customer&status=new&status=processed&status=verified"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'name="id" value="(\d+)"', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = "/" + found.group(1).replace("&amp;", "&") if found else None
    expected = Row.objects.filter(status__in=["new", "processed", "verified"]).order_by("name", "pk")
    assert seen == [str(pk) for pk in expected.values_list("pk", flat=True)]


def test_shows_the_pager_only_where_there_is_more(client: Client) -> None:
    make_rows(25)
    assert 'aria-label="Pages"' not in client.get("/").content.decode()
    make_rows(1)
    assert 'aria-label="Pages"' in client.get("/").content.decode()


def test_marks_the_sorted_column_and_no_other(client: Client) -> None:
    make_rows(2)
    page = client.get("/?sort=-customer").content.decode()
    assert page.count("aria-sort=") == 1
    assert re.search(r'aria-sort="descending"><a href="\?sort=customer"', page)


def test_says_what_it_left_out(client: Client) -> None:
    make_rows(2)
    page = client.get("/?status=nonsense&sort=nowhere&submitted_from=x&after=forged").content.decode()
    for words in ("“nonsense” is not known", "Sort: “nowhere”", "Submitted: “x”", "no longer there"):
        assert words in page
    assert page.count("data-row") == 2


def test_tells_an_empty_list_from_one_without_matches(client: Client) -> None:
    assert "No claims yet" in client.get("/").content.decode()
    make_rows(1)
    page = client.get("/?q=zzzz&sort=customer").content.decode()
    assert "Nothing matches" in page
    assert 'href="?sort=customer"' in page


def test_marks_the_tab_that_the_filters_make(client: Client) -> None:
    make_rows(4)
    page = client.get("/?status=rejected&status=needs_info&sort=customer").content.decode()
    tab = re.search(r'<a href="([^"]+)" aria-current="page"[^>]*>Needs info', page)
    assert tab
    assert "sort=customer" in tab.group(1)


def test_counts_up_to_the_cap(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_rows(30)
    monkeypatch.setattr(RowList, "count_cap", 20)
    monkeypatch.setattr(RowList, "tab_cap", 2)
    page = client.get("/").content.decode()
    assert "20+ rows" in page
    assert '<span class="count">2+</span>' in page


def test_counts_several_in_one_statement_and_nothing_for_none() -> None:
    make_rows(5)
    with CaptureQueriesContext(connection) as queries:
        counts = count_each([(Row.objects.all(), 10), (Row.objects.none(), 10), (Shop.objects.all(), 3)])
    assert [str(count) for count in counts] == ["5", "0", "3+"]
    assert len(queries) == 1


def test_counts_without_what_only_tells_where_to_begin() -> None:
    make_rows(5)
    last = Row.objects.order_by("name").values_list("name", flat=True).last()
    rows = Row.objects.filter(BeginsAt(F("name"), last), status="new")
    with CaptureQueriesContext(connection) as queries:
        counts = count_each([(rows, 10)])
        listed = len(rows)
    assert [count.number for count in counts] == [listed]
    assert ["<=" in query["sql"] for query in queries] == [False, True]


def test_draws_rows_as_high_as_the_address_says(client: Client) -> None:
    assert 'data-density="compact"' in client.get("/?density=compact").content.decode()
    assert 'data-density="comfortable"' in client.get("/?density=<script>").content.decode()


def test_shows_the_columns_that_the_address_names(client: Client) -> None:
    make_rows(1)
    page = client.get("/?columns=status.nowhere.customer")
    assert [head.name for head in page.context["heads"]] == ["status", "customer"]
    assert "columns=status" in page.content.decode()


def test_leads_to_the_last_page_and_back_to_the_first(client: Client) -> None:
    make_rows(60)
    rows = list(Row.objects.order_by("name", "pk").values_list("pk", flat=True))
    first = client.get("/?sort=customer")
    assert re.search(r'href="\?sort=customer&amp;before=last" aria-label="Last page"', first.content.decode())
    last = client.get("/?sort=customer&before=last")
    assert [row.pk for row in last.context["page"].rows] == rows[-25:]
    assert 'rel="next"' not in last.content.decode()
    assert re.search(r'href="\?sort=customer" aria-label="First page"', last.content.decode())
    before = client.get(f"/?sort=customer&before={last.context['page'].previous_token}")
    assert [row.pk for row in before.context["page"].rows] == rows[-50:-25]


def test_comes_back_to_the_row_that_was_left(client: Client) -> None:
    make_rows(60)
    rows = list(Row.objects.order_by("name", "pk").values_list("pk", flat=True))
    same = client.get(f"/?sort=customer&row={rows[3]}")
    assert [row.pk for row in same.context["page"].rows] == rows[:25]
    assert same.content.decode().count("<tr data-focus") == 1
    assert "row=" not in re.sub(r'name="row', "", same.content.decode())
    moved = client.get(f"/?sort=customer&row={rows[40]}")
    assert [row.pk for row in moved.context["page"].rows] == rows[40:]
    assert moved.context["page"].has_previous
    for gone in ("0", "junk", "9" * 30):
        assert [row.pk for row in client.get(f"/?sort=customer&row={gone}").context["page"].rows] == rows[:25]


def test_posts_bulk_actions_with_the_filters_in_force(client: Client) -> None:
    make_rows(2)
    page = client.get("/?status=new&status=processed&status=verified&sort=customer").content.decode()
    assert f'name="query" value="{escape(signed("status=new&status=processed&status=verified"))}"' in page
    assert 'formaction="/confirm/"' in page


def test_hides_actions_above_the_role(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    make_rows(2)
    lowly = tuple(type(action)(action.name, action.label, url=action.url, role=30) for action in RowList.bulk_actions)
    monkeypatch.setattr(RowList, "bulk_actions", lowly)
    assert "data-row" not in client.get("/").content.decode()


PARAMETERS = ["q", "status", "shop", "submitted_from", "submitted_to", "redirected", "sort", "page_size", "columns", "row", "view",
              "after", "before", "density", "done", "bought_from", "nowhere"]  # fmt: skip
JUNK = st.one_of(
    st.text(max_size=40),
    st.sampled_from(["\x00", "%00", "-", "--", "9" * 400, "-1", "1e999", "NaN", "2026-02-30", "' OR 1=1 --", "\ud800"]),
)


@examples(150)
@given(parameters=st.lists(st.tuples(st.sampled_from(PARAMETERS), JUNK), max_size=8))
def test_never_fails_on_junk(client: Client, parameters: list[tuple[str, str]]) -> None:
    data: dict[str, Any] = {}
    for name, value in parameters:
        data.setdefault(name, []).append(value.encode("utf-8", "replace").decode())
    assert client.get("/", data).status_code == 200

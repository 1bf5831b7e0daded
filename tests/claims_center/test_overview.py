"""Campaign Performance Overview: every figure is the total of the list that it leads to."""

import re
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from claims_center import tallies
from claims_center.filters import ClaimFilter
from claims_center.models import Claim, ClaimTally, Funnel, TallyState
from claims_center.overview import Choice, Overview, funnel_steps
from claims_center.overview.chart import chart
from claims_center.overview.choice import DEFAULT
from claims_center.overview.tables import FEW
from claims_center.services import processing, verdicts
from claims_center.tallies import reading
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_center.worlds import FIRST, STAFF, make_claim, make_funnels, make_visit, make_world
from tests.claims_pages.factories import path, sign_in
from tests.support.counting import queries_of
from ui.filters import Period

LINK = re.compile(r'<a [^>]*?href="([^"]*)"[^>]*?data-count="(\d+)"[^>]*>(.*?)</a>', re.DOTALL)
NAME = re.compile(r'data-figure="([^"]*)"')
ASKED = [
    {"days": "7"},
    {"days": "90"},
    {"from": "2026-10-25", "to": "2026-10-25"},
    {"from": "2026-10-01", "to": "2026-10-31"},
    {"from": "2026-01-15", "to": "2027-01-14"},
    {"from": "2023-01-01", "to": "2027-01-14"},
    {"from": "2018-03-01", "to": "2026-11-30"},
]
TODAY = date(2026, 11, 12)
NOW = datetime(2026, 11, 12, 12, tzinfo=UTC)


@pytest.fixture(params=["Europe/Berlin", "America/Los_Angeles", "Pacific/Apia"])
def shop(request: Any, merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> Merchant:
    """A merchant somewhere, with claims of every state; half of its counts are summed up, half are changes."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    merchant.time_zone = request.param
    merchant.save()
    with merchant_scope(merchant), timezone.override(zoneinfo.ZoneInfo(request.param)):
        make_world(30)
        tallies.rebuild(merchant_id=merchant.id)
        for claim in Claim.objects.filter(status="verified"):
            verdicts.reject(claim_id=claim.id, reason="No.", actor=STAFF, now=FIRST)
    return merchant


def figures_of(page: str) -> list[tuple[str, str, int]]:
    """Every figure of a page: its name, the query of its list, the number that it stands for."""
    found = []
    for link in LINK.finditer(page):
        name = NAME.search(link[0])
        found.append((name[1] if name else "chart", unescape(link[1]).partition("?")[2], int(link[2])))
    return found


def total(query: str) -> int:
    """How many claims the list with this query holds."""
    filterset = ClaimFilter(QueryDict(query), queryset=Claim.objects.all())
    assert filterset.is_valid(), query
    return int(filterset.qs.count())


def test_lead_every_figure_to_the_list_it_counts(shop: Merchant) -> None:
    client = sign_in(shop, Role.VIEWER)
    for asked in ASKED:
        figures = figures_of(client.get(path(shop, "claims", "overview"), asked).content.decode())
        with merchant_scope(shop), timezone.override(zoneinfo.ZoneInfo(shop.time_zone)):
            assert [one for one in figures if total(one[1]) != one[2]] == [], asked
        names = {name for name, _query, _count in figures}
        top = {"claims", "processed", "waiting", "median", "redirect_rate", "conversion"}
        assert top | {f"funnel-{name}" for name in top} | {"claims-before", "chart"} <= names
        assert {f"{part}-{name}" for part in ("product", "marketplace") for name in top - {"conversion"}} <= names
    for name, query, count in figures_of(client.get(path(shop, "claims")).content.decode()):
        shown = client.get(f"{path(shop, 'claims')}?{query}").context
        assert (name, shown["total"].number, shown["problems"]) == (name, count, [])


def overview(merchant: Merchant, choice: Choice, **values: Any) -> Overview:
    return Overview(choice, slug=merchant.slug, now=NOW, **values)


@pytest.fixture
def two_weeks(scope: Merchant) -> list[Claim]:
    """This week four claims of six visits, two of them processed after two and four hours; last week two of two."""
    funnels = make_funnels()
    claims = []
    for number, days in enumerate((0, 1, 2, 3, 8, 9)):
        end = "processed" if number in (1, 2) else "new"
        at = NOW - timedelta(days=days, hours=8)
        claims.append(make_claim(funnels[number % 2], at, number, end=end, wait=timedelta(hours=2 * number)))
    for number in range(2):
        make_visit(funnels[0], NOW - timedelta(days=number), goes_on=False)
    return claims


def test_tell_what_the_figures_are(scope: Merchant, two_weeks: list[Claim]) -> None:
    figures = {one.name: one for one in overview(scope, Choice.last(7, TODAY)).figures}
    told = {name: (one.value, one.note, one.change and one.change.text) for name, one in figures.items()}
    assert told == {
        "claims": ("4", "", "100% more"),
        "processed": ("2", "", "none before"),
        "waiting": ("4", "oldest 9 days 8 hrs", "2 more than on 6 Nov"),
        "median": ("2 hrs", "", None),
        "redirect_rate": ("50%", "2 of 4", "50 points up"),
        "conversion": ("66.7%", "4 of 6 visits", "33.3 points down"),
    }
    assert figures["claims"].change is not None
    assert (figures["claims"].change.way, figures["claims"].change.before) == ("up", "2")


def test_compare_how_many_wait_with_the_first_day_of_the_period(scope: Merchant, two_weeks: list[Claim]) -> None:
    processing_time = NOW - timedelta(hours=1)
    for claim in two_weeks[4:]:
        verdicts.reject(claim_id=claim.id, reason="No.", actor=STAFF, now=processing_time)
    waiting = {one.name: one for one in overview(scope, Choice.last(7, TODAY)).figures}["waiting"]
    assert (waiting.value, waiting.change and waiting.change.text) == ("2", "as many as on 6 Nov")
    waiting = {one.name: one for one in overview(scope, Choice.last(90, TODAY)).figures}["waiting"]
    assert waiting.change is not None
    assert waiting.change.text == "2 more than on 15 Aug"


def test_follow_a_claim_that_is_processed_and_brought_back(scope: Merchant, two_weeks: list[Claim]) -> None:
    tallies.rebuild(merchant_id=scope.id)
    processing.unprocess(claim_id=two_weeks[1].id, reason="Wrong.", actor=STAFF, now=NOW)
    figures = {one.name: one for one in overview(scope, Choice.last(7, TODAY)).figures}
    assert (figures["processed"].value, figures["waiting"].value, figures["median"].value) == ("1", "5", "4 hrs")


def test_draw_days_weeks_months_or_years() -> None:
    def drawn(days: int) -> tuple[str, int]:
        choice = Choice(Period(TODAY - timedelta(days=days - 1), TODAY))
        found = chart(choice, {TODAY: {"new": 3}, choice.start: {"processed": 1}}, "/list/")
        assert [sum(column) for column in zip(*(piece.numbers for piece in found.pieces), strict=True)] == [1, 3, 0]
        assert (found.pieces[0].period.start, found.pieces[-1].period.end) == (choice.start, TODAY)
        return found.unit, len(found.pieces)

    assert drawn(7) == ("day", 7)
    assert drawn(92) == ("day", 92)
    assert drawn(365) == ("week", 53)
    assert drawn(1500) == ("month", 50)
    assert drawn(3650) == ("year", 11)


def test_sort_the_tables_and_show_the_largest_first(scope: Merchant) -> None:
    first = make_funnels()[0]
    funnels = [first] + [
        Funnel.objects.create(
            name=f"F{n}", slug=f"f{n}", promotion=first.promotion, published_at=FIRST, created_at=FIRST
        )
        for n in range(FEW + 1)
    ]
    for number, funnel in enumerate(funnels):
        for product in first.funnel_products.all():
            funnel.funnel_products.get_or_create(product_id=product.product_id)
        Funnel.objects.filter(id=funnel.id).update(order_number="none")
        for again in range(number + 1):
            make_claim(funnel, NOW - timedelta(days=1), 100 * number + again)
    choice = Choice.last(7, TODAY)
    table = overview(scope, choice).tables[0]
    assert [row.figures[0].count for row in table.rows] == [8, 7, 6, 5, 4, 3]
    assert (table.has_more, table.total) == (True, FEW + 2)
    whole = overview(scope, choice, in_full="funnel", sort="redirect_rate").tables[0]
    assert len(whole.rows) == FEW + 2
    rates = [row.figures[4].rank for row in whole.rows]
    assert rates == sorted(rates, reverse=True)
    assert not whole.has_more
    assert overview(scope, choice, sort="junk", in_full="junk").tables[0].rows == table.rows


def test_say_that_figures_are_being_counted_where_rows_are_too_many(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    with merchant_scope(merchant):
        make_claim(make_funnels()[0], FIRST, 1)
    client = sign_in(merchant, Role.VIEWER)
    assert "data-figure" in client.get(path(merchant, "claims")).content.decode()
    slow = f"(SELECT json_agg(1) FROM (SELECT pg_sleep(1)) AS nap) UNION ALL {reading.TOTALS}"
    monkeypatch.setattr(reading, "LIVE_MS", 50)
    monkeypatch.setitem(reading.QUESTIONS, "totals", slow)
    page = client.get(path(merchant, "claims"))
    assert page.status_code == 200
    assert "being counted anew" in page.content.decode()
    assert "data-figure" not in page.content.decode()


def test_keep_the_chosen_period_out_of_the_lists_address(merchant: Merchant) -> None:
    client = sign_in(merchant, Role.VIEWER)
    part = {"HX-Request": "true", "HX-Target": "overview"}
    region = client.get(path(merchant, "claims", "overview"), {"days": "90", "open": "yes"}, headers=part)
    assert region.content.decode().lstrip().startswith('<section id="overview"')
    shown = client.get(path(merchant, "claims"), {"status": "new"}).context["view"].overview
    assert (shown.choice.preset, shown.is_open) == (90, True)
    client.get(
        path(merchant, "claims", "overview"), {"from": "2026-01-02", "to": "2026-02-03", "open": "no"}, headers=part
    )
    shown = client.get(path(merchant, "claims")).context["view"].overview
    assert (str(shown.choice), shown.is_open) == ("2026-01-02.2026-02-03", False)


def test_find_back_to_the_list_from_the_page_without_scripts(merchant: Merchant) -> None:
    client = sign_in(merchant, Role.VIEWER)
    page = client.get(path(merchant, "claims"), {"status": "new", "q": "ann"})
    address = page.context["view"].overview.presets[0][1]
    alone = client.get(address)
    assert alone.context["back"] == f"{path(merchant, 'claims')}?status=new&q=ann"
    assert (
        client.get(path(merchant, "claims", "overview"), {"list": "//evil.example/"})
        .context["back"]
        .startswith(path(merchant, "claims"))
    )


@pytest.mark.parametrize(
    ("asked", "problem"),
    [
        ({"from": "2026-02-03", "to": "2026-02-02"}, "The period ends before it begins."),
        ({"from": "2026-02-03"}, "Give both days."),
        ({"from": "2026-02-30", "to": "2026-03-02"}, "Give both days."),
        ({"from": "1999-01-01", "to": "1999-01-02"}, "Choose a period of at most ten years."),
        ({"from": "2010-01-01", "to": "2026-01-02"}, "Choose a period of at most ten years."),
        ({"days": "31"}, ""),
        ({"days": "junk"}, ""),
    ],
)
def test_say_what_is_wrong_with_a_period_and_show_the_one_before(asked: dict[str, str], problem: str) -> None:
    choice = Choice.read(asked=asked, kept="7", today=TODAY)
    assert (choice.problem, choice.preset) == (problem, 7)


@pytest.mark.parametrize("kept", ["", "8", "2026-01-01", "2026-02-01.2026-01-01", "..", "x.y", "9999-01-01.9999-01-02"])
def test_show_thirty_days_where_nothing_usable_was_kept(kept: str) -> None:
    assert Choice.read(asked={}, kept=kept, today=TODAY) == Choice.last(DEFAULT, TODAY)


def test_count_the_steps_of_one_campaign(scope: Merchant, two_weeks: list[Claim]) -> None:
    funnel_id = two_weeks[0].funnel_id
    found = funnel_steps(funnel_id=funnel_id, period=Period(TODAY - timedelta(days=6), TODAY))
    assert (found.visits, found.started, found.submitted, found.shared, found.processed) == (4, 2, 2, 1, 1)


@pytest.mark.parametrize("summed", [True, False])
def test_need_the_same_few_statements_whatever_there_is(merchant: Merchant, *, summed: bool) -> None:
    with merchant_scope(merchant):
        funnels = make_funnels()
        for number in range(3):
            make_claim(funnels[number % 2], FIRST, number, end="processed")
        if summed:
            tallies.rebuild(merchant_id=merchant.id)
            assert ClaimTally.objects.exists()
        else:
            TallyState.objects.all().delete()
    asked = f"{path(merchant, 'claims', 'overview')}?from=2026-10-01&to=2026-10-31"
    client = sign_in(merchant, Role.VIEWER)
    counting = [one for one in queries_of(client, asked) if "rows AS" in one]
    assert len(counting) == (3 if summed else 6)

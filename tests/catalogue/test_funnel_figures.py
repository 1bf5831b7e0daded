"""A funnel's figures: steps, sources, products; each claims figure equals the list that it leads to."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from claims_center.catalogue.figures import COUNTED
from claims_center.models import Funnel, Journey, Product
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel, make_product, make_promotion
from tests.public.walker import Walker

pytestmark = pytest.mark.django_db(databases=["default", "aside"])


@pytest.fixture(autouse=True)
def _no_brakes(settings: Any) -> None:
    settings.RATE_LIMIT_FACTOR = 1000.0


@pytest.fixture
def funnel(merchant: Merchant) -> Funnel:
    with merchant_scope(merchant):
        return make_funnel(
            products=[make_product(), make_product("Paper filters", asin="B0FILTER01", marketplaces="etsy")]
        )


def visit(funnel: Funnel, count: int, *, ago: int = 0, **values: Any) -> None:
    at = timezone.now() - timedelta(days=ago)
    for _ in range(count):
        Journey.objects.create(funnel=funnel, visited_at=at, **values)


def page_of(client: Client, merchant: Merchant, funnel: Funnel, query: str = "") -> Any:
    return client.get(f"/m/{merchant.slug}/funnels/{funnel.id}/{query}")


def test_count_each_step_of_the_period(viewer: Client, merchant: Merchant, funnel: Funnel) -> None:
    now = timezone.now()
    with merchant_scope(merchant):
        kit = Product.objects.get(title="Cold Brew Kit")
        visit(funnel, 5, via="insert")
        visit(funnel, 3, started_at=now, product=kit)
        visit(funnel, 2, started_at=now, product=kit, order_at=now, feedback_at=now, contact_at=now, via="link")
        visit(funnel, 7, ago=40)
    context = page_of(viewer, merchant, funnel).context
    lost = {row.label: [text for text, _url in row.cells] for row in context["lost"]}
    assert lost["Started"] == ["5", "50%", "50%", "5"]
    assert lost["Gave the order number"] == ["2", "40%", "20%", "3"]
    assert lost["Reached their details"][0] == "2"
    sources = {row.label: row.cells[0][0] for row in context["sources"]}
    assert sources == {"Product insert": "5", "Link": "2", "Direct": "3"}
    assert [(row.label, row.cells[0][0]) for row in context["by_product"]] == [("Cold Brew Kit", "5")]
    everything = page_of(viewer, merchant, funnel, "?days=all").context
    assert {row.label: row.cells[0][0] for row in everything["sources"]}["Direct"] == "10"


def test_lead_each_figure_of_claims_to_its_list(viewer: Client, merchant: Merchant, funnel: Funnel) -> None:
    for number in range(3):
        walker = Walker(Client(), merchant, funnel)
        walker.submit()
        if number:
            walker.post("share")
    with merchant_scope(merchant):
        other = make_funnel(slug="other", products=[], promotion=make_promotion(name="Other"))
    context = page_of(viewer, merchant, funnel).context
    figures = [(text, url) for row in (*context["lost"], *context["by_product"]) for text, url in row.cells if url]
    figures.append((context["shared"]["count"], context["shared"]["url"]))
    assert len(figures) == 6
    assert sorted({text for text, _url in figures}) == ["0", "2", "3"]
    for text, url in figures:
        shown = viewer.get(url).content.decode()
        assert len(set(re.findall(r"/claims/([0-9a-f-]{36})/", shown))) == int(text), url
    assert page_of(viewer, merchant, other).context["shared"]["count"] == "0"


def test_leave_robots_and_previews_out(merchant: Merchant, funnel: Funnel) -> None:
    for agent in (
        "Googlebot/2.1",
        "WhatsApp/2.23",
        "facebookexternalhit/1.1",
        "Slackbot-LinkExpanding 1.0",
        "curl/8.5",
    ):
        assert Client(headers={"user-agent": agent}).get(f"/f/{merchant.slug}/brew-kit/").status_code == 200
    Client().head(f"/f/{merchant.slug}/brew-kit/")
    Client(headers={"sec-purpose": "prefetch"}).get(f"/f/{merchant.slug}/brew-kit/")
    with merchant_scope(merchant):
        assert not Journey.objects.exists()
    Client(headers={"referer": "https://news.example/post"}).get(f"/f/{merchant.slug}/brew-kit/")
    with merchant_scope(merchant):
        assert Journey.objects.get().via == "link"


@pytest.mark.parametrize(
    "query",
    [
        *("", "?days=nonsense", "?from=2026-13-01&to=x", "?from=2026-02-01&to=2026-01-01"),
        *("?from=2026-01-01&to=9999-12-31", "?from=0001-01-01&to=2026-01-01"),
    ],
)
def test_take_the_usual_period_for_one_that_is_none(
    viewer: Client, merchant: Merchant, funnel: Funnel, query: str
) -> None:
    page = page_of(viewer, merchant, funnel, query)
    assert (page.status_code, page.context["chosen"].name) == (200, "30")


def test_ask_no_more_with_more_rows(
    viewer: Client, merchant: Merchant, funnel: Funnel, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with merchant_scope(merchant):
        visit(funnel, 3)
    with django_assert_max_num_queries(24):
        page_of(viewer, merchant, funnel)


def test_find_every_figure_in_one_index() -> None:
    """The counts of visits can be read without the rows themselves, however many there are."""
    index = next(one for one in Journey._meta.indexes if one.name == "journey_of_funnel")
    assert {"via", "product", *(f"{name}_at" for name in COUNTED)} <= {*index.fields, *index.include}

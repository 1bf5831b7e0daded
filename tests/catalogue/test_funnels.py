"""Funnels: the form, publishing, the figures."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from claims_center import tallies
from claims_center.catalogue.selectors import Performance, performance_of
from claims_center.models import Claim, Funnel, Journey
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import LONG_AGO, make_funnel, make_product, make_promotion
from tests.public.walker import Walker

LIST = "/m/brew-bloom/funnels/"


def posted(merchant: Merchant, **values: Any) -> dict[str, Any]:
    with merchant_scope(merchant):
        promotion = values.pop("promotion", None) or make_promotion()
        products = values.pop("products", None) or [make_product()]
    given = {"name": "Summer Gift", "slug": "", "promotion": str(promotion.id), "order_number": "required"}
    return given | {"min_feedback": "0", "products": [str(one.id) for one in products]} | values


def saved(merchant: Merchant) -> Funnel:
    with merchant_scope(merchant):
        found: Funnel = Funnel.objects.get()
    return found


def test_create_a_funnel_with_an_address_from_its_name(admin: Client, merchant: Merchant) -> None:
    response = admin.post(f"{LIST}new/", posted(merchant))
    funnel = saved(merchant)
    assert (funnel.slug, funnel.published_at) == ("summer-gift", None)
    assert response["Location"] == f"{LIST}{funnel.id}/"


def test_read_the_period_in_the_merchants_zone(admin: Client, merchant: Merchant) -> None:
    Merchant.objects.filter(pk=merchant.pk).update(time_zone="America/New_York")
    admin.post(f"{LIST}new/", posted(merchant, starts_at="2026-07-01T09:00", ends_at="2026-12-31T18:00"))
    funnel = saved(merchant)
    assert funnel.starts_at == datetime(2026, 7, 1, 13, tzinfo=UTC)
    assert funnel.ends_at == datetime(2026, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"starts_at": "2026-07-02T09:00", "ends_at": "2026-07-01T09:00"}, "It ends before it opens."),
        ({"slug": "Summer Gift"}, "Small letters, digits and dashes."),
        ({"auto_send": "on"}, "only be sent by itself where claims are verified"),
        ({"auto_verify": "on", "order_number": "none"}, "there is nothing to match"),
        ({"min_feedback": "1001"}, "less than or equal to 1000"),
        ({"max_order_age_days": "0"}, "greater than or equal to 1"),
    ],
)
def test_say_what_does_not_fit(admin: Client, merchant: Merchant, values: dict[str, str], words: str) -> None:
    response = admin.post(f"{LIST}new/", posted(merchant, **values))
    assert response.status_code == 422
    assert words in response.content.decode()


def test_send_no_shipped_gift_by_itself(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        mug = make_promotion(physical=True)
    page = admin.post(f"{LIST}new/", posted(merchant, promotion=mug, auto_verify="on", auto_send="on"))
    assert "This gift is shipped" in page.content.decode()


def test_refuse_an_address_that_is_taken(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        make_funnel(slug="summer-gift", products=[])
    response = admin.post(f"{LIST}new/", posted(merchant))
    assert "Another funnel has the address “summer-gift”." in response.content.decode()


def test_publish_close_and_open_again(admin: Client, merchant: Merchant) -> None:
    admin.post(f"{LIST}new/", posted(merchant))
    page = f"{LIST}{saved(merchant).id}/"
    public = "/f/brew-bloom/summer-gift/"
    seen = [Client().get(public).status_code]
    admin.post(f"{page}publish/")
    seen.append(Client().get(public).status_code)
    admin.post(f"{page}close/")
    closed = "has been closed" in Client().get(public).content.decode()
    admin.post(f"{page}publish/")
    opened = "Cold Brew Kit" in Client().get(public).content.decode()
    with merchant_scope(merchant):
        actions = list(AuditEvent.objects.order_by("at", "id").values_list("action", flat=True))
    assert (seen, closed, opened) == ([404, 200], True, True)
    assert actions == ["funnel.created", "funnel.published", "funnel.closed", "funnel.reopened"]


def test_publish_nothing_that_cannot_be_chosen(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        funnel = make_funnel(products=[], published_at=None)
    page = admin.post(f"{LIST}{funnel.id}/publish/", follow=True).content.decode()
    assert "It needs at least one product" in page
    assert saved(merchant).published_at is None


def test_count_steps_and_claims(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        funnel = make_funnel()
        Journey.objects.create(funnel=funnel, visited_at=LONG_AGO)
        Journey.objects.create(funnel=funnel, visited_at=LONG_AGO, started_at=LONG_AGO)
    walker = Walker(Client(), merchant, funnel)
    walker.submit()
    walker.post("share")
    with merchant_scope(merchant):
        found = performance_of([funnel.id])[funnel.id]
    assert found == Performance(visits=3, started=2, submitted=1, shared=1, processed=0)


def test_link_each_figure_to_its_claims(viewer: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        funnel = make_funnel()
    Walker(Client(), merchant, funnel).submit()
    page = viewer.get(LIST).content.decode()
    assert f'href="/m/brew-bloom/claims/?funnel={funnel.id}" aria-label="1 claim">1</a>' in page


def test_draw_the_public_address_as_a_qr_code(viewer: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        funnel = make_funnel()
    response = viewer.get(f"{LIST}{funnel.id}/qr.svg?download=1")
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Disposition"] == 'attachment; filename="brew-kit.svg"'
    assert response.content.startswith(b"<svg")


@pytest.mark.parametrize("sort", ["", "-visits", "started", "-submitted", "shared", "-processed", "state", "promotion"])
@pytest.mark.parametrize(("rows", "summed", "queries"), [(1, True, 14), (3, True, 14), (3, False, 20)])
def test_list_funnels_in_a_fixed_number_of_queries(
    admin: Client,
    merchant: Merchant,
    rows: int,
    summed: bool,
    queries: int,
    sort: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with merchant_scope(merchant):
        product, promotion = make_product(), make_promotion()
        for number in range(rows):
            funnel = make_funnel(slug=f"f{number}", name=f"Funnel {number}", products=[product], promotion=promotion)
            for _ in range(number):
                Journey.objects.create(funnel=funnel, visited_at=LONG_AGO, started_at=LONG_AGO)
    if summed:
        tallies.rebuild(merchant_id=merchant.id)
    admin.get(LIST)
    with django_assert_num_queries(queries):
        page = admin.get(LIST, {"sort": sort}).content.decode()
    places = [page.index(f"Funnel {number}") for number in range(rows)]
    assert places == sorted(places, reverse=not sort or sort.startswith("-"))


@pytest.mark.parametrize("figure", ["visits", "started", "submitted", "shared", "processed"])
def test_sort_by_what_came_after_the_sums_too(admin: Client, merchant: Merchant, figure: str) -> None:
    with merchant_scope(merchant):
        product = make_product()
        first, second = (
            make_funnel(slug=f"f{number}", name=f"Funnel {number}", products=[product]) for number in (1, 2)
        )
    Walker(Client(), merchant, first).submit()
    tallies.rebuild(merchant_id=merchant.id)
    for funnel in (second, second):
        walker = Walker(Client(), merchant, funnel)
        walker.submit()
        walker.post("share")
    with merchant_scope(merchant):
        for claim in Claim.objects.filter(funnel=second):
            before = tallies.cell_of(claim)
            claim.status, claim.processed_at = "processed", LONG_AGO
            tallies.changed(before=before, after=tallies.cell_of(claim), now=LONG_AGO)
    page = admin.get(LIST, {"sort": f"-{figure}"}).content.decode()
    assert page.index("Funnel 2") < page.index("Funnel 1")
    page = admin.get(LIST, {"sort": figure}).content.decode()
    assert page.index("Funnel 1") < page.index("Funnel 2")

"""Pages of funnels that cannot be used just now, and what the merchant adds to them."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.utils import timezone

from claims_center.models import Funnel, Journey, Product, Source
from codes.models import Code, CodePool
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import LONG_AGO, make_funnel, make_product, make_promotion
from tests.public.walker import CONTACT, Walker


def test_say_when_it_opens_in_both_zones(merchant: Merchant) -> None:
    Merchant.objects.filter(pk=merchant.pk).update(time_zone="America/New_York")
    with merchant_scope(merchant):
        funnel = make_funnel(
            starts_at=datetime(2099, 3, 1, 14, tzinfo=UTC), texts={"closed_note": "See you in spring."}
        )
    page = Client().get(f"/f/{merchant.slug}/{funnel.slug}/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "This promotion opens on" in text
    assert 'data-local-time="2099-03-01T09:00:00-05:00"' in text
    assert "See you in spring." in text


def test_say_so_when_nothing_can_be_chosen(merchant: Merchant, funnel: Funnel) -> None:
    with merchant_scope(merchant):
        Product.objects.update(archived_at=timezone.now())
    page = Client().get(f"/f/{merchant.slug}/{funnel.slug}/")
    assert (page.status_code, "No product can be chosen" in page.content.decode()) == (200, True)
    with merchant_scope(merchant):
        assert not Journey.objects.exists()


@pytest.fixture
def pooled(merchant: Merchant) -> Funnel:
    with merchant_scope(merchant):
        pool = CodePool.objects.create(name="Codes", created_at=LONG_AGO)
        Code.objects.create(pool=pool, value="A-1", value_norm="A1", created_at=LONG_AGO)
        promotion = make_promotion(source=Source.POOL, pool=pool, fixed_code="")
        return make_funnel(promotion=promotion, stop_when_sold_out=True)


def test_stop_when_no_code_is_left_but_let_the_begun_finish(merchant: Merchant, pooled: Funnel) -> None:
    begun = Walker(Client(), merchant, pooled)
    begun.walk(until="contact")
    with merchant_scope(merchant):
        Code.objects.update(state="burnt")
    page = Client().get(f"/f/{merchant.slug}/{pooled.slug}/").content.decode()
    assert "All gifts of this promotion have been given." in page
    begun.post("contact", **CONTACT)
    begun.post("review")
    assert len(begun.claims()) == 1


def test_go_on_without_codes_where_the_merchant_wants_that(merchant: Merchant, pooled: Funnel) -> None:
    with merchant_scope(merchant):
        Code.objects.update(state="burnt")
        Funnel.objects.update(stop_when_sold_out=False)
    Walker(Client(), merchant, pooled).submit()
    assert len(Walker(Client(), merchant, pooled).claims()) == 1


def test_leave_the_opinion_out_where_it_is_not_asked(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel(ask_rating=False, ask_feedback=False))
    walker.get()
    walker.post("", listing=walker.listing())
    step = walker.post("order", order_number="112-7391030-0042617")
    assert step["Location"] == walker.url("contact")
    walker.post("contact", **CONTACT)
    walker.post("review")
    (claim,) = walker.claims()
    assert (claim.rating, claim.feedback) == (None, "")
    assert walker.journey().feedback_at is None


def test_ask_for_words_alone(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel(ask_rating=False))
    walker.walk(until="feedback")
    page = walker.get("feedback").content.decode()
    assert 'name="rating"' not in page
    walker.post("feedback", rating="5", feedback="Fine")
    walker.post("contact", **CONTACT)
    walker.post("review")
    assert walker.claims()[0].rating is None


def test_note_the_product_that_was_chosen(walker: Walker) -> None:
    walker.walk(until="order")
    with merchant_scope(walker.merchant):
        assert walker.journey().product == Product.objects.get()


def test_find_a_product_among_many(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        products = [make_product(f"Mug {n}", asin=f"B0MUG{n:05}", marketplaces="amazon") for n in range(13)]
        funnel = make_funnel(products=products)
    assert "data-find" in Client().get(f"/f/{merchant.slug}/{funnel.slug}/").content.decode()

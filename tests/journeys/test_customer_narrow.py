"""A customer's pages on the narrowest phones, and with large text: nothing sticks out, and words keep their room."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from claims_center.models import Promotion
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.services.merchants import create_merchant
from tests.claims_center import factories as claims
from tests.client.browser import link_for
from tests.loyalty import factories as make
from tests.support.waiting import fits, until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]

NARROW: Any = {"width": 320, "height": 700}
PAGES = ("", "mine/", "offers/", "claims/", "history/", "profile/", "profile/erasure/")
# Long enough to be a word or two; what is narrower breaks words in their middle.
READABLE = 110
ROOM = """() => [...document.querySelectorAll('.client-reward .client-what, .client-lines > li > .grow')]
  .map((one) => one.getBoundingClientRect().width)"""
# How far anything that is written reaches over the room that it was given.
OVER = """() => Math.max(0, ...[...document.querySelectorAll('.client-what > *, .client-state > *')]
  .map((one) => one.getBoundingClientRect().right - one.parentElement.getBoundingClientRect().right))"""


@pytest.fixture
def shop() -> Merchant:
    """A merchant with rewards, and a customer who has redeemed one and whose claim is being checked."""
    merchant = create_merchant(name="Brew & Bloom", slug="brew-bloom", actor=Actor.system(), mfa_required=False)
    with merchant_scope(merchant):
        mara = make.customer(email="mara@example.com", first_name="Mara", last_name="Lind")
        make.points(mara, 3000)
        make.take(make.reward(name="Evening with the makers", cost_in_points=120, pool=make.pool(3)), mara)
        make.reward(name="Weekend in the mountains", cost_in_points=250_000)
        claims.make_claim(claims.make_funnel(), email="mara@example.com")
    return merchant


@pytest.fixture
def phone(browser: Browser, live: str, shop: Merchant) -> Iterator[Page]:
    """A narrow phone on which the customer is signed in."""
    context = browser.new_context(viewport=NARROW, has_touch=True, is_mobile=True, locale="en-US")
    page = context.new_page()
    page.goto(f"{live}/c/brew-bloom/in/{link_for(shop, 'mara@example.com')}/")
    page.get_by_role("button", name="Sign in").tap()
    expect(page.get_by_text("You are signed in.")).to_be_visible()
    yield page
    context.close()


@pytest.mark.parametrize("text", ["", "200%"])
def test_every_page_fits_and_can_be_read(phone: Page, live: str, text: str) -> None:
    if text:
        phone.set_viewport_size({"width": 390, "height": 844})
    for page in PAGES:
        phone.goto(f"{live}/c/brew-bloom/{page}")
        phone.evaluate("(size) => { document.documentElement.style.fontSize = size; }", text)
        assert fits(phone, 390 if text else 320), page
        assert until(lambda: all(width >= READABLE for width in phone.evaluate(ROOM))), page
        assert until(lambda: phone.evaluate(OVER) <= 1), page


def test_the_places_of_the_bar_stand_apart_in_large_text(phone: Page, live: str) -> None:
    phone.goto(f"{live}/c/brew-bloom/")
    phone.evaluate("document.documentElement.style.fontSize = '200%'")
    apart = """() => { const ends = [...document.querySelectorAll('.client-nav a span')].map((one) => one.getBoundingClientRect());
      return ends.slice(1).every((one, place) => one.left >= ends[place].right); }"""
    assert until(lambda: phone.evaluate(apart))


def test_the_page_after_the_claim_fits(browser: Browser, live: str, shop: Merchant) -> None:
    context = browser.new_context(viewport=NARROW, has_touch=True, is_mobile=True, locale="en-US")
    page = context.new_page()
    with merchant_scope(shop):
        given: dict[str, Any] = {"order_number": "none", "ask_rating": False, "ask_feedback": False}
        slug = claims.make_funnel(Promotion.objects.get(), **given).slug
    page.goto(f"{live}/f/brew-bloom/{slug}/")
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Continue").tap()
    for label, words in {"First name": "محمد", "Surname": "العبدالله", "E-mail": "m@example.com"}.items():
        page.get_by_role("textbox", name=label).fill(words)
    page.get_by_role("button", name="Continue").tap()
    page.get_by_role("button", name="Send my claim").tap()
    expect(page.get_by_role("button", name="Make another claim for another order")).to_be_visible()
    assert fits(page, 320)
    context.close()

"""Customers at a funnel's doors: what is asked and what is not, help, gifts of every kind, and nothing counted twice."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from claims_center.models import Claim, Funnel, Journey, Listing, Product
from claims_center.services import processing, verdicts
from claims_center.services.gifts import send_gift
from jobs.runner import run_kind
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import make_claim, make_order, path, sign_in
from tests.public.factories import make_funnel, make_product, make_promotion
from tests.public.walker import ORDER, Walker
from tests.support.seeing import enter, look
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
PHONE: Any = {"width": 390, "height": 844}


@pytest.fixture(autouse=True)
def _no_brakes(settings: Any) -> None:
    settings.RATE_LIMIT_FACTOR = 1000.0


@pytest.fixture
def customer(browser: Browser) -> Iterator[Page]:
    """A phone without scripts."""
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="en-US")
    yield context.new_page()
    context.close()


def open_funnel(merchant: Merchant, **values: Any) -> Funnel:
    with merchant_scope(merchant):
        return make_funnel(**values)


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()


def walk_to_review(page: Page, start: str, *, order: str | None = "", rating: int = 4, who: str = "Ines") -> None:
    page.goto(start)
    page.get_by_role("radio", name="Cold Brew Kit, Amazon").check()
    go_on(page)
    if order is not None:
        page.get_by_label("Order number").fill(order)
        go_on(page)
    page.get_by_role("radio", name=f"{rating} of 5").check()
    go_on(page)
    page.get_by_label("First name").fill(who)
    page.get_by_label("Surname").fill("Fournier")
    page.get_by_label("E-mail", exact=True).fill(f"{who.lower()}@example.com")
    go_on(page)
    expect(page.get_by_role("heading", name="Is everything right?")).to_be_visible()


def send(page: Page) -> None:
    page.get_by_role("button", name="Send my claim").click()
    expect(page.get_by_role("heading", name="Claim submitted")).to_be_visible()


def test_ask_for_an_order_number_or_not(
    page: Page, customer: Page, live_server: LiveServer, merchant: Merchant
) -> None:
    for slug, rule in (("may", "optional"), ("not", "none")):
        with merchant_scope(merchant):
            product = Product.objects.first() or make_product()
            promotion = make_promotion(name=f"Gift {slug}")
            make_funnel(slug=slug, order_number=rule, promotion=promotion, products=[product])
        walk_to_review(customer, f"{live_server.url}/f/brew-bloom/{slug}/", order="" if slug == "may" else None)
        send(customer)
    enter(page, live_server.url, sign_in(merchant, Role.VIEWER))
    page.goto(live_server.url + path(merchant, "claims"))
    expect(page.locator("#grid-region td[data-label='Order number']")).to_have_text([re.compile("^—")] * 2)
    expect(page.locator("#grid-region .badge", has_text="Not checked")).to_have_count(2)


def test_say_when_it_opens_and_what_is_no_longer_sold(
    customer: Page, live_server: LiveServer, merchant: Merchant
) -> None:
    open_funnel(merchant, order_number="optional")
    address = f"{live_server.url}/f/brew-bloom/brew-kit/"
    walk_to_review(customer, address)
    with merchant_scope(merchant):
        Listing.objects.filter(marketplace="amazon").update(archived_at=timezone.now())
    customer.get_by_role("button", name="Send my claim").click()
    expect(customer.get_by_text("Something has to be filled in again before your claim can be sent.")).to_be_visible()
    with merchant_scope(merchant):
        assert not Claim.objects.exists()
        Funnel.objects.update(starts_at=timezone.now() + timedelta(days=2))
    customer.context.clear_cookies()
    customer.goto(address)
    expect(customer.get_by_role("heading", name="Not open yet")).to_be_visible()
    expect(customer.get_by_text("This promotion opens on")).to_be_visible()


def test_take_one_claim_however_often_it_is_sent(
    page: Page, customer: Page, live_server: LiveServer, merchant: Merchant
) -> None:
    funnel = open_funnel(merchant)
    walk_to_review(customer, f"{live_server.url}/f/brew-bloom/brew-kit/", order=ORDER["order_number"])
    second = customer.context.new_page()
    second.goto(str(until(lambda: "/review/" in customer.url and customer.url)))
    for tab in (customer, second):
        send(tab)
    with merchant_scope(merchant):
        assert Claim.objects.count() == 1
    # Somebody else with the same number reads the same words; staff see it.
    other = Walker(Client(), merchant, funnel)
    other.submit()
    assert "Claim submitted" in other.get("submitted").content.decode()
    enter(page, live_server.url, sign_in(merchant, Role.VIEWER))
    page.goto(live_server.url + path(merchant, "claims") + "?verification=already_claimed")
    expect(page.locator("#grid-region tbody tr")).to_have_count(1)


def test_let_nobody_send_without_end(
    customer: Page, live_server: LiveServer, merchant: Merchant, settings: Any
) -> None:
    other = Walker(Client(), merchant, open_funnel(merchant, order_number="optional"))
    other.walk()
    walk_to_review(customer, f"{live_server.url}/f/brew-bloom/brew-kit/")
    # One claim a minute from one address is left.
    settings.RATE_LIMIT_FACTOR = 0.001
    other.post("review")
    customer.get_by_role("button", name="Send my claim").click()
    expect(customer.get_by_role("heading", name="One moment, please")).to_be_visible()
    expect(customer.get_by_text("what you typed is kept")).to_be_visible()
    settings.RATE_LIMIT_FACTOR = 1000.0
    customer.get_by_role("link", name="Go back").click()
    expect(customer.get_by_role("radio", name="Cold Brew Kit, Amazon")).to_be_checked()


def test_give_the_same_whatever_is_thought_of_it(customer: Page, live_server: LiveServer, merchant: Merchant) -> None:
    """One star and no word is worth as much as five stars, shared or not."""
    funnel = open_funnel(merchant, auto_verify=True, auto_send=True)
    for place, rating in enumerate((1, 5), 1):
        number = f"112-7391030-{place:07}"
        with merchant_scope(merchant):
            make_order(funnel, number)
        customer.context.clear_cookies()
        walk_to_review(
            customer, f"{live_server.url}/f/brew-bloom/brew-kit/", order=number, rating=rating, who=f"A{place}"
        )
        expect(customer.locator(".public-foot")).to_contain_text("Your gift never depends on your rating")
        send(customer)
        customer.get_by_role("link", name="Open it now").click()
        expect(customer.get_by_role("heading", level=1)).to_have_text("Your gift is on its way")
    with merchant_scope(merchant):
        assert set(Claim.objects.values_list("verification", "status", "gift_code")) == {
            ("match", "verified", "BARISTA-2026")
        }


def test_fetch_a_gift_that_is_a_file(
    customer: Page, live_server: LiveServer, merchant: Merchant, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    name = default_storage.save("gifts/guide.pdf", ContentFile(b"%PDF-1.4 A guide"))
    promotion: dict[str, Any] = {"source": "file", "fixed_code": "", "file": name, "file_name": "guide.pdf"}
    by: dict[str, Any] = {"actor": Actor.system(), "now": timezone.now()}
    with merchant_scope(merchant):
        claim = make_claim(make_funnel(promotion=make_promotion(**promotion)))
        verdicts.verify(claim_id=claim.id, reason="Seen", **by)
    gift = f"{live_server.url}/track/{claim.tracker_token}/gift/"
    assert customer.request.get(gift).status == 404
    with merchant_scope(merchant):
        send_gift(claim_id=claim.id, **by)
        processing.mark_processed(claim_id=claim.id, **by)
    run_kind(merchant.id, "message.send")
    answer = customer.request.get(gift)
    assert (answer.status, answer.body()) == (200, b"%PDF-1.4 A guide")
    assert "guide.pdf" in answer.headers["content-disposition"]
    customer.goto(gift.removesuffix("gift/"))
    expect(customer.get_by_role("heading", name="Done", exact=True)).to_be_visible()


def test_find_help_before_and_after(page: Page, live_server: LiveServer, merchant: Merchant) -> None:
    Merchant.objects.filter(id=merchant.id).update(reply_to="care@brew-bloom.example")
    funnel = open_funnel(merchant)
    page.goto(f"{live_server.url}/f/brew-bloom/brew-kit/")
    page.get_by_role("radio", name="Cold Brew Kit, Amazon").check()
    go_on(page)
    expect(page.get_by_label("Order number")).to_be_visible()
    page.get_by_role("link", name="Help and privacy").click()
    for heading in ("What happens with my claim", "How long it takes", "Whom to ask", "Privacy"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="care@brew-bloom.example")).to_be_visible()
    assert look(page, "public-help") == []
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_label("Order number")).to_be_visible()
    with merchant_scope(merchant):
        assert Journey.objects.count() == 1
        claim = make_claim(funnel)
    page.goto(f"{live_server.url}/track/{claim.tracker_token}/")
    page.get_by_role("link", name="Help and privacy").click()
    expect(page.get_by_text("Your private page always shows how far your claim is.")).to_be_visible()
    page.get_by_role("link", name="Back to my claim").click()
    expect(page.get_by_role("heading", name="We are checking your claim")).to_be_visible()

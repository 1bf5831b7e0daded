"""A campaign from the empty catalogue to its figures, and a customer who stops half way and comes back.

Web server, worker, database, queue and browser are the real ones; mail goes out as files.
"""

import email
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from claims_center.models import Claim, Funnel, Journey
from jobs.bell import ring
from jobs.models import Job
from tenancy.actors import Actor
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.services.members import add_member
from tenancy.services.merchants import create_merchant
from tests.public.factories import make_funnel, make_product
from tests.support.waiting import fits, until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]

PASSWORD = "brew-the-morning-coffee"
PHONE: Any = {"width": 390, "height": 844}
# A browser that says who it is like people's do: the test's own calls itself headless, and such visits are not counted.
AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"
WORDS = "Pours slowly enough for a proper bloom."


@pytest.fixture
def shop() -> Merchant:
    """A merchant with one member of staff and an empty catalogue."""
    system = Actor.system()
    merchant = create_merchant(name="Brew & Bloom", slug="brew-bloom", actor=system, mfa_required=False)
    user = User.objects.create_user("owner@brew-bloom.example", PASSWORD, name="Ada Novak")
    with merchant_scope(merchant):
        add_member(merchant=merchant, user=user, role=Role.OWNER, actor=system)
    return merchant


def test_build_a_campaign_and_see_a_claim_come_of_its_insert(
    page: Page, browser: Browser, live: str, shop: Merchant
) -> None:
    sign_in(page, live)
    make_a_product(page, live)
    make_a_gift(page, live)
    build(page, live)
    short = publish(page)
    customer = browser.new_context(java_script_enabled=False, viewport=PHONE, user_agent=AGENT, locale="en-US")
    claim(customer.new_page(), short)
    customer.close()
    check_claim(shop)
    see_figures(page)
    close(page, live)


def test_come_back_by_the_reminder(
    page: Page, browser: Browser, live: str, shop: Merchant, mail_dir: Path, worker: object
) -> None:
    with merchant_scope(shop):
        make_funnel(remind_after_hours=2, slug="thank-you", products=[make_product("Pour-over kettle")])
    context = browser.new_context(viewport=PHONE, user_agent=AGENT, locale="en-US")
    visitor = context.new_page()
    visitor.goto(f"{live}/f/brew-bloom/thank-you/")
    walk_to_details(visitor)
    box = visitor.get_by_label("If I do not finish, remind me once by e-mail")
    expect(box).not_to_be_checked()
    box.check()
    visitor.get_by_role("button", name="Continue").click()
    expect(visitor.get_by_role("heading", name="Is everything right?")).to_be_visible()
    context.close()
    let_hours_pass(shop)
    letter = wait_for_mail(page, mail_dir)
    assert "rating" not in letter.lower()
    go_on = re.search(r"http\S+/resume/\S+", letter)
    assert go_on is not None
    elsewhere = browser.new_context(java_script_enabled=False, user_agent=AGENT, locale="en-US")
    again = elsewhere.new_page()
    again.goto(f"{live}{go_on[0][go_on[0].index('/f/') :]}")
    expect(again.get_by_text("Everything that you typed is still here.")).to_be_visible()
    expect(again.get_by_text(WORDS)).to_be_visible()
    again.get_by_role("button", name="Send my claim").click()
    expect(again.get_by_role("heading", name="Claim submitted")).to_be_visible()
    elsewhere.close()
    with merchant_scope(shop):
        assert Claim.objects.get().customer_email == "ines@example.com"
        assert Journey.objects.count() == 1


def sign_in(page: Page, live: str) -> None:
    page.goto(live)
    page.get_by_label("Email").fill("owner@brew-bloom.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/m/brew-bloom/claims/")


def make_a_product(page: Page, live: str) -> None:
    page.goto(f"{live}/m/brew-bloom/products/new/")
    page.get_by_label("Title").fill("Pour-over kettle")
    page.get_by_label("SKU").fill("BB-KET-09")
    first = page.get_by_role("group", name="Listing 1")
    first.get_by_label("Marketplace").select_option("amazon")
    first.get_by_label("Region").fill("US")
    first.get_by_label("Listing id").fill("B0BBKET090")
    first.get_by_label("Detail page").fill("https://amazon.evil.example/dp/B0BBKET090")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("Give the https address of the product.s own page"))).to_be_visible()
    page.get_by_role("group", name="Listing 1").get_by_label("Detail page").fill("https://www.amazon.com/dp/B0BBKET090")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Pour-over kettle")).to_be_visible()


def make_a_gift(page: Page, live: str) -> None:
    page.goto(f"{live}/m/brew-bloom/promotions/new/")
    page.get_by_label("Name", exact=True).fill("Barista guide")
    page.get_by_role("radio", name="One fixed code").check()
    page.locator("#id_fixed_code").fill("CLASS-2026")
    page.get_by_label("Value").fill("12.50")
    page.get_by_label("Message for the e-mail").fill("Enjoy it, {first_name}.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Barista guide")).to_be_visible()


def build(page: Page, live: str) -> None:
    """Fill the builder in, and watch the pages beside it."""
    page.goto(f"{live}/m/brew-bloom/funnels/new/")
    page.get_by_label("Name", exact=True).fill("Thank-you card")
    page.get_by_label("Promotion", exact=True).select_option(label="Barista guide")
    page.get_by_label("Find a product by title or SKU").fill("KET")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add Pour-over kettle").click()
    expect(page.get_by_role("button", name="Remove Pour-over kettle")).to_be_visible()
    preview = page.locator("#preview")
    page.get_by_label("Headline", exact=False).first.fill("Thank you for brewing with us")
    expect(preview.get_by_text("Thank you for brewing with us")).to_be_visible()
    expect(preview.get_by_text("Your gift: Barista guide, worth $12.50")).to_be_visible()
    page.get_by_label("Question for the feedback").fill("How does it pour?")
    expect(preview.get_by_text("How does it pour?")).to_be_visible()
    page.get_by_label("Least length of feedback").fill("10")
    page.get_by_label("Accent colour").fill("#ffe14d")
    expect(preview.get_by_text("#ffe14d is hard to read on white")).to_be_visible()
    page.get_by_label("Accent colour").fill("#0f6b5c")
    preview.get_by_role("button", name="Claim submitted").click()
    expect(preview.get_by_text("Follow your claim")).to_be_visible()
    page.set_viewport_size(PHONE)
    expect(preview).to_be_hidden()
    page.get_by_role("radio", name="Preview").check(force=True)
    expect(preview).to_be_visible()
    page.get_by_role("radio", name="Form").check(force=True)
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name=re.compile("Thank-you card"))).to_be_visible()
    expect(page.get_by_text("Nobody can open it yet.")).to_be_visible()


def publish(page: Page) -> str:
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.get_by_role("img", name="QR code of the short address")).to_be_visible()
    return until(lambda: page.get_by_label("For product inserts").input_value())


def walk_to_details(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("Pour-over kettle, Amazon")).check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Order number").fill("#112-7391030 0042617")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("radio", name="2 of 5").check()
    page.get_by_label("In your own words").fill(WORDS)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("First name").fill("Ines")
    page.get_by_label("Surname").fill("Fournier")
    page.get_by_label("E-mail", exact=True).fill("ines@example.com")


def claim(page: Page, short: str) -> None:
    """Claim by the insert's address, on a phone, without scripts."""
    page.context.route(
        "https://www.amazon.com/**",
        lambda route: route.fulfill(body="<title>There</title><h1>There</h1>", content_type="text/html"),
    )
    page.goto(short)
    expect(page.get_by_role("heading", name="Thank you for brewing with us")).to_be_visible()
    assert fits(page, PHONE["width"])
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("Order number")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Type the number of your order.").first).to_be_visible()
    page.get_by_role("button", name="Back").click()
    walk_to_details(page)
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("heading", name="How does it pour?")).to_be_visible()
    page.get_by_label("In your own words").fill("short")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("5 more characters, please.").first).to_be_visible()
    page.get_by_label("In your own words").fill(WORDS)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("E-mail", exact=True)).to_have_value("ines@example.com")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send my claim").click()
    expect(page.get_by_role("heading", name="Claim submitted")).to_be_visible()
    after = until(lambda: "/submitted/" in page.url and page.url)
    page.get_by_role("button", name="Share", exact=True).click()
    page.wait_for_url("https://www.amazon.com/dp/B0BBKET090")
    page.goto(str(after))
    page.get_by_role("link", name="Open it now").click()
    expect(page.get_by_role("heading", name="We are checking your claim")).to_be_visible()


def check_claim(shop: Merchant) -> None:
    with merchant_scope(shop):
        found = Claim.objects.select_related("journey", "listing").get()
        assert (found.rating, found.feedback, found.marketplace) == (2, WORDS, "amazon")
        assert found.did_redirect_at is not None
        reached = [name for name, _at in found.journey.steps()]
    assert reached == ["visited", "started", "order", "feedback", "contact", "submitted", "shared"]


def see_figures(page: Page) -> None:
    page.reload()
    expect(page.get_by_role("link", name="1 pressed Share")).to_be_visible()
    page.get_by_text("How they came").click()
    expect(page.get_by_role("row", name=re.compile("Product insert 1 1 1"))).to_be_visible()
    page.get_by_text("By product").click()
    page.get_by_role("row", name=re.compile("Pour-over kettle 1")).get_by_role("link").first.click()
    expect(page.locator("#grid-region").get_by_text("Ines Fournier")).to_be_visible()
    page.go_back()
    page.get_by_role("link", name="Print inserts").click()
    expect(page.locator(".insert")).to_have_count(8)
    page.go_back()


def close(page: Page, live: str) -> None:
    page.get_by_role("link", name="Close").click()
    page.get_by_role("dialog").get_by_role("button", name="Close", exact=True).last.click()
    expect(page.get_by_role("link", name="Open again")).to_be_visible()
    answer = page.goto(f"{live}/f/brew-bloom/thank-you-card/")
    assert answer is not None
    assert answer.status == 410
    expect(page.get_by_text("This promotion has been closed, so no more claims can be made.")).to_be_visible()


def test_lose_no_product_while_an_answer_is_on_its_way(page: Page, live: str, shop: Merchant) -> None:
    sign_in(page, live)
    make_a_product(page, live)
    make_a_gift(page, live)
    page.goto(f"{live}/m/brew-bloom/funnels/new/")
    page.get_by_label("Name", exact=True).fill("Thank-you card")
    page.get_by_label("Promotion", exact=True).select_option(label="Barista guide")
    held: list[Route] = []
    page.route("**/funnels/new/", lambda route: hold_picker(route, held))
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("button", name="Add Pour-over kettle").click()
    assert until(lambda: held, page=page)
    page.wait_for_timeout(100)
    # What was pressed second waits for the answer to the first.
    assert len(held) == 1
    held.pop().continue_()
    assert until(lambda: held, page=page)
    page.get_by_role("button", name="Save").last.click()
    held.pop().continue_()
    expect(page.get_by_role("heading", name=re.compile("Thank-you card"))).to_be_visible()
    expect(page.get_by_text("Nobody can open it yet.")).to_be_visible()
    expect(page.get_by_role("main").get_by_text("Pour-over kettle")).to_be_visible()


def hold_picker(route: Route, held: list[Route]) -> None:
    if route.request.headers.get("hx-target") == "picker":
        held.append(route)
    else:
        route.continue_()


def let_hours_pass(shop: Merchant) -> None:
    """Let the reminder be due, as it would be two hours later, and ring the bell as the clock does."""
    past = timezone.now() - timedelta(minutes=1)
    with merchant_scope(shop):
        assert Funnel.objects.get().remind_after_hours == 2
        Journey.objects.update(remind_at=past)
        Job.objects.filter(kind="claims.remind").update(next_at=past)
        job = Job.objects.get(kind="claims.remind")
    ring(shop.id, "claims.remind", [job.id])


def wait_for_mail(page: Page, mail_dir: Path) -> str:
    letters = until(lambda: [one for one in letters_in(mail_dir) if "ines@example.com" in str(one["To"])], page=page)
    parts = [one for one in letters[0].walk() if one.get_content_type() == "text/plain"]
    return b"".join(bytes(part.get_payload(decode=True)) for part in parts).decode()


def letters_in(mail_dir: Path) -> list[Any]:
    return [email.message_from_bytes(path.read_bytes()) for path in mail_dir.glob("**/*.eml")]

"""A customer's own pages on a phone: in by the link in the mail, by touch, by keyboard, and without scripts.

Web server, worker, database, queue and browser are the real ones; mail goes out as files.
"""

import email
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, Locator, Page, Response, expect

from cockpit.models import ErasureRequest
from customers.models import Customer
from ledger.selectors import usable_balance
from ledger.units import Unit
from loyalty.models import RedeemedReward
from tenancy import pictures
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.services.merchants import create_merchant
from tests.loyalty import factories as make
from tests.public.pictures import a_picture
from tests.support.seeing import RULES, faults
from tests.support.waiting import fits, until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]

PHONE: Any = {"width": 390, "height": 844}
SENTENCE = "You must have 220 more points to get reward"


@pytest.fixture
def shop() -> Merchant:
    """A merchant with rewards within reach and beyond, and a customer with points."""
    merchant = create_merchant(name="Brew & Bloom", slug="brew-bloom", actor=Actor.system(), mfa_required=False)
    Merchant.objects.filter(id=merchant.id).update(accent="#0f6b5c", reply_to="hello@brew-bloom.example")
    with merchant_scope(merchant):
        mara = make.customer(email="mara@example.com", first_name="Mara", last_name="Lind")
        make.points(mara, 260)
        make.points(mara, 40, expires_at=make.soon(days=20))
        picture = pictures.store(merchant.id, pictures.encode(a_picture()))
        make.reward(name="Free oat latte", cost_in_points=120, pool=make.pool(3), image=picture)
        make.reward(name="Ceramic mug", cost_in_points=520, description="Sage green, holds 0.3 l.")
        make.reward(name="Evening at the roastery", cost_in_points=90, total_limit=0)
    return merchant


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """A phone: small, touched with a finger."""
    context = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, locale="en-US", reduced_motion="reduce"
    )
    yield context.new_page()
    context.close()


def come_in(page: Page, live: str, mail_dir: Path, *, press: Any) -> None:
    """Ask for a link, take it out of the mail, and press the button behind it."""
    page.goto(f"{live}/c/brew-bloom/")
    page.get_by_label("E-mail").fill("mara@example.com")
    press(page.get_by_role("button", name="Send me a link"))
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    page.goto(f"{live}{link_in(page, mail_dir)}")
    expect(page.get_by_text("m•••@example.com")).to_be_visible()
    press(page.get_by_role("button", name="Sign in"))
    expect(page.get_by_text("You are signed in.")).to_be_visible()


def link_in(page: Page, mail_dir: Path) -> str:
    """The path of the link in the mail that comes."""
    (letter,) = until(lambda: list(mail_dir.glob("**/*.eml")), page=page)
    message = email.message_from_bytes(letter.read_bytes())
    assert message["To"] == "Mara Lind <mara@example.com>"
    (text, *_html) = [part for part in message.walk() if part.get_content_maintype() == "text"]
    found = re.search(r"https?://[^/\s]+(/c/brew-bloom/in/\S+)", text.get_payload(decode=True).decode())  # type: ignore[union-attr]
    assert found is not None
    return found[1]


def check(page: Page) -> None:
    """Nothing sticks out sideways, and axe finds nothing."""
    assert fits(page, PHONE["width"])
    assert faults(page, RULES) == []


def redeemed(shop: Merchant) -> list[str]:
    with merchant_scope(shop):
        return list(RedeemedReward.objects.values_list("reward_name", flat=True))


def test_redeem_on_a_phone_by_touch_and_keyboard(
    phone: Page, live: str, shop: Merchant, mail_dir: Path, worker: object
) -> None:
    said: list[str] = []
    phone.on("console", lambda one: said.append(one.text) if one.type in {"error", "warning"} else None)
    come_in(phone, live, mail_dir, press=lambda one: one.tap())
    expect(phone.locator(".client-points")).to_have_text("300")
    expect(phone.get_by_text(re.compile("40 points run out on"))).to_be_visible()
    expect(phone.get_by_text("220 more for Ceramic mug")).to_be_visible()
    check(phone)
    see_the_sentence(phone)
    phone.get_by_role("button", name="Redeem reward Free oat latte").tap()
    expect(phone.get_by_role("heading", name="Free oat latte")).to_be_visible()
    expect(phone.locator(".client-left dd")).to_have_text("180")
    check(phone)
    phone.get_by_role("button", name="Redeem for 120 points").dblclick()
    expect(phone.get_by_text("It is yours. Enjoy it!")).to_be_visible()
    expect(phone.get_by_role("img", name=re.compile("QR code of R-"))).to_be_visible()
    check(phone)
    assert redeemed(shop) == ["Free oat latte"]
    phone.go_back()
    phone.get_by_role("button", name="Redeem for 120 points").tap()
    expect(phone.get_by_role("img", name=re.compile("QR code of R-"))).to_be_visible()
    assert redeemed(shop) in (["Free oat latte"], ["Free oat latte"] * 2)
    walk_through(phone)
    phone.get_by_role("button", name="Sign out", exact=True).tap()
    expect(phone.get_by_text("You are signed out.")).to_be_visible()
    phone.go_back()
    expect(phone.get_by_role("button", name="Send me a link")).to_be_visible()
    assert said == []
    call_command("check_ledger", merchant=shop.slug)


def see_the_sentence(page: Page) -> None:
    """By a finger, by the keyboard and by a mouse; away with Escape; and the button does nothing."""
    button, tip = page.get_by_role("button", name="Redeem reward Ceramic mug"), page.locator("[role=tooltip]").last
    expect(tip).to_have_text(SENTENCE)
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description(SENTENCE)
    expect(tip).to_be_hidden()
    button.tap(force=True)
    expect(tip).to_be_visible()
    # What a finger does to the mouse and the focus comes a moment after it.
    expect(button).to_be_focused()
    assert until(lambda: inside(tip))
    page.get_by_role("link", name="Ceramic mug").first.focus()
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()
    page.get_by_role("link", name="Ceramic mug", exact=True).last.focus()
    page.keyboard.press("Tab")
    expect(button).to_be_focused()
    expect(tip).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    expect(page).to_have_url(re.compile(r"/c/brew-bloom/\?said=in$"))
    page.get_by_role("link", name="Ceramic mug", exact=True).last.focus()
    button.hover()
    expect(tip).to_be_visible()


def inside(place: Locator) -> bool:
    """Whether it stands in the window from edge to edge."""
    box = place.bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"]


def walk_through(page: Page) -> None:
    bar = page.get_by_role("navigation", name="Your pages")
    for name, words in (
        ("My rewards", "Ready to use"),
        ("Offers", "No offers for you at the moment"),
        ("Claims", "No claims yet"),
        ("History", "Reward redeemed"),
    ):
        bar.get_by_role("link", name=name, exact=True).tap()
        expect(page.get_by_text(words).first).to_be_visible()
        check(page)
    page.get_by_role("link", name="Profile").tap()
    expect(page.get_by_text("mara@example.com")).to_be_visible()
    check(page)


def test_everything_without_scripts(
    browser: Browser, live: str, shop: Merchant, mail_dir: Path, worker: object
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=PHONE, locale="en-US", accept_downloads=True)
    page = context.new_page()
    come_in(page, live, mail_dir, press=lambda one: one.click())
    tip = page.locator("[role=tooltip]").last
    page.get_by_role("button", name="Redeem reward Ceramic mug").focus()
    expect(tip).to_be_visible()
    expect(tip).to_have_text(SENTENCE)
    page.get_by_role("button", name="Redeem reward Free oat latte").click()
    page.get_by_role("button", name="Redeem for 120 points").click()
    expect(page.get_by_text("It is yours. Enjoy it!")).to_be_visible()
    page.get_by_role("link", name="History").click()
    page.get_by_text("Which points").first.click()
    expect(page.get_by_text(re.compile("40 points of .* good until")).first).to_be_visible()
    mend_the_profile(page, shop)
    with page.expect_download() as started:
        page.get_by_role("button", name="Download my data").click()
    assert json.loads(Path(started.value.path()).read_text())["profile"]["first_name"] == "Maja"
    page.get_by_role("link", name="Delete my data").click()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_text("You asked us to delete your data")).to_be_visible()
    context.close()
    with merchant_scope(shop):
        mara = Customer.objects.get()
        assert ErasureRequest.objects.get().customer_id == mara.id
        assert usable_balance(customer_id=mara.id, unit=Unit.POINT, at=make.soon()) == 180


def mend_the_profile(page: Page, shop: Merchant) -> None:
    page.get_by_role("link", name="Profile").click()
    page.get_by_label("First name").fill("Maja")
    page.get_by_label("Birthday").fill("2999-01-01")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("A birthday cannot be in the future.").first).to_be_visible()
    expect(page.get_by_label("First name")).to_have_value("Maja")
    page.get_by_label("Birthday").fill("")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your profile was saved.")).to_be_visible()
    with merchant_scope(shop):
        assert Customer.objects.get().first_name == "Maja"


def test_the_first_view_is_light(phone: Page, live: str, shop: Merchant, mail_dir: Path, worker: object) -> None:
    """What a phone loads for the first page of who is signed in: styles and scripts as the product packs them."""
    come_in(phone, live, mail_dir, press=lambda one: one.tap())
    answers: list[Response] = []
    view = phone.context.new_page()
    view.on("response", lambda one: answers.append(one))  # noqa: PLW0108 - Playwright keeps a mark on its listeners
    view.goto(f"{live}/c/brew-bloom/", wait_until="networkidle")
    sizes = {one.url: size_of(one) for one in answers if one.ok}
    assert len(sizes) > 6
    assert sum(sizes.values()) < 60_000, sizes


def size_of(answer: Response) -> int:
    body = answer.body()
    is_packed = answer.url.endswith((".css", ".js", ".svg"))
    return len(gzip.compress(body)) if is_packed else len(body)

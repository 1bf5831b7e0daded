"""Why a button does nothing, told to fingers and to the keyboard alike; and that "Copy" copies, and says so in sight."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Locator, Page, expect

from loyalty.models import RedeemedReward
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import sign_in
from tests.client.browser import signed_in
from tests.loyalty import factories as make
from tests.loyalty.bulking import Shelf
from tests.support.seeing import enter
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
HOME = "/m/brew-bloom/redeemed-rewards/"
PHONE: Any = {"width": 390, "height": 844}
EXPIRED = "The coupon has expired."
# Whether it could be pressed in its middle: nothing lies above it, and it is not switched off by a dialog.
ON_TOP = """one => {
    const box = one.getBoundingClientRect();
    return one.contains(document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2));
}"""


@pytest.fixture
def expired(merchant: Merchant) -> RedeemedReward:
    """A redeemed reward whose time has passed; nobody can mark it any more."""
    with merchant_scope(merchant):
        row = Shelf().row("short")
        expires_at = timezone.now() - timedelta(hours=1)
        RedeemedReward.objects.filter(id=row.id).update(expires_at=expires_at)
    return row


@pytest.fixture
def phone(browser: Browser, live: str, merchant: Merchant) -> Iterator[Page]:
    """A phone in which an administrator is signed in."""
    context = browser.new_context(
        viewport=PHONE, has_touch=True, is_mobile=True, locale="en-US", reduced_motion="reduce"
    )
    page = context.new_page()
    enter(page, live, sign_in(merchant, Role.ADMIN))
    yield page
    context.close()


def sentence(button: Locator) -> Locator:
    return button.locator("xpath=following-sibling::*[@role='tooltip']")


def stands_whole(tip: Locator) -> bool:
    """Whether it stands in the window from edge to edge."""
    wide = tip.page.viewport_size["width"]  # type: ignore[index]
    box = tip.bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= wide


def by_keyboard(page: Page, address: str, button: Locator, why: str) -> None:
    """Tab reaches it and shows the sentence; neither Enter nor Space does anything; Escape puts the sentence away."""
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description(why)
    expect(sentence(button)).to_be_hidden()
    for _ in range(120):
        page.keyboard.press("Tab")
        if is_focused(button):
            break
    expect(button).to_be_focused()
    expect(sentence(button)).to_be_visible()
    assert until(lambda: stands_whole(sentence(button)))
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(sentence(button)).to_be_hidden()
    expect(page).to_have_url(address)


def is_focused(button: Locator) -> bool:
    found: list[bool] = until(lambda: button.evaluate("one => [one === document.activeElement]"))
    return found[0]


def by_touch(page: Page, button: Locator) -> None:
    """A tap shows it, whole, and a tap elsewhere puts it away."""
    expect(sentence(button)).to_be_hidden()
    button.tap(force=True)
    expect(sentence(button)).to_be_visible()
    assert until(lambda: stands_whole(sentence(button)))
    page.touchscreen.tap(5, 300)
    page.evaluate("document.activeElement.blur()")
    expect(sentence(button)).to_be_hidden()


def fixed(page: Page, words: str) -> Locator:
    return page.locator("[aria-disabled=true]", has_text=re.compile(words)).first


def test_hear_by_keyboard_why_an_expired_coupon_stays(
    page: Page, live: str, merchant: Merchant, expired: RedeemedReward
) -> None:
    enter(page, live, sign_in(merchant, Role.ADMIN))
    for address, words in ((HOME, "Delivered"), (f"{HOME}{expired.id}/", "Mark as Used")):
        page.goto(live + address)
        by_keyboard(page, live + address, fixed(page, words), EXPIRED)


def test_hear_by_touch_why_an_expired_coupon_stays(phone: Page, live: str, expired: RedeemedReward) -> None:
    for address, words in ((HOME, "Delivered"), (f"{HOME}{expired.id}/", "Mark as Used")):
        phone.goto(live + address)
        by_touch(phone, fixed(phone, words))
    buttons = phone.locator(".head-actions [aria-disabled=true]")
    expect(buttons).not_to_have_count(0)
    for number in range(until(buttons.count)):
        by_touch(phone, buttons.nth(number))


def test_hear_in_the_cockpit_how_many_points_are_missing(
    page: Page, browser: Browser, live: str, merchant: Merchant
) -> None:
    with merchant_scope(merchant):
        mara = make.customer(email="mara@example.com")
        make.points(mara, 300)
        make.reward(name="Ceramic mug", cost_in_points=520)
    session = signed_in(merchant, mara).client.cookies
    cookies: Any = [{"name": name, "value": one.value, "url": live} for name, one in session.items()]
    touched = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en-US")
    finger = touched.new_page()
    for window in (page, finger):
        window.context.add_cookies(cookies)
        window.goto(f"{live}/c/{merchant.slug}/")
    button = page.get_by_role("button", name="Redeem reward Ceramic mug")
    by_keyboard(page, f"{live}/c/{merchant.slug}/", button, "You must have 220 more points to get reward")
    by_touch(finger, finger.get_by_role("button", name="Redeem reward Ceramic mug"))
    touched.close()


def test_copy_an_address_out_of_a_dialog(page: Page, live: str, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        row = Shelf().row("gift")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live)
    enter(page, live, sign_in(merchant, Role.ADMIN))
    page.goto(live + HOME)
    page.get_by_role("link", name="View the delivery address").click()
    dialog = page.get_by_role("dialog", name="Delivery address")
    page.evaluate("navigator.clipboard.writeText('something else')")
    dialog.get_by_role("button", name="Copy address").click()
    toast = page.locator(".toast", has_text="Copied")
    expect(toast).to_be_visible()
    assert until(lambda: toast.evaluate(ON_TOP)), "it lies below the dialog"
    copied = until(lambda: page.evaluate("navigator.clipboard.readText()"))
    for words in (row.customer_first_name, row.customer_last_name, "Long Lane"):
        assert words in copied
    # It can be put away while the dialog stays, and comes out again once that is closed.
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)
    dialog.get_by_role("button", name="Copy address").click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(toast).to_be_visible()
    assert until(lambda: toast.evaluate(ON_TOP))

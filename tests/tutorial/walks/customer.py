"""What customers see, and what staff see of customers."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.support.waiting import until
from tests.tutorial.drawing import Artist
from tests.tutorial.walks.claim import region


def public(artist: Artist) -> None:
    """Claim a gift as a customer does."""
    page = artist.page
    main = page.locator("main")
    page.goto(f"{artist.base}/f/brew-bloom/thank-you/")
    page.get_by_role("radio").first.check(force=True)
    artist.picture("tracker-product", crop=main)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Order number").fill("113-2098450-7713349")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("radio", name="4 of 5").check(force=True)
    page.get_by_label("In your own words").fill("Pours slowly enough for a proper bloom.")
    artist.picture("tracker-feedback", crop=main)
    page.get_by_role("button", name="Continue").click()
    for label, value in (("First name", "Mila"), ("Surname", "Sørensen"), ("E-mail", "mila@example.com")):
        page.get_by_label(label).first.fill(value)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Send my claim").click()
    expect(page.get_by_role("heading", name="Claim submitted")).to_be_visible()
    tracker = until(lambda: page.get_by_role("link", name="Open it now").get_attribute("href"))
    artist.picture("tracker-submitted", crop=main)
    page.goto(artist.base + urlsplit(tracker or "").path)
    artist.picture("tracker-page", crop=main)


def customers(artist: Artist) -> None:
    """The list, and one customer's history."""
    page = artist.page
    artist.go("customers/")
    artist.picture("customers-list", page.locator("#filters .search"))
    artist.go("claims/?status=processed&repeat=yes&sort=submitted")
    page.locator("#grid-region tbody th a").first.click()
    page.wait_for_url(re.compile("/customers/"))
    artist.picture("customer-history", region(page, "History"))

"""Deliveries, and the texts of the mails."""

import re

from tests.tutorial.drawing import Artist


def deliveries(artist: Artist) -> None:
    """Mend a delivery."""
    page = artist.page
    artist.go("deliveries/")
    artist.picture("deliveries-list", page.get_by_role("navigation", name="Views"))
    artist.go("deliveries/?status=bounced")
    page.locator("#grid-region tbody th a").first.click()
    page.wait_for_url(re.compile("/deliveries/[0-9a-f-]{36}/"))
    artist.picture("deliveries-message", page.locator("main section", has_text="Delivery").last)
    page.get_by_role("link", name=re.compile("Correct")).first.click()
    artist.picture("deliveries-correct", page.locator("#dialog"), keep_focus=True)
    page.keyboard.press("Escape")


def texts(artist: Artist) -> None:
    """Write a mail in one's own words."""
    page = artist.page
    artist.go("mails/")
    artist.picture("texts-list", page.locator("main li, main tr").first)
    artist.go("mails/claim.gift/")
    artist.picture("texts-edit", page.locator("main form").first)

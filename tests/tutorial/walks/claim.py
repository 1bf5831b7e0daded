"""One claim: from the order to the processed gift."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.support.waiting import there, until
from tests.tutorial.drawing import Artist


def region(page: Page, name: str) -> Locator:
    """A card of the page, by its heading."""
    return page.get_by_role("region", name=name, exact=True)


def open_first(artist: Artist, query: str) -> None:
    """Open the first claim of a filtered list."""
    artist.go(f"claims/?{query}")
    artist.page.get_by_role("link", name=re.compile("^Edit")).first.click()
    artist.page.wait_for_url(re.compile(r"/claims/[0-9a-f-]{36}/"))


def digital(artist: Artist) -> None:
    """Check, verify, send, process."""
    page = artist.page
    open_first(artist, "status=new&verification=match&promotion_type=digital")
    artist.picture("claim-check", region(page, "Order"))
    artist.picture("claim-next", page.get_by_role("navigation", name="In the list"))
    verify = page.locator(".head-actions").get_by_role("button", name="Verify")
    artist.picture("claim-verify", region(page, "Required actions"), verify)
    page.get_by_role("button", name="More").click()
    page.get_by_role("link", name="Ask for information").click()
    artist.picture("claim-ask", page.locator("#dialog"), keep_focus=True)
    page.keyboard.press("Escape")
    verify.click()
    send = page.locator(".head-actions").get_by_role("button", name="Send Gift by Email")
    artist.picture("claim-send", send)
    send.click()
    process = page.locator(".head-actions").get_by_role("button", name="Mark as Processed")
    expect(process).to_be_visible()
    card = region(page, "Promotion and delivery")
    until(lambda: shown_anew(page, card.get_by_text("Sent", exact=True)))
    artist.picture("claim-sent", card)
    artist.picture("claim-process", process)
    process.click()
    unprocess = page.get_by_role("button", name="Unprocess")
    artist.picture("claim-done", region(page, "Processed"), unprocess)


def shown_anew(page: Page, found: Locator) -> bool:
    """Whether it is there once the page is loaded anew."""
    page.reload()
    return there(found)


def physical(artist: Artist) -> None:
    """A parcel."""
    page = artist.page
    open_first(artist, "status=verified&promotion_type=physical")
    artist.picture("claim-ship", region(page, "Promotion and delivery"))


def misuse(artist: Artist) -> None:
    """A claim that shows signals."""
    page = artist.page
    artist.go("claims/?repeat=yes")
    links = page.get_by_role("link", name=re.compile("^Edit"))
    for address in until(lambda: [link.get_attribute("href") for link in links.all()]):
        page.goto(f"{artist.base}{address}")
        if there(region(page, "Signals")):
            break
    artist.picture("misuse-signals", region(page, "Signals"))

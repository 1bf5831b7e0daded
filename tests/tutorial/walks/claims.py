"""The Claims Center: its list, its overview, views, and many claims at once."""

import re

from playwright.sync_api import expect

from tests.support.waiting import until
from tests.tutorial.drawing import Artist


def claims(artist: Artist) -> None:
    """Find what waits."""
    page = artist.page
    artist.go("claims/")
    artist.picture("claims-tour", page.locator("[data-tour-offer]"))
    page.get_by_role("button", name="No, thanks").click()
    expect(page.locator("[data-tour-offer]")).to_have_count(0)
    views = page.get_by_role("navigation", name="Views")
    artist.picture("claims-views", views.get_by_role("link", name=re.compile("^New")))
    name = until(lambda: page.locator("#grid-region tbody tr").nth(2).locator("th").inner_text())
    page.locator("#q").fill(name.split()[-1])
    page.wait_for_url("**q=**")
    artist.picture("claims-search", page.locator("#filters .search"))
    artist.go("claims/")
    page.get_by_role("button", name="Verification", exact=True).click()
    page.get_by_label("Match", exact=True).check()
    page.wait_for_url("**verification=match**")
    artist.picture("claims-filter", page.locator("#f-verification"), keep_focus=True)
    artist.go("claims/?status=new")
    artist.picture("claims-open", page.get_by_role("link", name=re.compile("^Edit")))


def overview(artist: Artist) -> None:
    """Read the figures."""
    page = artist.page
    artist.go("claims/overview/")
    figures = page.locator("main li a")
    artist.picture("overview-figures", figures.filter(has_text="Claims"), figures.filter(has_text="Waiting"))
    artist.picture("overview-period", page.get_by_role("navigation", name="Period"))
    artist.picture("overview-tables", page.locator("main .chart").first, page.locator("main table").last)


def lists(artist: Artist) -> None:
    """Save a view, choose columns, see the keys."""
    page = artist.page
    artist.go("claims/?status=new&verification=match")
    save = page.get_by_role("link", name="Save view")
    artist.picture("lists-save", save)
    save.click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Name").fill("Ready to verify")
    dialog.get_by_label("Share with the team").check()
    artist.picture("lists-name", dialog)
    dialog.get_by_role("button", name="Save view").click()
    expect(dialog).to_be_hidden()
    tab = page.get_by_role("link", name=re.compile("^Ready to verify"))
    artist.picture("lists-tab", tab)
    artist.go("claims/")
    page.get_by_role("button", name="Columns", exact=True).click()
    artist.picture("lists-columns", page.locator("#columns"))
    artist.go("claims/")
    page.keyboard.press("?")
    artist.picture("lists-keys", page.locator("#shortcuts"))


def bulk(artist: Artist) -> None:
    """Verify several claims and look at the result."""
    page = artist.page
    artist.go("claims/?status=new")
    for row in range(4):
        page.locator("[data-row]").nth(row).check()
    artist.picture("bulk-select", page.locator("#bulk"))
    page.locator("#bulk").get_by_role("button", name="Verify").click()
    confirm = page.get_by_role("button", name=re.compile("^Verify: "))
    artist.picture("bulk-preview", page.locator("#bulk-preview dl").first, confirm)
    confirm.click()
    undo = page.get_by_role("button", name=re.compile("^Undo"))
    expect(undo).to_be_visible(timeout=60_000)
    artist.picture("bulk-result", page.locator(".bulk-summary"), undo)

"""Funnels, products, promotions, code pools."""

import re

from tests.tutorial.drawing import Artist
from tests.tutorial.walks.claim import region

CODES = "code\nBREW-AAAA-0001\nBREW-AAAA-0001\n\nBREW-AAAA-0002\n"


def funnels(artist: Artist) -> None:
    """Build, measure, print."""
    page = artist.page
    artist.go("funnels/")
    artist.picture("funnels-list", page.get_by_role("link", name="New funnel"))
    page.get_by_role("link", name="Thank-you card").first.click()
    artist.picture("funnels-figures", region(page, "Performance"))
    short = page.get_by_label("For product inserts")
    artist.picture("funnels-insert", page.locator("section", has=short))
    page.get_by_role("link", name="Edit", exact=True).first.click()
    page.wait_for_url("**/edit/")
    artist.picture("funnels-build", page.get_by_role("complementary", name="Preview"))


def products(artist: Artist) -> None:
    """Where a product is sold."""
    page = artist.page
    artist.go("products/")
    page.get_by_role("link", name=re.compile("kettle")).first.click()
    artist.picture("products-listings", page.locator("main section", has_text="Where it is sold"))


def promotions(artist: Artist) -> None:
    """A gift and its e-mail."""
    page = artist.page
    artist.go("promotions/")
    page.get_by_role("link", name="$10 gift card").first.click()
    artist.picture("promotions-mail", page.locator("main section", has_text="The e-mail"))


def pools(artist: Artist) -> None:
    """Fill a pool."""
    page = artist.page
    artist.go("code-pools/")
    artist.picture("code-pools-list", page.locator("#grid-region tbody tr").first)
    page.locator("#grid-region tbody th a").first.click()
    page.get_by_role("link", name="Generate codes").click()
    page.get_by_label("Pattern").fill("BREW-####-????")
    artist.picture("code-pools-generate", page.get_by_label("Pattern"), page.get_by_label("Signs left out"))
    page.go_back()
    page.get_by_role("link", name="Upload codes").click()
    file = {"name": "codes.csv", "mimeType": "text/csv", "buffer": CODES.encode()}
    page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
    page.locator("main form, #dialog form").get_by_role("button", name=re.compile("^(Upload|Add)")).first.click()
    artist.picture("code-pools-upload", page.locator("main .note", has_text=re.compile("[Ll]ine 3")))

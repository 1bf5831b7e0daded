"""Orders and imports, jobs, the ledger."""

import re
from datetime import UTC, datetime, timedelta

from django.db.models import F
from playwright.sync_api import expect

from jobs.models import Job, PeriodicRun
from jobs.states import State
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.tutorial.drawing import Artist

ORDERS = (
    "order_number,marketplace,ordered_at,sku,buyer_email\n"
    "113-2098450-7713349,amazon,2026-11-14,BB-KET-09,mila@example.com\n"
    "113-2098450-7713350,amazon,2026-11-15,BB-FIL-100,jon@example.com\n"
)


def orders(artist: Artist) -> None:
    """Look at orders."""
    page = artist.page
    artist.go("orders/")
    artist.picture("orders-list", page.locator("#filters .search"))
    page.locator("#grid-region tbody th a").first.click()
    page.wait_for_url(re.compile("/orders/[0-9a-f-]{36}/"))
    artist.picture("orders-order", page.locator("main section").first)


def imports(artist: Artist) -> None:
    """Bring orders in."""
    page = artist.page
    artist.go("imports/new/")
    file = {"name": "orders.csv", "mimeType": "text/csv", "buffer": ORDERS.encode()}
    page.set_input_files("input[type=file]", file)  # type: ignore[arg-type]
    upload = page.get_by_role("button", name=re.compile("^Upload"))
    artist.picture("imports-upload", page.locator("input[type=file]"), upload)
    upload.click()
    page.get_by_role("button", name="Continue").click()
    apply = page.get_by_role("button", name=re.compile("Apply"))
    expect(apply).to_be_visible(timeout=60_000)
    artist.picture("imports-preview", page.locator("main section").first, apply)
    apply.click()
    expect(page.locator("main .badge", has_text="Done").first).to_be_visible(timeout=60_000)
    artist.picture("imports-done", page.locator("main section").first)


def jobs(artist: Artist) -> None:
    """Look at the work, its ends as the tutorial's clock has them."""
    tell_the_time()
    artist.go("jobs/")
    artist.picture("jobs-list", artist.page.get_by_role("navigation", name="Views"))


def tell_the_time() -> None:
    """Move the ends that the database noted by its own clock to the tutorial's, and let the clock have ticked."""
    PeriodicRun.objects.all().delete()
    now = datetime.now(UTC)
    PeriodicRun.objects.create(name="poke_due", period_start=now, started_at=now)
    with merchant_scope(Merchant.objects.get(slug="brew-bloom")):
        ended = {"state": State.DONE, "finished_at": F("created_at") + timedelta(seconds=2), "attempts": 1}
        Job.objects.filter(state__in=(State.DUE, State.DONE)).update(**ended)


def rewards(artist: Artist) -> None:
    """Look at what was redeemed."""
    artist.go("redeemed-rewards/")
    boxes = artist.page.locator("#grid-region tbody tr").first
    artist.picture("rewards-list", boxes)


def ledger(artist: Artist) -> None:
    """Look at the books."""
    # What was done on this walk is noted by the real clock.
    artist.go("ledger/?occurred_to=2026-11-19")
    artist.picture("ledger-page", artist.page.locator("main .kpis, main section").first)

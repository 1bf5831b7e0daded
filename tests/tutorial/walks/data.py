"""Orders and imports, jobs, the ledger."""

import re
from datetime import timedelta

from django.db.models import F
from django.utils import timezone
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
    apply = page.get_by_role("button", name=re.compile("Apply"))
    expect(apply).to_be_visible(timeout=30_000)
    artist.picture("imports-preview", page.locator("main section").first, apply)
    apply.click()
    expect(page.locator("main .badge", has_text="Done").first).to_be_visible(timeout=30_000)
    artist.picture("imports-done", page.locator("main section").first)


def jobs(artist: Artist) -> None:
    """Look at the work, its ends as the tutorial's clock has them."""
    tell_the_time()
    artist.go("jobs/")
    artist.picture("jobs-list", artist.page.get_by_role("navigation", name="Views"))


def tell_the_time() -> None:
    """Move what the database noted by its own clock to the tutorial's."""
    now = timezone.now()
    PeriodicRun.objects.all().delete()
    PeriodicRun.objects.create(name="poke_due", period_start=now - timedelta(seconds=20), started_at=now)
    with merchant_scope(Merchant.objects.get(slug="brew-bloom")):
        Job.objects.filter(state=State.DUE).update(state=State.DONE)
        Job.objects.filter(state=State.DONE).update(finished_at=F("created_at") + timedelta(seconds=2), attempts=1)


def ledger(artist: Artist) -> None:
    """Look at the books."""
    # What was done on this walk is noted by the real clock.
    artist.go("ledger/?occurred_to=2026-11-19")
    artist.picture("ledger-page", artist.page.locator("main .kpis, main section").first)

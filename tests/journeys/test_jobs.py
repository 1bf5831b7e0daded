"""Work behind the scenes, watched and put right: what waits, runs, failed and died; what happens by itself, and next."""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from config.jobs import LABELS
from jobs.models import Job, PeriodicRun
from jobs.services import enqueue
from jobs.states import State
from offers.models import OfferResponse
from offers.services.using import reserve
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in
from tests.loyalty import factories as loyalty
from tests.offers import factories as offers
from tests.support.seeing import enter, look

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("transactional_db")]
DESK: Any = {"width": 1440, "height": 900}
# What happens by itself, as the page names it: each piece of work that the product promises.
PROMISED = (
    *("ledger.expire", "coupons.sweep", "offers.expire", "offers.release", "message.send", "export.due"),
    *("codes.low_pool", "cashback.settle", "ledger.check", "retention.clean"),
)


@pytest.fixture
def desk(page: Page, live_server: LiveServer, merchant: Merchant) -> Iterator[Page]:
    """The browser of an admin."""
    complaints = enter(page, live_server.url, sign_in(merchant, Role.ADMIN))
    page.set_viewport_size(DESK)
    yield page
    assert complaints == []


@pytest.fixture
def at(live_server: LiveServer, merchant: Merchant) -> Any:
    """Makes addresses."""
    return lambda *parts: live_server.url + path(merchant, *parts)


def tick() -> None:
    now = timezone.now()
    PeriodicRun.objects.create(name="poke_due", period_start=now, started_at=now)


def put(kind: str, state: State = State.DUE, *, ago: int = 0, **values: Any) -> Job:
    """Put down a job in the scope that is open, so many minutes ago, and let it stand where it should."""
    now = timezone.now() - timedelta(minutes=ago)
    job = enqueue(kind=kind, payload={}, now=now)
    held = {"lease_token": uuid.uuid4(), "lease_until": now + timedelta(hours=1)} if state == State.RUNNING else {}
    over = {} if state in (State.DUE, State.RUNNING) else {"finished_at": now + timedelta(seconds=3), "attempts": 1}
    Job.objects.filter(id=job.id).update(state=state, **held, **over, **values)
    return job


def tile(page: Page, kind: str) -> Locator:
    return page.locator(f"[data-kind='{kind}']")


def line(page: Page, name: str) -> Locator:
    return page.locator(f"[data-tick='{name}']")


def test_see_what_waits_runs_and_died_and_put_it_right(desk: Page, at: Any, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        put("message.send", ago=42)
        put("message.send", State.DONE, ago=50)
        put("claims.rematch", State.RUNNING, done_rows=40_000, total_rows=150_000)
        died = put("ledger.check", State.DEAD, ago=9, last_error="OperationalError")
        put("retention.clean", State.CANCELLED, ago=8)
    desk.goto(at("jobs"))
    # The clock: no tick has ever come.
    expect(desk.get_by_text("The clock stands still")).to_be_visible()
    expect(desk.get_by_text("nothing starts by itself")).to_be_visible()
    tick()
    desk.reload()
    expect(desk.get_by_text("The clock ticks")).to_be_visible()
    # Each kind in figures, those in trouble first.
    expect(desk.locator("[data-kind]").first).to_have_attribute("data-kind", "ledger.check")
    expect(tile(desk, "ledger.check")).to_contain_text("1 dead")
    expect(tile(desk, "claims.rematch")).to_contain_text("1 running")
    expect(tile(desk, "message.send")).to_contain_text(re.compile("1.*due.*oldest due for 42 min.*last run", re.DOTALL))
    expect(desk.get_by_role("progressbar")).to_have_attribute("value", "40000")
    expect(desk.locator("#grid-region")).to_contain_text("40,000 of 150,000")
    tile(desk, "message.send").click()
    expect(desk.locator(".pager-total")).to_have_text("2 jobs")
    desk.goto(at("jobs"))
    desk.get_by_role("navigation", name="Views").get_by_role("link", name="Dead").click()
    row = desk.locator("#grid-region tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("OperationalError")
    assert look(desk, "jobs-dead") == []
    desk.set_viewport_size(DESK)
    # Retried from the list, called off on its page.
    row.get_by_role("link", name="Retry").click()
    desk.get_by_role("dialog").get_by_role("button", name="Retry").click()
    expect(desk.locator("#toasts")).to_contain_text("The job will run again in a moment.")
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Due")
    desk.get_by_role("link", name="Cancel the job").click()
    desk.get_by_role("dialog").get_by_role("button", name="Cancel the job").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Cancelled")
    expect(desk.get_by_role("link", name="Retry")).to_be_visible()
    with merchant_scope(merchant):
        assert Job.objects.get(id=died.id).state == State.CANCELLED


def test_let_a_viewer_look_and_touch_nothing(page: Page, live_server: LiveServer, merchant: Merchant, at: Any) -> None:
    tick()
    with merchant_scope(merchant):
        dead = put("ledger.check", State.DEAD, last_error="OperationalError")
    enter(page, live_server.url, sign_in(merchant, Role.VIEWER))
    page.goto(at("jobs"))
    expect(page.locator("#grid-region tbody tr")).to_contain_text("OperationalError")
    expect(page.get_by_role("link", name="Retry")).to_have_count(0)
    answer = page.goto(at("jobs", dead.id, "retry"))
    assert answer is not None
    assert answer.status == 403


def test_read_what_happens_by_itself(desk: Page, at: Any, merchant: Merchant) -> None:
    tick()
    with merchant_scope(merchant):
        who = loyalty.customer()
        loyalty.points(who, 1500, expires_at=loyalty.soon(hours=3))
        loyalty.points(who, 500)
        loyalty.take(loyalty.reward(days_valid=1), who)
        ending, held = offers.give(who=who), offers.give(who=who)
        OfferResponse.objects.filter(id=ending.id).update(expires_at=offers.soon(hours=2))
        reserve(response_id=held.id, **offers.by())
        put("export.due", next_at=timezone.now() + timedelta(hours=5))
        put("ledger.check", State.DONE, ago=30, done_rows=1240)
        put("retention.clean", State.DEAD, ago=60, last_error="QueryCanceled")
    desk.goto(at("jobs"))
    desk.get_by_role("link", name="Scheduled work").click()
    for name in PROMISED:
        expect(line(desk, name).get_by_role("rowheader")).to_have_text(str(LABELS[name]))
    # The last run with its rows, and what went wrong.
    expect(line(desk, "ledger.check")).to_contain_text(re.compile(r"1,240\s*—"))
    expect(line(desk, "retention.clean")).to_contain_text("QueryCanceled")
    expect(line(desk, "cashback.settle")).to_contain_text("not yet")
    # What the next sweeps will do, each the way to the rows it means.
    for name, words in {
        "ledger.expire": "1,400 points of 1 customer expire",
        "coupons.sweep": "1 coupon ends",
        "offers.expire": "1 offer response expires",
        "offers.release": "1 reservation lapses",
        "export.due": "1 waits for its time",
    }.items():
        expect(line(desk, name)).to_contain_text(words)
    assert look(desk, "scheduled") == []
    desk.set_viewport_size(DESK)
    desk.get_by_role("link", name="1 waits for its time").click()
    expect(desk.locator("#grid-region tbody tr")).to_contain_text(str(LABELS["export.due"]))
    desk.go_back()
    desk.get_by_role("link", name="1 offer response expires").click()
    expect(desk.locator("#grid-region tbody tr").first).to_contain_text("Ten off")

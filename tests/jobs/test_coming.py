"""Scheduled work: the next turn, the last run, and what lies ahead."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from jobs import runner
from jobs.coming import Ahead, last_runs, next_turn
from jobs.models import Job
from jobs.periodic import Tick
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.support.counting import queries_of

PAGE = "/m/brew-bloom/jobs/scheduled/"
DAILY = Tick("x", every=timedelta(days=1), offset=timedelta(hours=2))


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-03-01 01:59:59", "2026-03-01 02:00"),
        ("2026-03-01 02:00:00", "2026-03-02 02:00"),
        ("2028-02-28 23:00:00", "2028-02-29 02:00"),
    ],
)
def test_next_turn_begins_with_the_next_period(now: str, then: str) -> None:
    at, wanted = (datetime.fromisoformat(text).replace(tzinfo=UTC) for text in (now, then))
    assert next_turn(DAILY, at) == wanted


def test_last_run_is_the_newest_finished_one(put_down: Callable[..., Job], merchant: Merchant) -> None:
    good, bad = put_down(), put_down("test.fail", max_attempts=1)
    for job in (good, bad):
        runner.run_one(job.merchant_id, job.id)
    put_down()

    with merchant_scope(merchant):
        found = last_runs(["test.count", "test.fail", "test.note"])

    assert set(found) == {"test.note", "test.fail"}
    assert (found["test.note"].state, found["test.note"].error) == ("done", "")
    assert (found["test.fail"].state, found["test.fail"].error) == ("dead", "ValueError")


def test_page_names_every_tick_and_what_lies_ahead(
    signed_in: Callable[[Role], Client], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.JOB_HANDLERS = "config.jobs.HANDLERS"
    asked: list[datetime] = []

    def ahead(*, until: datetime) -> list[Ahead]:
        asked.append(until)
        return [Ahead("7 coupons end", "loyalty:redeemed", "coupon_status=active")]

    monkeypatch.setattr("loyalty.coming.coupons", ahead)

    page = signed_in(Role.VIEWER).get(PAGE).content.decode()

    assert "7 coupons end" in page
    assert "/redeemed-rewards/?coupon_status=active" in page
    assert abs(asked[0] - timezone.now() - timedelta(hours=24)) < timedelta(minutes=1)
    # What runs by the clock says when; what runs whenever something is due says that.
    nightly, sweep = (
        page.split(f'data-tick="{name}"')[1].split("</tr>")[0] for name in ("ledger.check", "coupons.sweep")
    )
    assert "<time" in nightly
    assert "<time" not in sweep
    for words in ("Check the ledger", "Expire offer responses", "as soon as something is due", "not yet"):
        assert words in page


def test_page_shows_work_that_waits_for_its_own_moment(
    put_down: Callable[..., Job], signed_in: Callable[[Role], Client], settings: Any
) -> None:
    settings.JOB_HANDLERS = "config.jobs.HANDLERS"
    now = timezone.now()
    for ahead in (timedelta(hours=1), timedelta(days=3)):
        put_down("export.due", next_at=now + ahead)

    page = signed_in(Role.VIEWER).get(PAGE).content.decode()

    line = page.split('data-tick="export.due"')[1].split("</tr>")[0]
    assert ("1 waits for its time" in line, "?kind=export.due&amp;state=due" in line, "<time" in line) == (
        True,
        True,
        True,
    )
    idle = page.split('data-tick="cashback.settle"')[1].split("</tr>")[0]
    assert ("as soon as something is due" in idle, "wait" in idle) == (True, False)


def test_page_takes_few_queries(signed_in: Callable[[Role], Client], settings: Any) -> None:
    settings.JOB_HANDLERS = "config.jobs.HANDLERS"
    client = signed_in(Role.VIEWER)
    client.get(PAGE)

    assert len(queries_of(client, PAGE)) == 12

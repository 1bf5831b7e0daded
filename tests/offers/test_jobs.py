"""The sweeps: what has passed its time ends in the books too, in batches, twice or after a kill."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from config.beat import TICKS
from jobs.models import Job
from jobs.runner import run_one
from jobs.services import enqueue
from jobs.states import State
from ledger import checks
from ledger.models import Entry, Grant
from ledger.services import backdated, expire_due
from ledger.units import Unit
from offers import expiry, handlers
from offers.checks import check_responses
from offers.models import OfferChange, OfferResponse
from offers.services import using
from offers.states import Event, Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.offers import factories as make

pytestmark = pytest.mark.django_db


def late() -> Any:
    return timezone.now() + timedelta(days=40)


def test_sweep_expires_what_waits_and_nothing_else(scope: Merchant) -> None:
    what = make.offer(days_valid=3)
    rows = {status: make.standing(status, what) for status in Status}
    endless = make.give()

    assert expiry.expire_due(now=late()) == 2
    assert expiry.expire_due(now=late()) == 0

    now = {status: make.fresh(row).status for status, row in rows.items()}
    assert now == {**{status: status for status in Status}, Status.PENDING: "expired", Status.CLIPPED: "expired"}
    assert make.fresh(endless).status == Status.PENDING
    row = make.fresh(rows[Status.CLIPPED])
    assert (row.status_before, row.version) == (Status.CLIPPED, 3)
    assert Entry.objects.get(id=row.closed_entry_id).event == "offer.expired"
    assert Grant.objects.get(id=row.grant_id).remaining == 0
    assert check_responses(scope.id) == []
    assert checks.run(scope.id).findings == []


def test_sweep_goes_on_where_it_stopped(scope: Merchant) -> None:
    what = make.offer(days_valid=3)
    for _ in range(5):
        make.give(what)

    assert [expiry.expire_due(now=late(), limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert OfferChange.objects.filter(event=Event.EXPIRED).count() == 5


def test_voucher_that_was_swept_already_leaves_a_memo(scope: Merchant) -> None:
    then = make.soon(minutes=-5)
    with backdated(at=then):
        response = make.give(now=then, expires_at=make.soon(minutes=-1))
    assert expire_due(unit=Unit.VOUCHER, actor=make.SYSTEM, now=timezone.now()).grants == 1

    assert expiry.expire_due(now=timezone.now()) == 1

    assert make.fresh(response).status == Status.EXPIRED
    assert check_responses(scope.id) == []
    assert checks.run(scope.id).findings == []


def test_lapsed_reservations_are_released(scope: Merchant) -> None:
    held, _token = using.reserve(response_id=make.give().id, ttl=timedelta(days=1), **make.by())
    lapsed, _token = using.reserve(response_id=make.give().id, actor=make.TILL, now=make.soon(days=-1))

    assert expiry.release_lapsed(now=timezone.now()) == 1
    assert expiry.release_lapsed(now=timezone.now()) == 0

    assert make.fresh(held).reserved_until is not None
    assert (make.fresh(lapsed).reserved_until, make.fresh(lapsed).status) == (None, Status.PENDING)
    assert OfferChange.objects.get(event=Event.RELEASED).actor == "system"
    assert check_responses(scope.id) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["offers.expire", "offers.release"])
def test_jobs_run_and_say_how_many(merchant: Merchant, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "BATCH", 2)
    for name in ("expire_due", "release_lapsed"):
        act = getattr(expiry, name)
        monkeypatch.setattr(expiry, name, lambda *, now, act=act: act(now=now, limit=2))
    with merchant_scope(merchant):
        for _ in range(3):
            response = make.give(make.offer(days_valid=3))
            using.reserve(response_id=response.id, actor=make.TILL, now=make.soon(days=-1))
        if kind == "offers.expire":
            OfferResponse.objects.update(expires_at=make.soon(seconds=-1))
    finder = {
        "offers.expire": handlers.merchants_with_due_responses,
        "offers.release": handlers.merchants_with_lapsed_reservations,
    }[kind]
    assert finder() == [merchant.id]
    with merchant_scope(merchant):
        job = enqueue(kind=kind, payload={}, now=timezone.now())

    run_one(merchant.id, job.id)

    assert finder() == []
    with merchant_scope(merchant):
        found = Job.objects.get(id=job.id)
        assert (found.state, found.done_rows) == (State.DONE, 3)
        assert check_responses(merchant.id) == []


def test_clock_knows_both_sweeps() -> None:
    assert {"offers.expire", "offers.release"} <= set(TICKS)

"""Bulk acts on redeemed rewards beside single ones, beside each other, and with workers that die half way."""

import contextlib
import signal
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from jobs.bulk import choosing, running
from jobs.bulk.outcomes import CHANGED, DONE, NOT_REACHED
from jobs.models import Job
from jobs.runner import run_one
from ledger import checks
from ledger.models import Entry, Grant, Movement
from ledger.selectors import usable_balance
from ledger.services import expire
from ledger.units import Unit
from loyalty.bulk import rules
from loyalty.bulk.kit import REWARDS
from loyalty.checks import check_rewards
from loyalty.errors import Refused
from loyalty.models import BulkRow, BulkSelection, RedeemedChange, RedeemedReward
from loyalty.services.canceling import cancel
from loyalty.services.using import mark_used
from messaging.models import Message
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty.bulking import Shelf, again, begun, by, done, let_leases_pass, outcomes_of, run
from tests.messaging.workers import run_worker

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
NUMBER = 9
Together = Callable[..., list[Any]]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three a transaction, so that nine are three batches."""
    monkeypatch.setattr(running, "BATCH", 3)


@pytest.fixture
def shelf(merchant: Merchant) -> Shelf:
    with merchant_scope(merchant):
        return Shelf()


def sound(merchant: Merchant) -> bool:
    with merchant_scope(merchant):
        found = check_rewards(merchant.id)
    return found == [] and checks.run(merchant.id).findings == []


@pytest.mark.slow
@pytest.mark.parametrize("point", ["bulk.worked", "bulk.before_commit", "bulk.committed", "jobs.handled"])
def test_go_on_where_it_was_killed(merchant: Merchant, shelf: Shelf, point: str) -> None:
    with merchant_scope(merchant):
        bulk = begun("use", [shelf.row() for _number in range(NUMBER)])
    nth = 2 if point.startswith("bulk.") else 1

    killed = run_worker(**{f"FAULT_{point.replace('.', '_')}": f"sigkill@{nth}"})
    halfway = again(merchant, bulk)
    let_leases_pass(merchant)
    run_worker()

    bulk = again(merchant, bulk)
    assert killed == -signal.SIGKILL
    assert halfway.position % 250 in range(NUMBER + 1)
    assert (bulk.state, bulk.position, bulk.done) == ("done", NUMBER, NUMBER)
    with merchant_scope(merchant):
        assert Entry.objects.filter(event="reward.used").count() == NUMBER
        assert RedeemedChange.objects.filter(event="reward.used").count() == NUMBER
        assert Message.objects.filter(kind="reward.redeemed").count() == NUMBER
        assert BulkRow.objects.filter(outcome=DONE).count() == NUMBER
    assert sound(merchant)


def test_share_nothing_between_workers(merchant: Merchant, shelf: Shelf, together: Together) -> None:
    with merchant_scope(merchant):
        bulk = begun("cancel", [shelf.row("code") for _number in range(NUMBER)], points="refund")

    outcomes = together(lambda: run_one(merchant.id, bulk.job_id), [()] * 4)  # type: ignore[arg-type]

    assert sorted(outcome.value for outcome in outcomes) == [False, False, False, True]
    with merchant_scope(merchant):
        assert Entry.objects.filter(event="reward.canceled").count() == NUMBER
    assert sound(merchant)


def test_do_each_once_beside_single_acts(merchant: Merchant, shelf: Shelf, together: Together) -> None:
    """Colleagues cancel one by one, in the other order, while the bulk act goes through the same rows."""
    with merchant_scope(merchant):
        rows = [shelf.row("code") for _number in range(NUMBER)]
        bulk = begun("cancel", rows, points="refund")

    def single(row: RedeemedReward) -> None:
        with contextlib.suppress(Refused), merchant_scope(merchant):
            cancel(redeemed_id=row.id, refund=True, **by())

    def both(what: RedeemedReward | None) -> None:
        if what is None:
            run_one(merchant.id, bulk.job_id)  # type: ignore[arg-type]
        else:
            single(what)

    outcomes = together(both, [(None,), *((row,) for row in reversed(rows))])

    assert [one.error for one in outcomes if one.error] == []
    if again(merchant, bulk).state == "running":
        let_leases_pass(merchant)
        run(merchant, bulk)
    bulk = again(merchant, bulk)
    assert bulk.position == NUMBER
    assert set(outcomes_of(merchant, bulk).values()) <= {DONE, CHANGED}
    with merchant_scope(merchant):
        assert Entry.objects.filter(event="reward.canceled").count() == NUMBER
        assert all(
            usable_balance(customer_id=row.customer_id, unit=Unit.POINT, at=timezone.now()) == 260 for row in rows
        )
    assert sound(merchant)


def test_see_the_harm_when_versions_are_not_looked_at(
    merchant: Merchant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the look at the version, the act goes over what a colleague did meanwhile."""
    with merchant_scope(merchant):
        row = shelf.row("gift", "used")
        bulk = begun("unuse", [row])
        RedeemedReward.objects.filter(id=row.id).update(version=row.version + 1)
    monkeypatch.setattr(running, "_looked_at", lambda *_: "")

    run(merchant, bulk)

    assert outcomes_of(merchant, bulk) == {row.id: DONE}


def test_let_the_ledger_refuse_a_second_refund(
    merchant: Merchant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the rules and the versions off, the database alone still gives the points back once."""
    with merchant_scope(merchant):
        row = shelf.row("gift")
        bulk = begun("cancel", [row], points="refund")
        cancel(redeemed_id=row.id, refund=True, **by())
    monkeypatch.setattr(running, "_looked_at", lambda *_: "")
    monkeypatch.setattr(rules, "RULES", {"cancel": lambda *_: ""})

    run(merchant, bulk)

    assert DONE not in outcomes_of(merchant, bulk).values()
    with merchant_scope(merchant):
        assert usable_balance(customer_id=row.customer_id, unit=Unit.POINT, at=timezone.now()) == 260
    assert sound(merchant)


def test_do_the_others_where_one_is_refused(merchant: Merchant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row("gift") for _number in range(4)]
        bulk = begun("use", rows)
        # Its voucher is gone behind our back: the ledger refuses it, whatever our rules say.
        expire(
            grant_id=rows[1].grant_id,
            event="grant.expired",
            origin="test",
            origin_id=rows[1].id,
            customer_id=rows[1].customer_id,
            actor=by()["actor"],
            key="gone",
        )

    bulk = run(merchant, bulk)

    assert (bulk.state, bulk.done) == ("done", 3)
    with merchant_scope(merchant):
        refused = BulkRow.objects.exclude(outcome=DONE).get()
    assert refused.redeemed_id == rows[1].id
    assert refused.reason


def test_stop_and_name_what_was_not_reached(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row() for _number in range(5)]
        bulk = begun("use", rows)
        choosing.stop(kit=REWARDS, bulk_id=bulk.id, **by())
        rest = Job.objects.get(kind="rewards.bulk_rest")

    run_one(merchant.id, rest.id)

    bulk = again(merchant, bulk)
    assert (bulk.state, bulk.done, bulk.outcomes) == ("stopped", 0, {NOT_REACHED: 5})
    with merchant_scope(merchant):
        assert not BulkSelection.objects.exists()
        assert not RedeemedReward.objects.filter(used_at__isnull=False).exists()


def test_cancel_once_when_two_do_it_at_once(merchant: Merchant, shelf: Shelf, together: Together) -> None:
    """Two colleagues cancel one reward at the same moment, one with and one without the points."""
    with merchant_scope(merchant):
        row = shelf.row("code")

    def act(refund: bool) -> bool:
        with merchant_scope(merchant):
            found = cancel(redeemed_id=row.id, refund=refund, **by())
            return found.is_refunded

    outcomes = together(act, [(True,), (False,)] * 4)

    assert len({one.value for one in outcomes}) == 1
    with merchant_scope(merchant):
        points = usable_balance(customer_id=row.customer_id, unit=Unit.POINT, at=timezone.now())
        assert points == (260 if outcomes[0].value else 160)
        assert RedeemedChange.objects.filter(event="reward.canceled").count() == 1
        assert Grant.objects.get(id=row.grant_id).remaining == 0
    assert sound(merchant)


def test_two_bulk_acts_at_once_do_each_row_once(merchant: Merchant, shelf: Shelf, together: Together) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row() for _number in range(NUMBER)]
        first, second = begun("use", rows), begun("use", rows)

    together(lambda job: run_one(merchant.id, job), [(first.job_id,), (second.job_id,)])
    for bulk in (first, second):
        if again(merchant, bulk).state == "running":
            let_leases_pass(merchant)
            run(merchant, bulk)

    done_by_both = again(merchant, first).done + again(merchant, second).done
    assert done_by_both == NUMBER
    with merchant_scope(merchant):
        assert Movement.objects.filter(entry__event="reward.used").count() == NUMBER
    assert sound(merchant)


def test_mark_used_beside_bulk_leaves_one_use(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        row = shelf.row()
        mark_used(redeemed_id=row.id, **by())
    bulk = done(merchant, "use", [row])
    assert (bulk.done, bulk.outcomes) == (0, {"a": 1})

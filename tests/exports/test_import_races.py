"""Undo beside members who spend, and beside another undo: what is spent stays spent, and nothing goes back twice."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from exports import undoing
from exports.models import ImportRun
from jobs.runner import run_one
from jobs.services import enqueue
from ledger import checks
from ledger.models import Entry, Grant
from ledger.selectors import usable_balance
from ledger.services import revoke
from ledger.units import Unit
from loyalty.errors import Refused
from loyalty.models import PointAdjustment, RedeemedReward
from loyalty.services import point_files
from loyalty.states import AdjustmentState, PointEvent
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.exports.importing import act, brought, run_at
from tests.loyalty import factories as loyalty

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 12
HEADER = "reference,card_number,points,reason\n"


@pytest.fixture
def run(admin: Client, merchant: Merchant) -> ImportRun:
    """A hundred points for each of some members, whose undo has been asked for."""
    with merchant_scope(merchant):
        for number in range(PEOPLE):
            loyalty.customer(card_number=f"C-{number}")
    lines = "".join(f"R-{number},C-{number},100,Welcome\n" for number in range(PEOPLE))
    return act(admin, merchant, brought(admin, merchant, HEADER + lines, dataset="points"), "undo")


def spend(merchant: Merchant, reward: Any, customer: Customer) -> bool:
    """Redeem a reward of 60 points; say whether there were enough."""
    try:
        with merchant_scope(merchant):
            loyalty.take(reward, customer)
    except Refused:
        return False
    return True


def judged(merchant: Merchant, run: ImportRun) -> None:
    """Nothing overdrawn, nobody charged twice: each member has spent and kept the rest, or has nothing of it left."""
    done = run_at(merchant, run.id)
    with merchant_scope(merchant):
        spent = set(RedeemedReward.objects.values_list("customer_id", flat=True))
        rows = PointAdjustment.objects.all()
        undone = {row.customer_id for row in rows if row.state == AdjustmentState.UNDONE}
        assert spent & undone == set()
        assert (done.undone, done.not_undone, done.undo_state) == (len(undone), PEOPLE - len(undone), "done")
        for who in Customer.objects.all():
            left = usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now())
            assert left == (40 if who.id in spent else 0 if who.id in undone else 100)
    assert checks.run(merchant.id).findings == []


def test_never_take_what_is_spent(run: ImportRun, merchant: Merchant, together: Callable[..., Any]) -> None:
    with merchant_scope(merchant):
        reward, people = loyalty.reward(cost_in_points=60), list(Customer.objects.order_by("card_number"))

    def work(customer: Customer | None) -> Any:
        return run_one(merchant.id, run.job_id) if customer is None else spend(merchant, reward, customer)  # type: ignore[arg-type]

    outcomes = together(work, [*((one,) for one in people[::2]), (None,), *((one,) for one in people[1::2])])
    assert [one.error for one in outcomes] == [None] * (PEOPLE + 1)
    judged(merchant, run)


def test_look_again_behind_the_lock(run: ImportRun, merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look at the lots and the entry that takes them somebody spends: only that one stays."""
    with merchant_scope(merchant):
        reward, first = loyalty.reward(cost_in_points=60), Customer.objects.order_by("card_number")[0]
    looked = point_files.kept

    def spent_after_the_look(**about: Any) -> Any:
        found = looked(**about)
        if not RedeemedReward.objects.exists():
            in_a_thread(lambda: spend(merchant, reward, first))
        return found

    monkeypatch.setattr(point_files, "kept", spent_after_the_look)
    assert run.job_id is not None
    run_one(merchant.id, run.job_id)
    judged(merchant, run)
    assert run_at(merchant, run.id).not_undone == 1


def test_see_the_harm_where_points_are_taken_from_whatever_lot_there_is(
    run: ImportRun, merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard off: an undo that looks at no lot takes other points from a member who has spent these."""
    with merchant_scope(merchant):
        who = Customer.objects.order_by("card_number")[0]
        loyalty.take(loyalty.reward(cost_in_points=60), who)
        loyalty.points(who, 100)

    def from_any_lot(*, reversals: Any, actor: Actor) -> None:
        for one in reversals:
            facts: Any = {"event": PointEvent.UNDONE.value, "origin": one.origin, "origin_id": one.origin_id}
            revoke(unit=Unit.POINT, amount=100, customer_id=one.customer_id, actor=actor, key=one.key, **facts)

    monkeypatch.setattr(point_files, "reverse_many", from_any_lot)
    monkeypatch.setattr(point_files, "kept", lambda **_about: {})
    assert run.job_id is not None
    run_one(merchant.id, run.job_id)
    with merchant_scope(merchant):
        # 60 were spent, and yet 100 were taken: 40 of the 140 are left where all of them should be.
        assert usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now()) == 40


def test_never_undo_twice(
    run: ImportRun, merchant: Merchant, together: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two workers with a job each, because somebody has put a second one down: each line goes back once."""
    monkeypatch.setattr(undoing, "BATCH", 2)
    with merchant_scope(merchant):
        payload = {"run": str(run.id), "actor": str(loyalty.SYSTEM)}
        second = enqueue(kind="import.undo", payload=payload, now=timezone.now())
    outcomes = together(lambda job_id: run_one(merchant.id, job_id), [(run.job_id,), (second.id,)])
    assert [one.error for one in outcomes] == [None] * 2
    judged(merchant, run)
    with merchant_scope(merchant):
        assert Entry.objects.filter(reverses__isnull=False).count() == PEOPLE
        assert set(Grant.objects.values_list("remaining", flat=True)) == {0}


def in_a_thread(work: Callable[[], Any]) -> None:
    """Do it on a connection of its own, and wait for it."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

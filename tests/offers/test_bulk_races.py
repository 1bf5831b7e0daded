"""Bulk acts on responses beside single ones, beside each other, and with workers that die half way."""

import contextlib
import signal
from collections.abc import Callable
from typing import Any

import pytest

from jobs.bulk import choosing, running
from jobs.bulk.outcomes import CHANGED, DONE, NOT_REACHED
from jobs.models import Job
from jobs.runner import run_one
from ledger import checks
from ledger.models import Entry, Movement
from ledger.services import expire
from offers.bulk import rules
from offers.bulk.kit import RESPONSES
from offers.checks import check_responses
from offers.errors import Refused
from offers.models import BulkRow, BulkSelection, OfferChange, OfferResponse, OfferStock
from offers.services import closing, using
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.messaging.workers import run_worker
from tests.offers.bulking import Shelf, again, begun, by, let_leases_pass, outcomes_of, run

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
        found = check_responses(merchant.id)
    return found == [] and checks.run(merchant.id).findings == []


@pytest.mark.slow
@pytest.mark.parametrize("point", ["bulk.before_commit", "bulk.committed"])
def test_go_on_where_it_was_killed(merchant: Merchant, shelf: Shelf, point: str) -> None:
    with merchant_scope(merchant):
        bulk = begun("cancel", [shelf.row("limited") for _number in range(NUMBER)], reason="By mistake")

    killed = run_worker(**{f"FAULT_{point.replace('.', '_')}": "sigkill@1"})
    let_leases_pass(merchant)
    run_worker()

    bulk = again(merchant, bulk)
    assert killed == -signal.SIGKILL
    assert (bulk.state, bulk.position, bulk.done) == ("done", NUMBER, NUMBER)
    with merchant_scope(merchant):
        assert Entry.objects.filter(event="offer.canceled").count() == NUMBER
        assert OfferStock.objects.get(offer=shelf.offers["limited"]).taken == 0
        assert BulkRow.objects.filter(outcome=DONE).count() == NUMBER
    assert sound(merchant)


def test_do_each_once_beside_single_acts(merchant: Merchant, shelf: Shelf, together: Together) -> None:
    """Colleagues cancel and tills redeem one by one, in the other order, while the bulk act goes through the rows."""
    with merchant_scope(merchant):
        rows = [shelf.row("limited") for _number in range(NUMBER)]
        bulk = begun("cancel", rows, reason="By mistake")

    def both(number: int) -> None:
        if number < 0:
            run_one(merchant.id, bulk.job_id)  # type: ignore[arg-type]
            return
        single = using.complete if number % 2 else closing.cancel
        with contextlib.suppress(Refused), merchant_scope(merchant):
            single(response_id=rows[number].id, reason="Moved away", **by())

    outcomes = together(both, [(-1,), *((number,) for number in reversed(range(NUMBER)))])

    assert [one.error for one in outcomes if one.error] == []
    if again(merchant, bulk).state == "running":
        let_leases_pass(merchant)
        run(merchant, bulk)
    assert again(merchant, bulk).position == NUMBER
    assert set(outcomes_of(merchant, bulk).values()) <= {DONE, CHANGED}
    with merchant_scope(merchant):
        ended = Entry.objects.filter(event__in=["offer.canceled", "offer.completed"])
        assert ended.count() == NUMBER
        completed = OfferResponse.objects.filter(status="completed").count()
        assert OfferStock.objects.get(offer=shelf.offers["limited"]).taken == completed
    assert sound(merchant)


def test_two_bulk_acts_at_once_do_each_row_once(merchant: Merchant, shelf: Shelf, together: Together) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row("coded") for _number in range(NUMBER)]
        first, second = begun("complete", rows, reason=""), begun("cancel", rows, reason="Over")

    together(lambda job: run_one(merchant.id, job), [(first.job_id,), (second.job_id,)])
    for bulk in (first, second):
        if again(merchant, bulk).state == "running":
            let_leases_pass(merchant)
            run(merchant, bulk)

    assert again(merchant, first).done + again(merchant, second).done == NUMBER
    with merchant_scope(merchant):
        assert Movement.objects.filter(entry__event__in=["offer.completed", "offer.canceled"]).count() == NUMBER
    assert sound(merchant)


def test_see_the_harm_when_versions_are_not_looked_at(
    merchant: Merchant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the look at the version, the act goes over what a colleague did meanwhile."""
    with merchant_scope(merchant):
        row = shelf.row()
        bulk = begun("process", [row], reason="")
        using.clip(response_id=row.id, **by())
    monkeypatch.setattr(running, "_looked_at", lambda *_: "")

    run(merchant, bulk)

    assert outcomes_of(merchant, bulk) == {row.id: DONE}


def test_let_the_ledger_refuse_a_second_use(merchant: Merchant, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the rules and the versions off, the database alone still lets a response be used once."""
    with merchant_scope(merchant):
        row = shelf.row()
        bulk = begun("complete", [row], reason="")
        using.complete(response_id=row.id, **by())
    monkeypatch.setattr(running, "_looked_at", lambda *_: "")
    monkeypatch.setattr(rules, "judge", lambda *_, **__: "")

    run(merchant, bulk)

    assert DONE not in outcomes_of(merchant, bulk).values()
    with merchant_scope(merchant):
        assert OfferChange.objects.filter(event="offer.completed").count() == 1
    assert sound(merchant)


def test_do_the_others_where_one_is_refused(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        rows = [shelf.row() for _number in range(4)]
        bulk = begun("complete", rows, reason="")
        # Its voucher is gone behind our back: the ledger refuses it, whatever our rules say.
        gone: dict[str, Any] = {"event": "grant.expired", "origin": "test", "origin_id": rows[1].id, "key": "gone"}
        expire(grant_id=rows[1].grant_id, customer_id=rows[1].customer_id, actor=by()["actor"], **gone)

    bulk = run(merchant, bulk)

    assert (bulk.state, bulk.done) == ("done", 3)
    with merchant_scope(merchant):
        refused = BulkRow.objects.exclude(outcome=DONE).get()
    assert refused.response_id == rows[1].id
    assert refused.reason


def test_stop_and_name_what_was_not_reached(merchant: Merchant, shelf: Shelf) -> None:
    with merchant_scope(merchant):
        bulk = begun("clip", [shelf.row() for _number in range(5)])
        choosing.stop(kit=RESPONSES, bulk_id=bulk.id, **by())
        rest = Job.objects.get(kind="responses.bulk_rest")

    run_one(merchant.id, rest.id)

    bulk = again(merchant, bulk)
    assert (bulk.state, bulk.done, bulk.outcomes) == ("stopped", 0, {NOT_REACHED: 5})
    with merchant_scope(merchant):
        assert not BulkSelection.objects.exists()
        assert not OfferResponse.objects.filter(status="clipped").exists()

"""Offers assigned to many while others claim them, beside each other, and with workers that die half way."""

import contextlib
import signal
from collections.abc import Callable
from typing import Any

import pytest

from jobs.bulk import running
from jobs.runner import run_one
from ledger import checks
from ledger.models import Entry
from offers.checks import check_responses
from offers.errors import Refused
from offers.models import Assignment, OfferResponse, OfferStock
from offers.services import stock
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.messaging.workers import run_worker
from tests.offers import factories as make
from tests.offers.bulking import again, let_leases_pass, run
from tests.offers.test_assigning import begun, drafted

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])
NUMBER = 9
Together = Callable[..., list[Any]]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three a transaction, so that nine are three batches."""
    monkeypatch.setattr(running, "BATCH", 3)


def sound(merchant: Merchant) -> bool:
    with merchant_scope(merchant):
        found = check_responses(merchant.id)
    return found == [] and checks.run(merchant.id).findings == []


def to_the_end(merchant: Merchant, bulk: Assignment) -> Assignment:
    """Run what made way for somebody on to its end."""
    if again(merchant, bulk).state == "running":
        let_leases_pass(merchant)
        run(merchant, bulk)
    found: Assignment = again(merchant, bulk)
    return found


def race(merchant: Merchant, together: Together, what: Any, members: list[Any]) -> tuple[Assignment, list[Any]]:
    """Assign the offer to all members while each of them claims it."""
    with merchant_scope(merchant):
        bulk = begun(drafted(what, members))

    def both(number: int) -> None:
        if number < 0:
            run_one(merchant.id, bulk.job_id)  # type: ignore[arg-type]
            return
        with contextlib.suppress(Refused), merchant_scope(merchant):
            make.give(what, members[number])

    outcomes = together(both, [(-1,), *((number,) for number in reversed(range(len(members))))])
    return to_the_end(merchant, bulk), [one.error for one in outcomes if one.error]


@pytest.mark.parametrize("kind", ["total", "member", "codes"])
def test_limits_hold_while_members_claim(merchant: Merchant, together: Together, kind: str) -> None:
    with merchant_scope(merchant):
        limits: dict[str, Any] = {
            "total": {"total_limit": 5},
            "member": {"member_limit": 1},
            "codes": {"pool": make.pool(5)},
        }
        what, members = make.offer(**limits[kind]), [make.member() for _number in range(NUMBER)]

    bulk, errors = race(merchant, together, what, members)

    assert (errors, bulk.position) == ([], NUMBER)
    with merchant_scope(merchant):
        assert OfferResponse.objects.count() == (NUMBER if kind == "member" else 5)
        if kind == "total":
            assert OfferStock.objects.get(offer=what).taken == 5
    assert sound(merchant)


def test_without_the_counter_too_many_are_given(
    merchant: Merchant, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with the guard off the race above does harm, and the check sees it."""
    with merchant_scope(merchant):
        what, members = make.offer(total_limit=5), [make.member() for _number in range(NUMBER)]
    monkeypatch.setattr(stock, "take_up_to", lambda number, **_offer: number)

    race(merchant, together, what, members)

    with merchant_scope(merchant):
        assert OfferResponse.objects.count() > 5
    assert not sound(merchant)


def test_two_assignments_at_once_share_what_is_left(merchant: Merchant, together: Together) -> None:
    with merchant_scope(merchant):
        what = make.offer(total_limit=10, member_limit=1, pool=make.pool(30))
        members = [make.member() for _number in range(NUMBER)]
        others = [make.member() for _number in range(NUMBER)]
        bulks = [begun(drafted(what, [*members, *others])), begun(drafted(what, [*others, *members]))]

    together(lambda job: run_one(merchant.id, job), [(bulk.job_id,) for bulk in bulks])

    done = sum(to_the_end(merchant, bulk).done for bulk in bulks)
    with merchant_scope(merchant):
        assert done == OfferResponse.objects.count() == 10
    assert sound(merchant)


@pytest.mark.slow
def test_go_on_where_it_was_killed(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what = make.offer(total_limit=NUMBER, member_limit=1, pool=make.pool(NUMBER))
        bulk = begun(drafted(what, [make.member() for _number in range(NUMBER)]))

    killed = run_worker(FAULT_bulk_before_commit="sigkill@1")
    let_leases_pass(merchant)
    run_worker()

    bulk = again(merchant, bulk)
    assert killed == -signal.SIGKILL
    assert (bulk.state, bulk.done) == ("done", NUMBER)
    with merchant_scope(merchant):
        assert Entry.objects.filter(event="offer.issued").count() == NUMBER
        assert OfferResponse.objects.values("customer").distinct().count() == NUMBER
    assert sound(merchant)

"""What was missed is given later, once: the journal is looked through below what may still be open."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from psycopg import sql

from config.beat import TICKS
from customers.models import Customer
from jobs.models import Job
from jobs.runner import run_one
from jobs.states import State
from ledger import checks
from ledger.models import Entry
from loyalty.models import LoyaltySettings
from offers.models import Offer, OfferResponse
from offers.services.closing import cancel
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as loyalty
from tests.offers import factories as offers
from tests.triggers.factories import buy, given, on
from triggers import handlers, repairing, services
from triggers.kit import targets
from triggers.models import TriggerState
from triggers.states import Occasion

pytestmark = [
    pytest.mark.django_db(databases=["default", "aside", "owner"], transaction=True),
]


@pytest.fixture
def world(merchant: Merchant) -> tuple[Merchant, Offer, Customer]:
    """A merchant with an offer that answers purchases, and a member."""
    with merchant_scope(merchant):
        offer, who = offers.offer(), offers.member()
        on(offer, Occasion.PURCHASE)
    return merchant, offer, who


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody tells the triggers."""
    monkeypatch.setattr("loyalty.services.purchases.answer", lambda **_about: [])


@pytest.fixture
def looks_late(superuser_connection: psycopg.Connection[Any]) -> Iterator[None]:
    """The database looks for those who wait crosswise after four seconds, not after one: time for slow machines."""
    name = sql.Identifier(connection.settings_dict["NAME"])
    superuser_connection.execute(sql.SQL("ALTER DATABASE {} SET deadlock_timeout = '4s'").format(name))
    yield
    superuser_connection.execute(sql.SQL("ALTER DATABASE {} RESET deadlock_timeout").format(name))


def repaired(merchant: Merchant) -> int:
    """Go through the journal to its end; return how much was given."""
    total, goes_on = 0, True
    while goes_on:
        with merchant_scope(merchant):
            looked = repairing.step(now=timezone.now())
        total, goes_on = total + looked.given, looked.goes_on
    return total


@pytest.mark.usefixtures("forgetful")
def test_give_what_was_missed_once(world: Any) -> None:
    merchant, offer, who = world
    with merchant_scope(merchant):
        purchase = buy(who)
    assert (repaired(merchant), repaired(merchant)) == (1, 0)
    with merchant_scope(merchant):
        (response,) = given(offer)
        assert response.trigger_entry_id == purchase.entry_id
        assert checks.run(merchant.id).findings == []


def test_give_nothing_twice_that_was_given_in_the_act(world: Any) -> None:
    merchant, offer, who = world
    with merchant_scope(merchant):
        buy(who)
    assert repaired(merchant) == 0
    with merchant_scope(merchant):
        assert len(given(offer)) == 1


def test_what_was_given_and_canceled_stays_canceled(world: Any) -> None:
    merchant, offer, who = world
    with merchant_scope(merchant):
        buy(who)
        cancel(response_id=given(offer)[0].id, **offers.by(reason="Wrong"))
    assert repaired(merchant) == 0


@pytest.mark.usefixtures("forgetful")
def test_start_again_from_the_beginning_and_give_nothing_twice(world: Any) -> None:
    """A replay of the whole journal finds everything in its place."""
    merchant, offer, who = world
    with merchant_scope(merchant):
        for _number in range(3):
            buy(who)
    assert repaired(merchant) == 3
    with merchant_scope(merchant):
        TriggerState.objects.update(upto=0, after_id=None)
    assert repaired(merchant) == 0
    with merchant_scope(merchant):
        assert len(given(offer)) == 3


@pytest.mark.usefixtures("forgetful")
def test_without_the_names_of_answers_a_replay_would_give_twice(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it is the name of each answer, and the entry on the row, that make it one."""
    merchant, offer, who = world
    monkeypatch.setattr("triggers.acts.Armed.key_for", lambda *_about: uuid.uuid4().hex)
    monkeypatch.setattr("triggers.repairing._answered", lambda *_about: set())
    issue = targets()["offer"].give.__globals__["issue"]
    monkeypatch.setitem(
        targets()["offer"].give.__globals__,
        "issue",
        lambda **about: issue(**about | {"trigger_entry_id": None}),
    )
    with merchant_scope(merchant):
        buy(who)
    assert repaired(merchant) == 1
    with merchant_scope(merchant):
        TriggerState.objects.update(upto=0, after_id=None)
    assert repaired(merchant) == 1
    with merchant_scope(merchant):
        assert len(given(offer)) == 2


@pytest.mark.usefixtures("forgetful")
def test_wait_for_transactions_that_are_still_open(world: Any, together: Callable[..., Any]) -> None:
    """An entry that is committed later than another, but was written earlier, is not overtaken."""
    merchant, _offer, who = world

    def later() -> int:
        with merchant_scope(merchant):
            buy(who, reference="second")
        return repaired(merchant)

    with merchant_scope(merchant):
        buy(who, reference="first")
        (outcome,) = together(later, [()])
        assert (outcome.error, outcome.value) == (None, 0)
    assert repaired(merchant) == 2


@pytest.mark.usefixtures("forgetful")
def test_go_on_in_the_middle_of_a_transaction(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One import writes thousands of entries under one number; the place within it is kept."""
    merchant, offer, who = world
    monkeypatch.setattr(repairing, "WINDOW", 3)
    monkeypatch.setattr(repairing, "MOST", 2)
    with merchant_scope(merchant):
        for _number in range(7):
            buy(who)
    with merchant_scope(merchant):
        first = repairing.step(now=timezone.now())
    assert (first.given, first.goes_on) == (2, True)
    assert repaired(merchant) == 5
    with merchant_scope(merchant):
        assert len(given(offer)) == 7


@pytest.mark.usefixtures("forgetful")
def test_step_that_breaks_leaves_nothing_and_is_done_again(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    merchant, offer, who = world
    with merchant_scope(merchant):
        buy(who)
        before = TriggerState.objects.get().upto

    def broken() -> None:
        with merchant_scope(merchant):
            repairing.step(now=timezone.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    with merchant_scope(merchant):
        assert (given(offer), TriggerState.objects.get().upto) == ([], before)
    assert repaired(merchant) == 1


@pytest.mark.usefixtures("forgetful")
def test_two_at_once_give_once(world: Any, together: Callable[..., Any]) -> None:
    merchant, offer, who = world
    with merchant_scope(merchant):
        for _number in range(6):
            buy(who)
    outcomes = together(lambda: repaired(merchant), [()] * 3)
    assert [one.error for one in outcomes] == [None] * 3
    assert sum(one.value for one in outcomes) == 6
    with merchant_scope(merchant):
        assert len(given(offer)) == 6
        assert checks.run(merchant.id).findings == []


@pytest.mark.usefixtures("looks_late")
@pytest.mark.parametrize(("patience", "is_hurt"), [("250ms", False), ("20s", True)])
def test_a_purchase_gives_way_to_whoever_waits_for_it(
    world: Any, together: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, patience: str, is_hurt: bool
) -> None:
    """A member claims at a till, and so holds the counter, while their purchase holds their account.

    The control: with the patience that everybody has, the two wait crosswise, and the claim is ended by the database.
    """
    merchant, offer, who = world
    with merchant_scope(merchant):
        on(offer)
        limited = offers.offer(member_limit=5)
        on(limited, Occasion.PURCHASE)
        points = LoyaltySettings.made_with(points_per_unit=1)
        points.save()
        offers.give(limited, who)
    counter_held, bought = threading.Event(), threading.Event()
    monkeypatch.setattr("triggers.patience.PATIENCE", patience)
    usual = services._give

    def wait_first(*about: Any) -> Any:
        bought.set()
        # In the control the claim shall be the one that the database looks at first: it began to wait before.
        wait_until_somebody_waits()
        return usual(*about)

    monkeypatch.setattr(services, "_give", wait_first)

    def shop() -> None:
        assert counter_held.wait(20)
        with merchant_scope(merchant):
            buy(who)

    def claim() -> None:
        with merchant_scope(merchant):
            with connection.cursor() as cursor:
                cursor.execute("SELECT id FROM offers_offertaken WHERE merchant_id = %s FOR UPDATE", [merchant.id])
            counter_held.set()
            assert bought.wait(20)
            offers.give(limited, who)

    def anew(work: Callable[[], None]) -> None:
        # When the database looks is asked when a connection is opened.
        connection.close()
        try:
            work()
        finally:
            connection.close()

    outcomes = together(anew, [(shop,), (claim,)])
    assert outcomes[0].error is None
    assert isinstance(outcomes[1].error, OperationalError) is is_hurt
    if is_hurt:
        return
    with merchant_scope(merchant):
        assert (len(given(limited)), Job.objects.filter(kind="triggers.repair").count()) == (0, 1)
    assert repaired(merchant) == 1
    with merchant_scope(merchant):
        assert checks.run(merchant.id).findings == []


def wait_until_somebody_waits() -> None:
    """Wait until a backend of this database waits for a lock."""
    for _number in range(3000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("Nobody waits.")


def test_job_does_it_and_the_clock_starts_it(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    merchant, offer, who = world
    monkeypatch.setattr(services, "MOST", 0)
    with merchant_scope(merchant):
        buy(who)
        (job,) = Job.objects.filter(kind="triggers.repair")
    run_one(merchant.id, job.id)
    with merchant_scope(merchant):
        job.refresh_from_db()
        assert (job.state, job.result) == (State.DONE, {"given": 1})
        assert len(given(offer)) == 1
    assert handlers.merchants_with_triggers() == [merchant.id]
    assert TICKS["triggers.repair"].merchants == "triggers.handlers.merchants_with_triggers"


def test_free_rewards_are_repaired_the_same_way(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    with merchant_scope(merchant):
        reward, who = loyalty.reward(), loyalty.customer()
        on(reward, Occasion.PURCHASE, minimum="10")
    monkeypatch.setattr("loyalty.services.purchases.answer", lambda **_about: [])
    with merchant_scope(merchant):
        buy(who, "9.99")
        large = buy(who, "10.00")
    assert (repaired(merchant), repaired(merchant)) == (1, 0)
    with merchant_scope(merchant):
        (row,) = given(reward)
        assert (row.trigger_entry_id, row.cost_in_points) == (large.entry_id, 0)


def test_other_merchants_are_left_alone(world: Any, other_merchant: Merchant) -> None:
    assert world
    with merchant_scope(other_merchant):
        buy(offers.member())
        assert repairing.step(now=timezone.now()).given == 0
        assert not OfferResponse.objects.exists()
        assert Entry.objects.count() == 1
    assert other_merchant.id not in handlers.merchants_with_triggers()

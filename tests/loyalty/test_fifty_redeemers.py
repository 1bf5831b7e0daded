"""Fifty redeemers on one customer, five thousand attempts: nothing overspent, lost or doubled, every lot in its turn.

The lots end at unlike times, some of them in the middle of the run, some open in it; others cancel, shop, sweep and
read meanwhile. Afterwards the journal is played again, movement by movement, beside what was usable at each.
"""

import contextlib
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.db.models import F, Sum
from django.utils import timezone

from ledger import checks
from ledger.models import Account, Entry, Grant, Movement
from ledger.services import expire_due
from ledger.units import Unit
from loyalty.errors import Refused
from loyalty.models import RedeemedReward
from loyalty.services.canceling import cancel
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.ledger.test_concurrency import without
from tests.loyalty import factories as make
from tests.support.threads import Outcome, run_together

REDEEMERS, EACH, READS, CANCELED = 50, 100, 200, 0.03
COSTS = (5, 7, 11, 13, 40)
FOR_EVER = datetime.max.replace(tzinfo=UTC)


@dataclass
class World:
    """One customer with lots, and rewards of unlike costs."""

    merchant: Merchant
    customer: Any
    rewards: list[Any]
    granted: int


@dataclass
class Told:
    """What one redeemer was told: how often what, and the keys that were taken for."""

    said: Counter[str] = field(default_factory=Counter)
    keys: set[str] = field(default_factory=set)


def prepared(merchant: Merchant, lots: int) -> World:
    """Return a customer with so many lots, some without an end, some that end or open while the test runs."""
    dice, granted = random.Random(7), 0  # noqa: S311 - the same on every run
    with merchant_scope(merchant):
        who = make.customer()
        for number in range(lots):
            amount = dice.randrange(150, 350)
            ends = (None, make.soon(days=dice.randrange(1, 90)), make.soon(seconds=dice.randrange(2, 20)))[number % 3]
            opens = make.soon(seconds=dice.randrange(1, 6)) if number % 5 == 0 else None
            if ends and opens:
                ends = max(ends, opens + timedelta(seconds=3))
            make.points(who, amount, expires_at=ends, valid_from=opens)
            granted += amount
        rewards = [make.reward(name=f"For {cost}", cost_in_points=cost) for cost in COSTS]
    return World(merchant, who, rewards, granted)


def redeemer(world: World, seed: int) -> Told:
    """Redeem a hundred times, every fifth time beside a neighbour who presses the same button; take some back."""
    dice, told, mine = random.Random(seed), Told(), list[uuid.UUID]()  # noqa: S311 - as above
    for number in range(EACH):
        key = f"pair-{seed // 2}-{number}" if number % 5 == 0 else f"{seed}-{number}"
        try:
            with merchant_scope(world.merchant):
                mine.append(make.take(world.rewards[number % len(COSTS)], world.customer, key=key).id)
            told.said["taken"] += 1
            told.keys.add(key)
        except Refused as refused:
            told.said[refused.code] += 1
        if mine and dice.random() < CANCELED:
            with merchant_scope(world.merchant):
                cancel(redeemed_id=dice.choice(mine), refund=True, actor=Actor.system(), now=timezone.now())
    return told


def reader(world: World, done: threading.Event) -> int:
    """Compare balance, lots and movements in one statement again and again, and sweep now and then."""
    reads = 0
    while not done.wait(0.02) or reads < READS:
        with merchant_scope(world.merchant):
            assert sums(world.customer.id) == []
            if reads % 20 == 0:
                expire_due(unit=Unit.POINT, actor=Actor.system(), now=timezone.now())
        reads += 1
    return reads


SUMS = """
SELECT a.unit, a.balance, g.remaining, m.moved FROM ledger.accounts a
CROSS JOIN LATERAL (SELECT coalesce(sum(remaining), 0) AS remaining FROM ledger.grants
    WHERE merchant_id = a.merchant_id AND account_id = a.id) AS g
CROSS JOIN LATERAL (SELECT coalesce(sum(CASE WHEN target_id = a.id THEN amount ELSE -amount END), 0) AS moved
    FROM ledger.movements WHERE merchant_id = a.merchant_id AND (target_id = a.id OR source_id = a.id)) AS m
WHERE a.customer_id = %s AND (a.balance <> g.remaining OR a.balance <> m.moved OR a.balance < 0)
"""


def sums(customer_id: uuid.UUID) -> list[Any]:
    """Return the accounts of which balance, lots and movements differ; one statement, so one instant."""
    with connection.cursor() as cursor:
        cursor.execute(SUMS, [customer_id])
        return cursor.fetchall()


def moments(customer_id: uuid.UUID) -> Iterator[tuple[Entry, list[Movement]]]:
    """Yield what happened to the customer's points, in the order in which it was written."""
    # What comes back to a lot that has ended expires by an entry of the same moment, after the reversal.
    entries = Entry.objects.filter(customer_id=customer_id).order_by("recorded_at", F("reverses").asc(nulls_last=True))
    for entry in entries.prefetch_related("movements__grant", "movements__target"):
        found = sorted((one for one in entry.movements.all() if one.unit == Unit.POINT), key=lambda one: one.position)
        if found:
            yield entry, found


def turn(lot: Grant) -> tuple[datetime, datetime, uuid.UUID]:
    """Return when it is a lot's turn: the one that ends first, then the older, those without an end last."""
    return (lot.expires_at or FOR_EVER, lot.usable_from, lot.id)


def check_every_draw(customer_id: uuid.UUID) -> int:
    """Play all movements again and compare each draw with the lots that were usable then; return the number of draws."""
    lots: dict[uuid.UUID, Grant] = {}
    left: Counter[uuid.UUID] = Counter()
    draws = 0
    for entry, movements in moments(customer_id):
        if entry.event == "reward.redeemed":
            cost, at = sum(one.amount for one in movements), entry.occurred_at
            usable = sorted((lot for lot in lots.values() if left[lot.id] and is_usable(lot, at)), key=turn)
            assert [(one.grant_id, one.amount) for one in movements] == expected(usable, left, cost)
            draws += 1
        for one in movements:
            lots.setdefault(one.grant_id, one.grant)
            left[one.grant_id] += one.amount if one.target.customer_id else -one.amount
            assert 0 <= left[one.grant_id] <= one.grant.amount
    assert {lot.id: left[lot.id] for lot in lots.values()} == {lot.id: lot.remaining for lot in lots.values()}
    return draws


def is_usable(lot: Grant, at: datetime) -> bool:
    """Say whether a lot can be spent at an instant."""
    return lot.usable_from <= at and (lot.expires_at is None or at < lot.expires_at)


def expected(usable: list[Grant], left: Counter[uuid.UUID], cost: int) -> list[tuple[uuid.UUID, int]]:
    """Return which lot pays how much."""
    found = []
    for lot in usable:
        part = min(left[lot.id], cost)
        if part:
            found.append((lot.id, part))
            cost -= part
    return found


@pytest.mark.slow
def test_five_thousand_attempts_spend_each_point_once_and_in_turn(
    merchant: Merchant, together: Callable[..., list[Outcome]]
) -> None:
    world, done = prepared(merchant, lots=30), threading.Event()
    read: list[Outcome] = []
    aside = threading.Thread(target=lambda: read.extend(run_together(reader, [(world, done)])), daemon=True)
    aside.start()
    outcomes = together(redeemer, [(world, seed) for seed in range(REDEEMERS)], seconds=600)
    done.set()
    aside.join(600)

    assert [one.error for one in [*outcomes, *read] if one.error] == []
    assert read[0].value >= READS
    said = sum((one.value.said for one in outcomes), Counter[str]())
    assert set(said) == {"taken", "not_enough_points"}
    assert sum(said.values()) == REDEEMERS * EACH
    with merchant_scope(merchant):
        _check_what_stands(world, set().union(*(one.value.keys for one in outcomes)))
    assert checks.run(merchant.id).findings == []


def _check_what_stands(world: World, keys: set[str]) -> None:
    """Every key that was taken for is one reward and no other; every point is spent, held or expired."""
    rows = RedeemedReward.objects.all()
    assert sorted(rows.values_list("op_key", flat=True)) == sorted(keys)
    spent = rows.filter(is_refunded=False).aggregate(points=Sum("cost_in_points"))["points"]
    gone = Movement.objects.filter(unit=Unit.POINT, target__bucket="EXPIRED").aggregate(points=Sum("amount"))["points"]
    held = Account.objects.get(customer=world.customer, unit=Unit.POINT).balance
    assert rows.filter(is_refunded=True).exists()
    assert spent + (gone or 0) + held == world.granted
    assert check_every_draw(world.customer.id) == len(rows)


def test_without_the_guards_redeemers_overspend(
    merchant: Merchant, together: Callable[..., list[Outcome]], superuser_connection: psycopg.Connection[Any]
) -> None:
    """The control: without the ledger's lock and limits the same redeemers spend what is not there, and it is seen."""
    with merchant_scope(merchant):
        who, what = make.customer(), make.reward(cost_in_points=10)
        make.points(who, 100)

    def redeem(seed: int) -> int:
        taken = 0
        for number in range(5):
            with contextlib.suppress(Refused), merchant_scope(merchant):
                make.take(what, who, key=f"{seed}-{number}")
                taken += 1
        return taken

    with without(superuser_connection, lock=True, limits=True):
        outcomes = together(redeem, [(seed,) for seed in range(12)])

    assert sum(one.value or 0 for one in outcomes) > 10
    found = {finding.check for finding in checks.run(merchant.id).findings}
    assert found & {"balance", "grant_bounds", "grant_remaining", "held_after"}

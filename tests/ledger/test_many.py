"""Many acts in one call."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from ledger import checks, services
from ledger.acts import Act, Step
from ledger.errors import BadAct, GrantNotUsable, LedgerConflict, NotEnough, NothingLeft
from ledger.models import Entry, Grant
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import Merchant
from tests.ledger.acting import about, ago, ahead, balance, earn, give, left, ways
from tests.ledger.conftest import new_customer


def act_of(customer_id: uuid.UUID, *steps: Step, **given: Any) -> Act:
    told = about(customer_id, **given)
    del told["actor"]
    return Act(steps=steps, **told)


def many(*acts: Act) -> list[bool]:
    return [not posted.replayed for posted in services.post_many(acts=acts, actor=Actor.system())]


@pytest.fixture
def three(scope: Merchant) -> list[uuid.UUID]:
    """Three customers."""
    return [new_customer(f"{number}@example.com").id for number in range(3)]


def test_post_many_grants_and_takes(three: list[uuid.UUID], scope: Merchant) -> None:
    used, ended, taken = give(three[0]), give(three[1]), earn(three[2], 100)
    fresh = new_id()
    acts = [
        act_of(three[0], Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=used), event="offer.completed"),
        act_of(three[1], Step.expire(grant_id=ended)),
        act_of(three[2], Step.revoke(grant_id=taken, amount=130)),
        act_of(
            three[0],
            Step.grant(unit=Unit.POINT, amount=70, expires_at=ahead(days=5)),
            Step.grant(unit=Unit.VOUCHER, amount=1, grant_id=fresh, code="ABC"),
            Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=fresh),
        ),
        act_of(three[0], event="claim.verified", note="seen"),
        act_of(three[0], Step.grant(unit=Unit.POINT, amount=30)),
    ]
    assert many(*acts) == [True] * 6
    assert [ways(act.entry_id) for act in acts] == [
        [("HELD", "REDEEMED", 1)],
        [("HELD", "EXPIRED", 1)],
        [("HELD", "REVOKED", 100)],
        [("ISSUED", "HELD", 70), ("ISSUED", "HELD", 1), ("HELD", "REDEEMED", 1)],
        [],
        [("ISSUED", "HELD", 30)],
    ]
    assert (balance(three[0]), balance(three[0], Unit.VOUCHER), balance(three[2])) == (100, 0, 0)
    assert checks.run(scope.id).findings == []


def test_post_many_notes_the_balance_after_each_movement(three: list[uuid.UUID]) -> None:
    earn(three[0], 5)
    acts = [act_of(three[0], Step.grant(unit=Unit.POINT, amount=amount)) for amount in (10, 20, 30)]
    many(*acts)
    entries = Entry.objects.filter(id__in=[act.entry_id for act in acts]).prefetch_related("movements").order_by("id")
    assert [entry.movements.get().held_after for entry in entries] == [15, 35, 65]


def test_post_many_of_none(scope: Merchant) -> None:
    assert services.post_many(acts=[], actor=Actor.system()) == []


def test_post_many_replays_what_stands(three: list[uuid.UUID]) -> None:
    def build(customer_id: uuid.UUID, amount: int) -> Act:
        return act_of(
            customer_id, Step.grant(unit=Unit.POINT, amount=amount), key=f"row:{customer_id}", origin_id=customer_id
        )

    first = services.post_many(acts=[build(three[0], 10), build(three[1], 20)], actor=Actor.system())
    again = services.post_many(
        acts=[build(three[0], 10), build(three[1], 20), build(three[2], 30)], actor=Actor.system()
    )
    assert [posted.replayed for posted in again] == [True, True, False]
    assert [posted.entry_id for posted in again[:2]] == [posted.entry_id for posted in first]
    assert [balance(customer) for customer in three] == [10, 20, 30]


def test_post_many_counts_a_key_named_twice_once(three: list[uuid.UUID]) -> None:
    acts = [act_of(three[0], Step.grant(unit=Unit.POINT, amount=10), key="row", origin_id=three[0]) for _ in range(2)]
    assert many(*acts) == [True, False]
    assert balance(three[0]) == 10


def test_post_many_refuses_a_key_of_another_act(three: list[uuid.UUID]) -> None:
    many(act_of(three[0], Step.grant(unit=Unit.POINT, amount=10), key="row"))
    with pytest.raises(LedgerConflict), transaction.atomic():
        many(act_of(three[1]), act_of(three[0], Step.grant(unit=Unit.POINT, amount=11), key="row"))
    assert Entry.objects.count() == 1


REFUSED: list[tuple[Callable[[uuid.UUID], Step], type[Exception]]] = [
    (lambda grant: Step.draw(unit=Unit.POINT, amount=11, grant_id=grant), NotEnough),
    (lambda _: Step.draw(unit=Unit.POINT, amount=1, grant_id=new_id()), GrantNotUsable),
    (lambda grant: Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=grant), GrantNotUsable),
    (lambda _: Step.draw(unit=Unit.POINT, amount=1), BadAct),
    (lambda _: Step.revoke(unit=Unit.POINT, amount=1), BadAct),
    (lambda grant: Step.grant(unit=Unit.POINT, amount=1, grant_id=grant), BadAct),
    (lambda grant: Step.draw(unit=Unit.POINT, amount=0, grant_id=grant), BadAct),
]


@pytest.mark.parametrize(("step", "error"), REFUSED)
def test_post_many_refuses_the_batch_for_one_step(
    three: list[uuid.UUID], step: Callable[[uuid.UUID], Step], error: type[Exception]
) -> None:
    lot = earn(three[0], 10)
    before = Entry.objects.count()
    with pytest.raises(error), transaction.atomic():
        many(act_of(three[1], Step.grant(unit=Unit.POINT, amount=5)), act_of(three[0], step(lot)))
    assert (Entry.objects.count(), left(lot), Grant.objects.count()) == (before, 10, 1)


def test_post_many_refuses_to_name_a_grant_twice(three: list[uuid.UUID]) -> None:
    lot = earn(three[0], 10)
    steps = [Step.draw(unit=Unit.POINT, amount=1, grant_id=lot) for _ in range(2)]
    with pytest.raises(BadAct), transaction.atomic():
        many(*[act_of(three[0], step) for step in steps])


def test_post_many_refuses_another_customers_grant(three: list[uuid.UUID]) -> None:
    lot = earn(three[0], 10)
    with pytest.raises(GrantNotUsable) as refused, transaction.atomic():
        many(act_of(three[1], Step.revoke(grant_id=lot)))
    assert refused.value.reason == "unknown"


def test_post_many_refuses_to_expire_nothing(three: list[uuid.UUID]) -> None:
    voucher = give(three[0])
    services.revoke(grant_id=voucher, **about(three[0]))
    with pytest.raises(NothingLeft), transaction.atomic():
        many(act_of(three[0], Step.expire(grant_id=voucher)))


def test_post_many_takes_times_where_they_are_permitted(three: list[uuid.UUID]) -> None:
    default, own = ago(days=30), ago(days=60)
    with services.backdated(at=default):
        many(act_of(three[0], key="default"), act_of(three[0], key="own", occurred_at=own))
    times = dict(Entry.objects.values_list("idempotency_key", "occurred_at"))
    assert times == {"default": default, "own": own}
    assert Entry.objects.filter(recorded_at__lt=ago(minutes=1)).count() == 0

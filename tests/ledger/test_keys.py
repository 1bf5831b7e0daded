"""One act, one entry: what the same key does a second time."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from customers.models import Customer
from ledger import services
from ledger.acts import Step
from ledger.errors import LedgerConflict
from ledger.models import Entry
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.ids import new_id
from tests.ledger.acting import ahead, balance, earn, spend

Act = Callable[..., dict[str, Any]]


def test_replay_answers_as_the_first_time(customer: Customer, act: Act) -> None:
    earn(customer.id, 300)
    told = act(key="reward:1:redeemed", event="reward.redeemed")
    steps = [Step.draw(unit=Unit.POINT, amount=200), Step.grant(unit=Unit.VOUCHER, amount=1, code="ABC")]
    first = services.post(steps=steps, **told)
    spend(customer.id, 100)
    # A second try makes its own ids; what counts is what was asked for.
    again = [Step.draw(unit=Unit.POINT, amount=200), Step.grant(unit=Unit.VOUCHER, amount=1, code="ABC")]
    second = services.post(steps=again, **told)
    assert (second.entry_id, second.moved, second.replayed) == (first.entry_id, first.moved, True)
    assert balance(customer.id) == 0


def test_replay_does_not_mind_who_asks_or_why(act: Act) -> None:
    told = act(key="claim:1:verified")
    first = services.record(**told)
    second = services.record(**told | {"actor": Actor.user(new_id()), "note": "pressed again"})
    assert (second.entry_id, second.replayed) == (first.entry_id, True)
    assert Entry.objects.get(id=first.entry_id).note == ""


def test_replay_of_a_reversal(customer: Customer, act: Act) -> None:
    earn(customer.id, 100)
    spent = spend(customer.id, 60)
    told = act(key="cancel:1")
    first = services.reverse(reverses=spent.entry_id, **told)
    second = services.reverse(reverses=spent.entry_id, **told)
    assert (second.entry_id, second.moved, second.replayed) == (first.entry_id, first.moved, True)
    assert balance(customer.id) == 100


def test_replay_of_a_revocation_knows_its_shortfall(customer: Customer, act: Act) -> None:
    lot = earn(customer.id, 100)
    told = act(key="return:1")
    first = services.revoke(grant_id=lot, amount=120, **told)
    assert (first.shortfall, services.revoke(grant_id=lot, amount=120, **told).shortfall) == (20, 20)


OTHER: list[dict[str, Any]] = [
    {"amount": 201},
    {"unit": Unit.VOUCHER, "amount": 1},
    {"code": "OTHER"},
    {"expires_at": ahead(days=3)},
    {"event": "test.other"},
    {"origin": "other"},
    {"origin_id": new_id()},
    {"subject_id": new_id()},
]


@pytest.mark.parametrize("other", OTHER, ids="-".join)
def test_refuse_a_key_that_stands_for_another_act(act: Act, other: dict[str, Any]) -> None:
    told: dict[str, Any] = {"unit": Unit.POINT, "amount": 200} | act(key="key")
    first = services.grant(**told)
    with pytest.raises(LedgerConflict) as refused, transaction.atomic():
        services.grant(**told | other)
    assert refused.value.entry_id == first.entry_id


def test_digest_of_the_callers_own_decides(act: Act) -> None:
    told = act(key="gift:1", digest=b"gift one")
    first = services.grant(unit=Unit.VOUCHER, amount=1, expires_at=ahead(days=1), **told)
    second = services.grant(unit=Unit.VOUCHER, amount=1, expires_at=ahead(days=2), **told)
    assert second.entry_id == first.entry_id

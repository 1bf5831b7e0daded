"""Taking many entries back at once: each as one by itself, all or nothing, and no two batches for ever in each other's way."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from customers.models import Customer
from ledger import services
from ledger.acts import Act, Reversal, Step
from ledger.errors import AlreadyReversed, NotReversible, WrongMerchant
from ledger.models import Entry
from ledger.units import Unit
from tenancy.actors import Actor
from tenancy.ids import new_id
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.ledger.acting import about, balance, give, left
from tests.ledger.conftest import new_customer

BY = Actor.system()


def reversal_of(entry_id: Any, holder: Any, **given: Any) -> Reversal:
    told = about(holder, event="claim.unprocessed", **given)
    del told["actor"]
    return Reversal(reverses=entry_id, **told)


def drawn(holder: Any) -> tuple[Any, Any]:
    """A voucher that was used, and the entry that used it."""
    voucher = give(holder)
    return voucher, services.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher, **about(holder)).entry_id


def test_take_each_back_as_one_by_itself(scope: Merchant) -> None:
    people = [new_customer(f"c{number}@example.com") for number in range(3)]
    used = [(person, *drawn(person.id)) for person in [*people, people[0]]]
    memo = services.record(**about(people[1].id)).entry_id
    asked = [*(reversal_of(entry, person.id) for person, _voucher, entry in used), reversal_of(memo, people[1].id)]

    posted = services.reverse_many(reversals=asked, actor=BY)

    assert [(one.entry_id, one.replayed) for one in posted] == [(one.entry_id, False) for one in asked]
    assert [left(voucher) for _person, voucher, _entry in used] == [1] * 4
    assert [balance(person.id, Unit.VOUCHER) for person in people] == [2, 1, 1]
    assert [Entry.objects.get(id=one.entry_id).reverses_id for one in asked] == [one.reverses for one in asked]
    again = services.reverse_many(reversals=asked, actor=BY)
    assert ([one.replayed for one in again], services.reverse_many(reversals=[], actor=BY)) == ([True] * 5, [])


def test_refuse_all_where_one_is_refused(customer: Customer) -> None:
    voucher, entry = drawn(customer.id)
    good = reversal_of(entry, customer.id)
    for bad, error in (
        (reversal_of(entry, customer.id), AlreadyReversed),
        (reversal_of(new_id(), customer.id), NotReversible),
    ):
        with pytest.raises(error), transaction.atomic():
            services.reverse_many(reversals=[good, bad], actor=BY)
    assert (left(voucher), Entry.objects.filter(reverses__isnull=False).count()) == (0, 0)


def test_refuse_another_merchants_door(customer: Customer, other_merchant: Merchant) -> None:
    _voucher, entry = drawn(customer.id)
    with merchant_scope(other_merchant), pytest.raises((WrongMerchant, NotReversible)), transaction.atomic():
        services.reverse_many(reversals=[reversal_of(entry, customer.id)], actor=BY)


@pytest.mark.django_db(transaction=True)
def test_meet_a_batch_of_posts_over_the_same_customers(
    transactional_db: None, merchant: Merchant, together: Callable[..., list[Any]]
) -> None:
    """Both hold the customers' accounts by the accounts' ids, whatever order they were asked in."""
    with merchant_scope(merchant):
        people = [new_customer(f"c{number}@example.com").id for number in range(40)]
        used = [(person, drawn(person)[1]) for person in people]
        fresh = [(person, give(person)) for person in people]

    def backwards() -> None:
        with merchant_scope(merchant):
            services.reverse_many(reversals=[reversal_of(entry, person) for person, entry in used[::-1]], actor=BY)

    def forwards() -> None:
        acts = []
        for person, voucher in fresh:
            told = about(person, event="claim.processed")
            del told["actor"]
            acts.append(Act(steps=(Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=voucher),), **told))
        with merchant_scope(merchant):
            services.post_many(acts=acts, actor=BY)

    outcomes = together(lambda act: act(), [(backwards,), (forwards,)])

    assert [outcome.error for outcome in outcomes] == [None, None]
    with merchant_scope(merchant):
        assert {balance(person, Unit.VOUCHER) for person in people} == {1}

"""The transaction flow: what keeps a response from being used, reservations, and two tills at once."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.utils import timezone

from ledger.models import Movement
from ledger.selectors import usable_balance
from ledger.units import Unit
from offers import expiry
from offers.checks import check_responses
from offers.errors import (
    AlreadyCompleted,
    AlreadyReserved,
    Canceled,
    Expired,
    NotClipped,
    NotCompleted,
    OutsideUsagePeriod,
    Refused,
    ReservedByAnother,
    TransitionNotAllowed,
)
from offers.models import OfferChange, OfferResponse
from offers.services import closing, using
from offers.states import Event, Source, Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.offers import factories as make

pytestmark = pytest.mark.django_db


def complete(response: OfferResponse, **values: Any) -> OfferResponse:
    return using.complete(response_id=response.id, **make.by(), **values)


def test_completing_draws_the_voucher_and_keeps_the_purchase(scope: Merchant) -> None:
    response = make.give()

    done = complete(response, reference=" T-17 ")

    assert (done.status, done.reference, done.completed_at is not None) == (Status.COMPLETED, "T-17", True)
    assert usable_balance(customer_id=done.customer_id, unit=Unit.VOUCHER, at=timezone.now()) == 0
    assert Movement.objects.get(entry_id=done.closed_entry_id).grant_id == done.grant_id
    assert check_responses(scope.id) == []


REFUSALS: list[tuple[Callable[[], OfferResponse], type[Refused], str]] = [
    (lambda: make.standing(Status.COMPLETED), AlreadyCompleted, "already_completed"),
    (lambda: make.standing(Status.CANCELED), Canceled, "canceled"),
    (lambda: make.standing(Status.EXPIRED), Expired, "expired"),
    (lambda: make.ended(make.give()), Expired, "expired"),
    (lambda: make.give(make.offer(needs_clip=True)), NotClipped, "not_clipped"),
    (lambda: make.give(make.passed()), OutsideUsagePeriod, "outside_usage_period"),
    (lambda: make.give(make.not_started()), OutsideUsagePeriod, "outside_usage_period"),
    (lambda: make.standing(Status.PROCESSING), TransitionNotAllowed, "transition_not_allowed"),
]


@pytest.mark.parametrize(("prepare", "refusal", "code"), REFUSALS)
def test_refuses_what_cannot_be_used(
    scope: Merchant, prepare: Callable[[], OfferResponse], refusal: type[Refused], code: str
) -> None:
    response = prepare()

    with pytest.raises(refusal) as refused:
        complete(response)

    assert refused.value.code == code
    assert make.fresh(response).version == response.version
    if code != "transition_not_allowed":
        with pytest.raises(refusal):
            using.reserve(response_id=response.id, **make.by())


def test_clipping_opens_the_gate(scope: Merchant) -> None:
    response = make.give(make.offer(needs_clip=True))

    assert using.clip(response_id=response.id, **make.by()).status == Status.CLIPPED
    assert complete(response).status == Status.COMPLETED


def test_usage_period_ends_before_its_last_instant(scope: Merchant) -> None:
    now = timezone.now()
    response = make.give(make.offer(usage_kind="after_response", usage_days=1, days_valid=5), now=now)

    with pytest.raises(OutsideUsagePeriod):
        using.complete(response_id=response.id, actor=make.TILL, now=now + timedelta(days=1))
    using.complete(response_id=response.id, actor=make.TILL, now=now + timedelta(days=1) - timedelta(microseconds=1))


def test_reservation_holds_against_everybody_else(scope: Merchant) -> None:
    response, token = using.reserve(response_id=make.give().id, **make.by())

    for wrong in ("", "x" * 32):
        with pytest.raises(ReservedByAnother):
            complete(response, token=wrong)
    with pytest.raises(AlreadyReserved):
        using.reserve(response_id=response.id, **make.by())
    with pytest.raises(ReservedByAnother):
        using.release(response_id=response.id, token="y" * 32, **make.by())

    done = complete(response, token=token)
    assert (done.status, done.reserved_until, done.reservation) == (Status.COMPLETED, None, "")
    assert token not in str(OfferChange.objects.filter(response=response).values())


def test_reservation_ends_by_itself(scope: Merchant) -> None:
    now = timezone.now()
    response, _token = using.reserve(response_id=make.give().id, actor=make.TILL, now=now - timedelta(minutes=16))

    # Nobody has run a job, and the till that held it is too late nevertheless.
    again, other = using.reserve(response_id=response.id, **make.by())
    assert again.reserved_until is not None
    assert again.reserved_until > now
    assert complete(again, token=other).status == Status.COMPLETED


def test_released_by_its_token_or_by_staff(scope: Merchant) -> None:
    response, token = using.reserve(response_id=make.give().id, ttl=timedelta(days=1), **make.by())
    using.release(response_id=response.id, token=token, **make.by())
    # A second time there is nothing to release.
    assert using.release(response_id=response.id, token=token, **make.by()).version == response.version + 1
    using.reserve(response_id=response.id, **make.by())

    assert using.release(response_id=response.id, **make.by(make.STAFF)).reserved_until is None
    with pytest.raises(ValueError, match="a day"):
        using.reserve(response_id=response.id, ttl=timedelta(days=1, seconds=1), **make.by())
    assert check_responses(scope.id) == []


def test_reversing_needs_a_completion(scope: Merchant) -> None:
    with pytest.raises(NotCompleted) as refused:
        closing.reverse(response_id=make.give().id, reason="Returned", **make.by())

    assert refused.value.code == "not_completed"


def test_foreign_response_is_not_found(scope: Merchant, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        theirs = make.give()

    for act in (using.clip, using.complete, closing.cancel):
        with pytest.raises(OfferResponse.DoesNotExist):
            act(response_id=theirs.id, **make.by())


Together = Callable[..., list[Any]]


def _at_once(together: Together, merchant: Merchant, acts: list[Callable[[], Any]]) -> list[Any]:
    def one(act: Callable[[], Any]) -> Any:
        with merchant_scope(merchant):
            return act()

    return together(one, [(act,) for act in acts])


@pytest.mark.django_db(transaction=True)
def test_two_tills_at_once_and_one_wins(merchant: Merchant, together: Together) -> None:
    with merchant_scope(merchant):
        response = make.give()

    outcomes = _at_once(together, merchant, [lambda: complete(response)] * 8)

    assert sum(one.error is None for one in outcomes) == 1
    assert {type(one.error) for one in outcomes} == {type(None), AlreadyCompleted}
    with merchant_scope(merchant):
        assert OfferChange.objects.filter(event=Event.COMPLETED).count() == 1
        assert check_responses(merchant.id) == []


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_ledger_still_lets_one_through(
    merchant: Merchant, together: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with the row's lock off the tills run into each other, and the voucher is drawn once all the same."""
    with merchant_scope(merchant):
        response = make.give()
    everybody = Barrier(8)

    def unlocked(*, response_id: uuid.UUID) -> OfferResponse:
        """Read the response, and wait until all others have read it too."""
        found: OfferResponse = OfferResponse.objects.get(id=response_id)
        everybody.wait(timeout=30)
        return found

    monkeypatch.setattr(using, "locked", unlocked)

    outcomes = _at_once(together, merchant, [lambda: complete(response)] * 8)

    errors = [one.error for one in outcomes if one.error is not None]
    assert {type(error) for error in errors} - {AlreadyCompleted}, "nobody met anybody"
    with merchant_scope(merchant):
        assert Movement.objects.filter(entry__event="offer.completed").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("rival", ["reserve", "expire", "sweep", "cancel", "process"])
def test_redeeming_against_a_rival_ends_in_one_of_the_two(merchant: Merchant, together: Together, rival: str) -> None:
    with merchant_scope(merchant):
        response = make.give(make.offer(days_valid=1, total_limit=5))
    late = timezone.now() + timedelta(days=2)
    by = make.by(make.STAFF)
    rivals: dict[str, Callable[[], Any]] = {
        "reserve": lambda: using.reserve(response_id=response.id, **make.by()),
        "expire": lambda: closing.expire(response_id=response.id, reason="Gone", **by),
        "sweep": lambda: expiry.expire_due(now=late),
        "cancel": lambda: closing.cancel(response_id=response.id, reason="Gone", **by),
        "process": lambda: using.start_processing(response_id=response.id, **by),
    }

    outcomes = _at_once(together, merchant, [lambda: complete(response), rivals[rival]] * 4)

    unexpected = [one.error for one in outcomes if one.error and not isinstance(one.error, Refused)]
    assert unexpected == []
    with merchant_scope(merchant):
        now = make.fresh(response)
        completed = OfferChange.objects.filter(event=Event.COMPLETED).count()
        ended = OfferChange.objects.filter(event__in=[Event.EXPIRED, Event.CANCELED, Event.PROCESSING]).count()
        assert completed + ended <= 1 or rival == "reserve"
        assert (completed == 1) == (now.status == Status.COMPLETED)
        assert check_responses(merchant.id) == []


def test_unknown_response_is_not_found(scope: Merchant) -> None:
    with pytest.raises(OfferResponse.DoesNotExist):
        using.complete(response_id=uuid.uuid4(), **make.by())


@pytest.mark.parametrize(("zone", "usable"), [("UTC", True), ("Pacific/Kiritimati", False)])
def test_days_and_hours_are_those_of_the_merchant(merchant: Merchant, zone: str, usable: bool) -> None:
    """Noon in Greenwich is two in the morning on the Line Islands."""
    Merchant.objects.filter(id=merchant.id).update(time_zone=zone)
    noon = timezone.now().replace(hour=12, minute=0) - timedelta(days=1)
    with merchant_scope(merchant):
        response = make.give(
            make.offer(usage_kind="same", weekdays=127, minute_from=600, minute_to=900), source=Source.STAFF
        )
        if usable:
            using.check_usable(response=response, at=noon)
        else:
            with pytest.raises(OutsideUsagePeriod):
                using.check_usable(response=response, at=noon)

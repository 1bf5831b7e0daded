"""Getting a response: everything at once, or nothing and the reason why."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from codes.models import Code
from codes.states import CodeState
from ledger import checks
from ledger.models import Entry, Grant
from offers.checks import check_responses
from offers.errors import KeyReused, OfferNotOpen, ResponseLimitReached, SoldOut
from offers.models import OfferChange, OfferResponse, OfferStock, OfferToken
from offers.services import stock
from offers.states import PeriodKind, Source, Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.offers import factories as make

pytestmark = pytest.mark.django_db


def _nothing_happened(who: Any) -> None:
    assert not OfferResponse.objects.exists()
    assert not Code.objects.exclude(state=CodeState.FREE).exists()
    assert not Entry.objects.filter(customer_id=who.id).exists()


def test_issues_code_voucher_row_and_history_together(scope: Merchant) -> None:
    who, what = make.member(), make.offer(pool=make.pool(2), usage_kind=PeriodKind.AFTER_RESPONSE, usage_days=14)

    response = make.give(what, who)

    entry = Entry.objects.get(id=response.entry_id)
    grant = Grant.objects.get(id=response.grant_id)
    assert (entry.event, entry.origin, entry.origin_id, entry.subject_id) == (
        "offer.issued",
        "offer_response",
        response.id,
        what.id,
    )
    assert (grant.unit, grant.remaining, grant.code) == ("VOUCHER", 1, response.code_value)
    assert grant.expires_at == response.expires_at == response.usage_to
    assert (response.status, response.member_email, response.offer_name) == (Status.PENDING, who.email, "Ten off")
    assert OfferChange.objects.get(response=response).entry_id == response.entry_id
    assert OfferToken.objects.filter(row=response, token=who.email).exists()
    assert check_responses(scope.id) == []
    assert checks.run(scope.id).findings == []


def test_starts_as_clipped_where_asked_to(scope: Merchant) -> None:
    response = make.give(make.offer(needs_clip=True), source=Source.BULK, actor=make.STAFF, is_clipped=True)

    assert (response.status, response.clipped_at) == (Status.CLIPPED, response.issued_at)
    assert check_responses(scope.id) == []


def test_makes_codes_by_the_pattern(scope: Merchant) -> None:
    codes = make.pool(0, pattern="G-########")
    what = make.offer(pool=codes, code_source="generated")

    first, second = make.give(what), make.give(what)

    assert first.code_value != second.code_value
    assert first.code_value.startswith("G-")
    assert check_responses(scope.id) == []


def test_voucher_is_usable_from_the_beginning_of_the_usage_period(scope: Merchant) -> None:
    response = make.give(make.not_started())

    assert Grant.objects.get(id=response.grant_id).usable_from == response.usage_from


@pytest.mark.parametrize(
    ("when", "source"),
    [
        ({"published_at": None}, Source.MEMBER),
        ({"published_at": None}, Source.STAFF),
        ({"archived_at": timezone.now()}, Source.STAFF),
        ({"is_claimable": False}, Source.MEMBER),
        ({"is_claimable": False}, Source.POS),
        ({"effectivity_kind": "fixed", "effectivity_to": timezone.now() - timedelta(1)}, Source.STAFF),
        ({"effectivity_kind": "fixed", "effectivity_to": timezone.now() - timedelta(1)}, Source.MEMBER),
        ({"effectivity_kind": "fixed", "effectivity_from": timezone.now() + timedelta(1)}, Source.MEMBER),
        ({"response_kind": "fixed", "response_from": timezone.now() + timedelta(1)}, Source.POS),
        ({"response_kind": "fixed", "response_to": timezone.now() - timedelta(1)}, Source.MEMBER),
        ({"response_kind": "after_publishing", "response_days": 1}, Source.MEMBER),
    ],
)
def test_refuses_an_offer_that_is_not_open(scope: Merchant, when: dict[str, Any], source: Source) -> None:
    who, what = make.member(), make.offer(**when)

    with pytest.raises(OfferNotOpen) as refused:
        make.give(what, who, source=source)

    assert refused.value.code == "offer_not_open"
    _nothing_happened(who)


def test_staff_give_what_members_cannot_claim(scope: Merchant) -> None:
    what = make.offer(is_claimable=False, response_kind=PeriodKind.FIXED, response_to=make.soon(days=-1))

    assert make.give(what, source=Source.STAFF, actor=make.STAFF).status == Status.PENDING


def test_same_key_is_one_response(scope: Merchant) -> None:
    who, what = make.member(), make.offer()

    first = make.give(what, who, op_key="k")

    assert make.give(what, who, op_key="k").id == first.id
    with pytest.raises(KeyReused):
        make.give(what, make.member(), op_key="k")


def test_member_limit_and_total_limit_say_which(scope: Merchant) -> None:
    who, what = make.member(), make.offer(member_limit=1, total_limit=2)
    make.give(what, who)

    with pytest.raises(ResponseLimitReached) as limited:
        make.give(what, who)
    make.give(what)
    with pytest.raises(SoldOut) as sold_out:
        make.give(what)

    assert (limited.value.code, sold_out.value.code) == ("response_limit_reached", "sold_out")
    assert OfferStock.objects.get(offer=what).taken == 2
    assert check_responses(scope.id) == []


def test_empty_pool_is_sold_out_and_leaves_nothing(scope: Merchant) -> None:
    who = make.member()
    what = make.offer(pool=make.pool(0), total_limit=5, member_limit=5)

    with pytest.raises(SoldOut):
        make.give(what, who)

    assert OfferStock.objects.get(offer=what).taken == 0
    _nothing_happened(who)


def test_trigger_answers_one_entry_once(scope: Merchant) -> None:
    who, what, entry = make.member(), make.offer(), uuid.uuid4()
    make.give(what, who, source=Source.TRIGGER, trigger_entry_id=entry)

    with pytest.raises(IntegrityError), transaction.atomic():
        make.give(what, who, source=Source.TRIGGER, trigger_entry_id=entry)


def _race(together: Callable[..., Any], merchant: Merchant, what: Any, people: list[Any]) -> list[Any]:
    def one(who: Any) -> OfferResponse:
        with merchant_scope(merchant):
            return make.give(what, who)

    return list(together(one, [(who,) for who in people]))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["total", "codes", "member"])
def test_the_last_ones_go_once(merchant: Merchant, together: Callable[..., Any], kind: str) -> None:
    with merchant_scope(merchant):
        limits: dict[str, dict[str, Any]] = {
            "total": {"total_limit": 3},
            "codes": {"pool": make.pool(3)},
            "member": {"member_limit": 3},
        }
        what = make.offer(**limits[kind])
        people = [make.member()] * 10 if kind == "member" else [make.member() for _ in range(10)]

    outcomes = _race(together, merchant, what, people)

    refusal = ResponseLimitReached if kind == "member" else SoldOut
    assert sum(one.error is None for one in outcomes) == 3
    assert {type(one.error) for one in outcomes} == {type(None), refusal}
    with merchant_scope(merchant):
        assert OfferResponse.objects.count() == 3
        assert check_responses(merchant.id) == []


@pytest.mark.django_db(transaction=True)
def test_without_the_counters_members_take_too_many(
    merchant: Merchant, together: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: with the guard off the race above does harm, and the check sees it."""
    with merchant_scope(merchant):
        what = make.offer(total_limit=1)
        people = [make.member() for _ in range(4)]
    monkeypatch.setattr(stock, "take", lambda **_: None)

    outcomes = _race(together, merchant, what, people)

    assert sum(one.error is None for one in outcomes) == 4
    with merchant_scope(merchant):
        assert [finding.check for finding in check_responses(merchant.id)] == ["offer_stock"]


@pytest.mark.django_db(transaction=True)
def test_parallel_tries_of_one_request_make_one(merchant: Merchant, together: Callable[..., Any]) -> None:
    with merchant_scope(merchant):
        who, what = make.member(), make.offer(total_limit=5, member_limit=5, pool=make.pool(5))

    def one() -> Any:
        with merchant_scope(merchant):
            return make.give(what, who, op_key="4711").id

    outcomes = together(one, [()] * 10)

    assert [one.error for one in outcomes] == [None] * 10
    assert len({one.value for one in outcomes}) == 1
    with merchant_scope(merchant):
        assert Code.objects.filter(state=CodeState.TAKEN).count() == 1
        assert check_responses(merchant.id) == []

"""Marks: what a list says of signals is what a claim's page says, whoever came first and whatever was corrected."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from claims_center import signals
from claims_center.filters import ClaimFilter
from claims_center.models import Claim, ClaimChange, SignalKind
from claims_center.services import corrections, verdicts
from claims_center.services.marks import mark, mark_all_later
from claims_center.services.processing import mark_processed
from claims_center.services.signals import dismiss_signal, save_rules
from claims_center.services.submission import submit_claim
from claims_center.signals.marks import BITS, kinds_in, marks_with
from jobs.models import Job
from jobs.runner import run_kind
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import NOW, NUMBER, STAFF, given_for, make_claim, make_funnel, make_promotion
from tests.support.threads import Outcome

BY: dict[str, Any] = {"actor": STAFF, "now": NOW}
PHONE = {"phone": "+1 555 123 4567"}


@pytest.fixture
def shop(transactional_db: None, merchant: Merchant) -> "Shop":
    """A merchant whose jobs are run when the test says so."""
    return Shop(merchant)


class Shop:
    """Claims of one merchant, and their marks after the jobs have run."""

    def __init__(self, merchant: Merchant) -> None:
        self.merchant = merchant
        with merchant_scope(merchant):
            self.funnel = make_funnel(make_promotion("fixed"), order_number="optional")

    def claim(self, number: int, **values: Any) -> Claim:
        """A claim of its own customer with its own order number, unless told otherwise."""
        with merchant_scope(self.merchant):
            given = {"email": f"c{number}@example.com", "order_number": f"4711-000{number}"}
            return make_claim(self.funnel, **given | values)

    def do(self, act: Callable[..., Any], claim: Claim, **given: Any) -> None:
        """Act on a claim."""
        with merchant_scope(self.merchant):
            act(claim_id=claim.id, **given)

    def marks(self) -> dict[uuid.UUID, set[str]]:
        """Run what waits; return each claim's marked kinds, which are those that its page shows as open."""
        for kind in ("claims.rematch", "claims.mark_signals"):
            run_kind(self.merchant.id, kind)
        with merchant_scope(self.merchant):
            claims = list(Claim.objects.all())
            for claim in claims:
                shown = {one.kind.value for one in signals.signals_of(claim) if one.is_open}
                assert {kind.value for kind in kinds_in(claim.signals)} == shown
            return {claim.id: {kind.value for kind in kinds_in(claim.signals)} for claim in claims}


def test_sort_by_what_tells_most() -> None:
    assert kinds_in(0) == []
    assert kinds_in(BITS["same_phone"] | BITS["same_number"]) == [SignalKind.SAME_NUMBER, SignalKind.SAME_PHONE]
    assert set(BITS) == set(SignalKind.values)
    assert all(BITS["many_claims"] & one for one in marks_with("many_claims"))


@pytest.mark.parametrize(
    ("given", "kind"),
    [(PHONE, "same_phone"), ({"order_number": NUMBER}, "same_number")],
)
def test_mark_both_when_the_second_comes_in(shop: Shop, given: dict[str, str], kind: str) -> None:
    first = shop.claim(1, **given)
    assert shop.marks() == {first.id: set()}
    second = shop.claim(2, **given)
    other = shop.claim(3)
    assert shop.marks() == {first.id: {kind}, second.id: {kind}, other.id: set()}


def test_mark_a_mailbox_and_too_many(shop: Shop) -> None:
    first, alias = shop.claim(1, email="ann@shop.example"), shop.claim(2, email="ann+2@shop.example")
    many = [shop.claim(9, order_number=f"4711-1{number}") for number in range(5)]
    found = shop.marks()
    assert found[first.id] == found[alias.id] == {"email_alias"}
    assert [found[claim.id] for claim in many][-1] == {"many_claims"}


def test_follow_a_correction_on_both_sides(shop: Shop) -> None:
    with merchant_scope(shop.merchant):
        shop.funnel = make_funnel(make_promotion("item"), order_number="optional")
    first, second = shop.claim(1), shop.claim(2)
    assert shop.marks() == {first.id: {"same_address"}, second.id: {"same_address"}}
    there = {"street": "Elm Street", "house_number": "7", "city": "Salem", "postal_code": "97301", "country": "us"}
    shop.do(corrections.update_address, second, address=there, **BY)
    assert shop.marks() == {first.id: set(), second.id: set()}
    shop.do(corrections.correct_email, second, email="c1+x@example.com", **BY)
    assert shop.marks() == {first.id: {"email_alias"}, second.id: {"email_alias"}}


def test_follow_a_corrected_order_number(shop: Shop) -> None:
    first, second = shop.claim(1, order_number=NUMBER), shop.claim(2)
    shop.do(corrections.correct_order_number, second, order_number=NUMBER, **BY)
    assert shop.marks() == {first.id: {"same_number"}, second.id: {"same_number"}}
    shop.do(corrections.correct_order_number, second, order_number="4711-0099", **BY)
    assert shop.marks() == {first.id: set(), second.id: set()}


def test_forget_a_rejected_claim_even_where_the_other_is_processed(shop: Shop) -> None:
    with merchant_scope(shop.merchant):
        shop.funnel = make_funnel(make_promotion("item"), order_number="optional")
    first, second = shop.claim(1, order_number=NUMBER), shop.claim(2, order_number=NUMBER)
    with merchant_scope(shop.merchant):
        verdicts.verify(claim_id=first.id, reason="Seen", **BY)
        mark_processed(claim_id=first.id, **BY)
    assert "same_number" in shop.marks()[first.id]
    shop.do(verdicts.reject, second, reason="Twice", **BY)
    assert "same_number" not in shop.marks()[first.id]
    shop.do(verdicts.reopen, second, reason="No", **BY)
    assert "same_number" in shop.marks()[first.id]


def test_take_the_mark_off_at_once_when_it_is_settled(shop: Shop) -> None:
    first, second = shop.claim(1, **PHONE), shop.claim(2, **PHONE)
    shop.marks()
    shop.do(dismiss_signal, first, kind="same_phone", note="A household", **BY)
    with merchant_scope(shop.merchant):
        assert Claim.objects.get(id=first.id).signals == 0
    assert shop.marks() == {first.id: set(), second.id: {"same_phone"}}


def test_show_it_again_when_another_one_comes_in(shop: Shop) -> None:
    first, _second = shop.claim(1, **PHONE), shop.claim(2, **PHONE)
    shop.do(dismiss_signal, first, kind="same_phone", note="A household", **BY)
    assert shop.marks()[first.id] == set()
    with merchant_scope(shop.merchant):
        later = given_for(shop.funnel, email="c3@example.com", order_number="4711-0003", **PHONE)
        submit_claim(given=later, now=NOW.replace(hour=13))
    assert shop.marks()[first.id] == {"same_phone"}


def test_mark_all_anew_when_the_rules_change(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claims_center.services.marks.PORTION", 2)
    claims = [shop.claim(9, order_number=f"4711-1{number}") for number in range(3)]
    assert set(map(frozenset, shop.marks().values())) == {frozenset()}
    with merchant_scope(shop.merchant):
        save_rules(most_claims=1, days=30, **BY)
        save_rules(most_claims=1, days=30, **BY)
        assert Job.objects.filter(kind="claims.mark_signals", state="due").count() == 1
    assert shop.marks()[claims[-1].id] == {"many_claims"}
    with merchant_scope(shop.merchant):
        mark_all_later(now=NOW)
    shop.marks()


def test_see_each_other_when_both_come_in_at_once(shop: Shop, together: Callable[..., list[Outcome]]) -> None:
    def come(number: int) -> None:
        shop.claim(number, **PHONE)

    outcomes = together(come, [(1,), (2,), (3,)])
    assert [outcome.error for outcome in outcomes] == [None] * 3
    assert list(shop.marks().values()) == [{"same_phone"}] * 3


def test_change_neither_version_nor_history(shop: Shop) -> None:
    first, _second = shop.claim(1, **PHONE), shop.claim(2, **PHONE)
    shop.marks()
    with merchant_scope(shop.merchant):
        found = Claim.objects.get(id=first.id)
        assert (found.version, ClaimChange.objects.filter(claim_id=first.id).count()) == (1, 1)
        assert mark(claim_ids=[first.id], with_others=True) == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("signal=any", {1, 2, 3, 4}),
        ("signal=same_phone", {1, 2}),
        ("signal=same_phone&signal=same_number", {1, 2, 3, 4}),
        ("signal=many_claims", set()),
        ("attention=answered&attention=mail_missed", {5}),
    ],
)
def test_find_by_what_stands_out(scope: Merchant, query: str, found: set[int]) -> None:
    from django.http import QueryDict  # noqa: PLC0415 - the only test that has one

    funnel = make_funnel(make_promotion("fixed"), order_number="optional")
    given: dict[int, dict[str, str]] = {
        1: PHONE,
        2: PHONE,
        3: {"order_number": NUMBER},
        4: {"order_number": NUMBER},
        5: {},
    }
    claims = {
        number: make_claim(funnel, **{"email": f"c{number}@example.com", "order_number": f"4711-000{number}"} | values)
        for number, values in given.items()
    }
    mark(claim_ids=[claim.id for claim in claims.values()])
    Claim.objects.filter(id=claims[5].id).update(attention="answered")
    rows = ClaimFilter(QueryDict(query), queryset=Claim.objects.all()).qs
    assert {number for number, claim in claims.items() if claim.id in set(rows.values_list("id", flat=True))} == found

"""Claims are checked again whenever orders come in."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from claims_center import rematching
from claims_center.imports import orders
from claims_center.models import Claim, ClaimChange, Order
from claims_center.services import corrections, rechecks, verdicts
from claims_center.states import Delivery, Event, Status, Verification
from jobs.models import Job
from jobs.runner import run_kind
from ledger import checks
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import (
    NOW,
    NUMBER,
    STAFF,
    make_claim,
    make_funnel,
    make_order,
    make_pool,
    make_promotion,
)
from tests.claims_center.reports import ROW, amazon_report

pytestmark = pytest.mark.django_db(transaction=True)
BY: dict[str, Any] = {"actor": STAFF, "now": NOW}


@pytest.fixture
def shop(transactional_db: None) -> Merchant:
    return Merchant.objects.create(name="Brew & Bloom", slug="brew-bloom")


def work(shop: Merchant) -> None:
    """Run what waits, as the worker does."""
    for kind in ("claims.rematch", "claims.follow_up", "claims.refresh_copies", "claims.mark_signals"):
        run_kind(shop.id, kind)
    with merchant_scope(shop):
        assert not Job.objects.filter(kind__startswith="claims.").exclude(state="done").exists()


def bring_in(shop: Merchant, tmp_path: Path, *rows: dict[str, str]) -> None:
    path = tmp_path / f"{uuid.uuid4().hex}.txt"
    path.write_bytes(amazon_report(*rows))
    orders.apply(path, merchant_id=shop.id, actor=STAFF, now=NOW)
    work(shop)


def test_match_a_claim_whose_order_comes_later(shop: Merchant, tmp_path: Path) -> None:
    with merchant_scope(shop):
        claim = make_claim(order_number="8821034")
        assert claim.verification == Verification.NOT_CHECKED

    bring_in(shop, tmp_path, ROW)

    with merchant_scope(shop):
        claim = Claim.objects.get()
        change = ClaimChange.objects.get(event=Event.RECHECKED)
        assert (claim.verification, claim.status) == (Verification.MATCH, Status.NEW)
        assert claim.matched_order_id == Order.objects.get().id
        assert (change.detail, change.actor) == ({"from": "not_checked", "to": "match"}, "system")


def test_say_no_such_order_once_orders_are_known(shop: Merchant, tmp_path: Path) -> None:
    with merchant_scope(shop):
        make_claim(order_number="999-9999999-9999999")

    bring_in(shop, tmp_path, ROW)

    with merchant_scope(shop):
        assert Claim.objects.get().verification == Verification.NO_SUCH_ORDER


def test_take_a_match_back_when_the_order_is_cancelled(shop: Merchant, tmp_path: Path) -> None:
    bring_in(shop, tmp_path, ROW)
    with merchant_scope(shop):
        claim = make_claim()
        verdicts.verify(claim_id=claim.id, **BY)

    later = "2026-11-20T09:00:00+00:00"
    bring_in(shop, tmp_path, ROW | {"order-status": "Cancelled", "last-updated-date": later})

    with merchant_scope(shop):
        claim = Claim.objects.get()
        assert (claim.verification, claim.status) == (Verification.NO_SUCH_ORDER, Status.VERIFIED)


def test_verify_and_send_by_itself_when_the_order_comes(shop: Merchant, tmp_path: Path) -> None:
    with merchant_scope(shop):
        make_claim(make_funnel(auto_verify=True, auto_send=True))

    bring_in(shop, tmp_path, ROW)

    with merchant_scope(shop):
        claim = Claim.objects.get()
        assert (claim.status, claim.delivery_status) == (Status.VERIFIED, Delivery.QUEUED)
    assert checks.run(shop.id).findings == []


def test_leave_a_verified_claim_where_the_pool_is_empty(shop: Merchant, tmp_path: Path) -> None:
    with merchant_scope(shop):
        make_claim(make_funnel(make_promotion(pool=make_pool()), auto_verify=True, auto_send=True))

    bring_in(shop, tmp_path, ROW)

    with merchant_scope(shop):
        claim = Claim.objects.get()
        assert (claim.status, claim.delivery_status) == (Status.VERIFIED, Delivery.NOT_SENT)


def test_let_the_second_claim_match_once_the_first_is_rejected(shop: Merchant) -> None:
    with merchant_scope(shop):
        make_order()
        funnel = make_funnel()
        first = make_claim(funnel)
        second = make_claim(funnel, email="bob@example.com")
        assert second.verification == Verification.ALREADY_CLAIMED
        verdicts.reject(claim_id=first.id, reason="Not ours", **BY)
    work(shop)

    with merchant_scope(shop):
        assert Claim.objects.get(id=second.id).verification == Verification.MATCH
        verdicts.reopen(claim_id=first.id, reason="Ours after all", **BY)
    work(shop)

    with merchant_scope(shop):
        assert dict(Claim.objects.values_list("id", "verification")) == {
            first.id: Verification.MATCH,
            second.id: Verification.ALREADY_CLAIMED,
        }


def test_check_again_what_was_typed_wrongly(shop: Merchant) -> None:
    with merchant_scope(shop):
        make_order()
        claim = make_claim(order_number="111-0000000-0000000")
        corrections.correct_order_number(claim_id=claim.id, order_number=NUMBER, **BY)
    work(shop)

    with merchant_scope(shop):
        assert Claim.objects.get().verification == Verification.MATCH


def test_go_through_an_import_in_portions(shop: Merchant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rematching, "ORDERS", 2)
    monkeypatch.setattr(rematching, "CLAIMS", 2)
    numbers = [f"111-0000000-000000{n}" for n in range(7)]
    with merchant_scope(shop):
        funnel = make_funnel()
        for number in numbers:
            make_claim(funnel, order_number=number)

    bring_in(shop, tmp_path, *[ROW | {"amazon-order-id": number} for number in numbers])

    with merchant_scope(shop):
        assert set(Claim.objects.values_list("verification", flat=True)) == {Verification.MATCH}


def test_touch_no_claim_that_nothing_changes_for(shop: Merchant, tmp_path: Path) -> None:
    bring_in(shop, tmp_path, ROW)
    with merchant_scope(shop):
        version = make_claim().version

    bring_in(shop, tmp_path, ROW | {"ship-city": "SALEM", "quantity": "3"})

    with merchant_scope(shop):
        assert Claim.objects.get().version == version
        assert Order.objects.get().item_count == 3


def test_see_only_claims_of_the_same_merchant(shop: Merchant, tmp_path: Path) -> None:
    other = Merchant.objects.create(name="North Trail", slug="north-trail")
    with merchant_scope(other):
        make_claim()

    bring_in(shop, tmp_path, ROW)

    with merchant_scope(other):
        assert Claim.objects.get().verification == Verification.NOT_CHECKED


def test_come_after_nobody_when_checked_twice_at_once(shop: Merchant, together: Any) -> None:
    """Both checks bring the claim from the digits that were typed to the order's number; neither sees it as an earlier one."""
    with merchant_scope(shop):
        claim = make_claim(order_number="8821034")
        make_order()

    def check() -> None:
        with merchant_scope(shop):
            rechecks.recheck(claim_ids=[claim.id], now=NOW)

    outcomes = together(check, [()] * 6)

    assert [outcome.error for outcome in outcomes if outcome.error] == []
    with merchant_scope(shop):
        found = Claim.objects.get()
        assert (found.verification, found.number_turn) == (Verification.MATCH, 1)

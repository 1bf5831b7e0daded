"""Synthetic redeemed rewards: of every kind, true to the books and to the product's own rules."""

import io
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from codes.normalise import value_norm
from ledger.acts import Step, digest_of
from ledger.models import Entry, Grant, Movement
from ledger.selectors import open_grants
from ledger.services import post, record, reverse
from ledger.units import Unit
from loyalty.coupon import status_of
from loyalty.models import CashbackPayment, Purchase, RedeemedReward, RewardStock, RewardTaken
from loyalty.search import words_for
from loyalty.services.using import mark_used
from loyalty.states import CashbackStatus, CouponStatus, DeliveryStatus, RewardType, Source
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

NUMBER, MANY = 400, 1600

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside", "owner"])


def load(**numbers: int) -> Merchant:
    wanted = {"merchants": 1, "customers": 60, "claims": 40, "redeemed": NUMBER} | numbers
    call_command("generate_load", stdout=io.StringIO(), **wanted)
    return Merchant.objects.get(slug="load-1")


def test_make_rewards_of_every_kind_whose_books_add_up() -> None:
    with merchant_scope(load(customers=250, redeemed=MANY)):
        rows = RedeemedReward.objects.all()
        assert rows.count() == MANY
        seen = {name: set(rows.values_list(name, flat=True)) for name in ("reward_type", "source", "delivery_status")}
        assert seen["reward_type"] == set(RewardType.values)
        assert seen["source"] == set(Source.values) - {Source.RULE}
        assert seen["delivery_status"] == set(DeliveryStatus.values)
        assert set(rows.values_list("coupon_status", flat=True)) == set(CouponStatus.values)
        assert {CashbackStatus.NONE, CashbackStatus.SUCCESS} <= set(rows.values_list("cashback_status", flat=True))
        assert rows.filter(is_refunded=True, cost_in_points__gt=0).exists()
        assert RewardStock.objects.filter(taken__gt=0).exists()
        assert RewardTaken.objects.filter(taken__gt=1).exists()
        assert Entry.objects.filter(event="grant.expired").exists()
        # Somebody's points were paid for by more than one lot.
        assert Movement.objects.filter(unit=Unit.POINT, target__bucket="REDEEMED", position__gt=1).exists()
    call_command("check_ledger", merchant="load-1", stdout=io.StringIO())


def test_write_what_the_product_itself_would_have_written() -> None:
    with merchant_scope(load()):
        for row in RedeemedReward.objects.select_related("customer", "code", "grant"):
            assert row.coupon_status == status_of(row, at=timezone.now())
            assert row.grant.code == (row.code_value or None)
            assert set(row.tokens.values_list("token", flat=True)) == _words(row), row.customer_email
            assert row.changes.count() == row.version
            if row.code:
                assert row.code.value_norm == value_norm(row.code_value)
        for payment in CashbackPayment.objects.select_related("redeemed"):
            assert payment.order_id == f"CB{payment.redeemed_id.hex}"
            assert payment.status == payment.redeemed.cashback_status
        for bought in Purchase.objects.select_related("grant"):
            assert bought.grant
            assert bought.points_earned == bought.grant.amount


def _words(row: RedeemedReward) -> set[str]:
    names = {name: getattr(row.customer, name) for name in ("first_name", "last_name", "email", "phone_norm")}
    return words_for(reward_name=row.reward_name, code=row.code_value, **names)


def test_write_acts_that_the_ledger_takes_for_its_own() -> None:
    with merchant_scope(load()):
        rows = RedeemedReward.objects.exclude(cost_in_points=0)
        used, gone = rows.filter(used_at__isnull=False)[0], rows.filter(is_refunded=True)[0]
        kept = rows.filter(is_refunded=False, canceled_at__isnull=False)[0]
        bought = Purchase.objects.all()[0]
        grants = [Step.draw(unit=Unit.POINT, amount=used.cost_in_points), Step.grant(unit=Unit.VOUCHER, amount=1)]
        digest = digest_of("redeem", used.reward_id, used.customer_id, used.cost_in_points)
        again = [
            post(steps=grants, **_about(used, "reward.redeemed", f"redeem:{used.op_key}"), digest=digest),
            post(
                steps=[Step.draw(unit=Unit.VOUCHER, amount=1, grant_id=used.grant_id)],
                **_about(used, "reward.used", f"redeemed_reward:{used.id}:2"),
            ),
            reverse(
                reverses=gone.entry_id, **_about(gone, "reward.canceled", f"redeemed_reward:{gone.id}:{gone.version}")
            ),
            post(
                steps=[Step.revoke(grant_id=kept.grant_id)],
                **_about(kept, "reward.canceled", f"redeemed_reward:{kept.id}:{kept.version}"),
            ),
            record(
                event="purchase.recorded",
                origin="purchase",
                origin_id=bought.id,
                customer_id=bought.customer_id,
                actor=Actor.system(),
                key=f"purchase:{bought.reference}",
                digest=digest_of("purchase", bought.customer_id, bought.amount),
            ),
        ]
        assert [posted.replayed for posted in again] == [True] * len(again)


def _about(row: RedeemedReward, event: str, key: str) -> dict[str, Any]:
    told: dict[str, Any] = {"event": event, "origin": "redeemed_reward", "origin_id": row.id, "key": key}
    return told | {"subject_id": row.reward_id, "customer_id": row.customer_id, "actor": Actor.system()}


def test_go_on_with_the_products_own_services() -> None:
    merchant = load(claims=0)
    with merchant_scope(merchant):
        row = RedeemedReward.objects.filter(coupon_status=CouponStatus.ACTIVE, used_at=None, reward_type="gift")[0]
        assert mark_used(redeemed_id=row.id, actor=Actor.system(), now=timezone.now()).used_at
        lots = open_grants(customer_id=row.customer_id, unit=Unit.POINT, at=timezone.now())
        assert [lot.remaining for lot in lots if lot.remaining > lot.amount] == []
        assert Grant.objects.filter(unit=Unit.POINT, valid_from__isnull=False).exists()
        assert Purchase.objects.filter(amount__gt=Decimal(100)).exists()
    call_command("check_ledger", merchant="load-1", stdout=io.StringIO())


def test_make_rewards_without_claims_and_claims_without_rewards() -> None:
    merchant = load(claims=0, redeemed=5)
    with merchant_scope(merchant):
        assert RedeemedReward.objects.count() == 5
    call_command("check_ledger", merchant="load-1", stdout=io.StringIO())

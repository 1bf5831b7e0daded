"""Cashback whose answers come late, out of order, or after the coupon's time: what was paid is always told."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from config.fakes.paytm import FakePayTM
from jobs.models import Job
from ledger import checks
from ledger.models import Grant
from ledger.services import backdated, expire_due
from ledger.units import Unit
from loyalty.cashback.paytm import PayTM
from loyalty.cashback.provider import Order, Verdict
from loyalty.models import CashbackAccount, CashbackPayment, RedeemedReward
from loyalty.services.cashback import retry
from loyalty.states import CashbackStatus, RewardType
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.loyalty.test_cashback import fresh, report, work

pytestmark = pytest.mark.django_db(transaction=True)
STAFF = Actor("user", uuid.UUID(int=7))
REFUSED, WAITING, PAID = "+919876543201", "+919876543209", "+919876543200"


def redeemed(merchant: Merchant, phone: str, *, ago: timedelta = timedelta(0), **reward: Any) -> RedeemedReward:
    at = timezone.now() - ago
    with merchant_scope(merchant), backdated(at=at):
        who = make.customer(phone=phone)
        make.points(who, 500)
        what = make.reward(reward_type=RewardType.CASHBACK, amount=Decimal("12.50"), **reward)
        return make.take(what, who, now=at)


def failed_and_tried_again(merchant: Merchant, phone: str) -> RedeemedReward:
    """A cashback whose first order has failed, with a second one opened to another number."""
    row = redeemed(merchant, REFUSED)
    work(merchant)
    with merchant_scope(merchant):
        row.customer.phone = phone
        row.customer.save()
        retry(redeemed_id=row.id, actor=STAFF, now=timezone.now())
    return row


def orders(row: RedeemedReward, merchant: Merchant) -> list[str]:
    with merchant_scope(merchant):
        found = CashbackPayment.objects.filter(redeemed=row).order_by("attempt")
        return list(found.values_list("status", flat=True))


def is_sound(merchant: Merchant) -> bool:
    return checks.run(merchant.id).findings == []


def test_first_order_turns_out_paid_before_the_second_goes_out(
    merchant: Merchant, paytm: FakePayTM, client: Client
) -> None:
    row = failed_and_tried_again(merchant, PAID)

    assert report(client, merchant, paytm, f"CB{row.id.hex}") == 200
    work(merchant)

    assert fresh(row, merchant).cashback_status == CashbackStatus.SUCCESS
    assert orders(row, merchant) == ["success", "failure"]
    assert paytm.transfers == [f"CB{row.id.hex}"]
    assert is_sound(merchant)


def test_first_order_turns_out_paid_while_the_second_is_open(
    merchant: Merchant, paytm: FakePayTM, client: Client
) -> None:
    row = failed_and_tried_again(merchant, WAITING)
    work(merchant)

    assert [report(client, merchant, paytm, f"CB{row.id.hex}") for _ in range(2)] == [200, 200]
    work(merchant)
    assert fresh(row, merchant).cashback_status == CashbackStatus.SUCCESS
    assert orders(row, merchant) == ["success", "pending"]

    # The second one is asked about until it is known; both payments stand in the history.
    assert report(client, merchant, paytm, f"CB{row.id.hex}A2") == 200
    assert orders(row, merchant) == ["success", "success"]
    with merchant_scope(merchant):
        assert RedeemedReward.objects.get().changes.filter(event="cashback.paid").count() == 2
    assert is_sound(merchant)


def test_second_order_fails_after_the_first_was_paid_after_all(
    merchant: Merchant, paytm: FakePayTM, client: Client
) -> None:
    row = failed_and_tried_again(merchant, WAITING)
    work(merchant)
    report(client, merchant, paytm, f"CB{row.id.hex}")
    text = fresh(row, merchant).cashback_text

    paytm.orders[f"CB{row.id.hex}A2"].status = ("FAILURE", "DE_602", "Wallet is blocked")
    work(merchant)

    assert orders(row, merchant) == ["success", "failure"]
    assert fresh(row, merchant).cashback_text == text
    with merchant_scope(merchant):
        assert RedeemedReward.objects.get().changes.order_by("-seq")[0].reason == "Wallet is blocked"
        assert retry(redeemed_id=row.id, actor=STAFF, now=timezone.now()).cashback_status == CashbackStatus.SUCCESS
        assert CashbackPayment.objects.count() == 2


@pytest.mark.parametrize("is_swept", [False, True])
def test_money_that_comes_after_the_coupons_end_is_told(
    merchant: Merchant, paytm: FakePayTM, client: Client, is_swept: bool
) -> None:
    row = redeemed(merchant, WAITING, ago=timedelta(days=2), days_valid=1)
    work(merchant)
    if is_swept:
        with merchant_scope(merchant):
            assert expire_due(unit=Unit.VOUCHER, actor=STAFF, now=timezone.now()).grants == 1

    assert report(client, merchant, paytm, f"CB{row.id.hex}") == 200

    assert fresh(row, merchant).cashback_status == CashbackStatus.SUCCESS
    with merchant_scope(merchant):
        assert Grant.objects.get(id=row.grant_id).remaining == 0
    assert is_sound(merchant)


def test_money_that_comes_before_the_coupon_is_active_is_told(merchant: Merchant, paytm: FakePayTM) -> None:
    row = redeemed(merchant, PAID, days_until_active=7)

    work(merchant)

    assert fresh(row, merchant).cashback_status == CashbackStatus.SUCCESS
    with merchant_scope(merchant):
        assert Grant.objects.get(id=row.grant_id).remaining == 0
        assert not Job.objects.filter(kind="cashback.settle").exclude(state="done").exists()
    assert is_sound(merchant)


def test_order_that_never_arrives_is_tried_less_and_less_often(merchant: Merchant, paytm: FakePayTM) -> None:
    redeemed(merchant, PAID)
    with merchant_scope(merchant):
        CashbackAccount.objects.update(base_url="http://127.0.0.1:9")
        CashbackPayment.objects.update(created_at=timezone.now() - timedelta(hours=30))

    work(merchant)

    with merchant_scope(merchant):
        job = Job.objects.get(kind="cashback.settle")
        assert (job.state, job.last_error) == ("due", "not_reached")
        assert job.next_at > timezone.now() + timedelta(hours=2)


def test_transfer_to_nobody_is_a_failure_and_not_an_order_that_got_lost(
    paytm: FakePayTM, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = paytm.told("CB1", ("FAILURE", "DE_703", "Transaction failed: beneficiary account does not exist"))
    monkeypatch.setattr(paytm, "transfer", lambda _body: (200, told))
    account = CashbackAccount(provider="paytm", base_url=paytm.url, merchant_code="MID", wallet="guid")
    account.key = make.KEY

    answer = PayTM(account).transfer(Order("CB1", Decimal(5), "+919876543200", "https://shop.example/"))

    assert (answer.verdict, answer.code) == (Verdict.FAILURE, "DE_703")

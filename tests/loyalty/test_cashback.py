"""Cashback over real HTTP: paid once, under one order id, whatever the provider does."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from config.fakes.paytm import FakePayTM
from jobs.models import Job
from jobs.runner import run_due
from ledger.models import Grant
from loyalty.cashback.checksum import is_signed, sign
from loyalty.checks import check_rewards
from loyalty.errors import NotAllowed
from loyalty.models import CashbackAccount, CashbackPayment, RedeemedReward
from loyalty.services.canceling import cancel
from loyalty.services.cashback import retry
from loyalty.states import CashbackStatus, RewardType
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
STAFF = Actor("user", uuid.UUID(int=7))


def redeemed(merchant: Merchant, *, phone: str) -> RedeemedReward:
    with merchant_scope(merchant):
        who = make.customer(phone=phone)
        make.points(who, 500)
        return make.take(make.reward(reward_type=RewardType.CASHBACK, amount=Decimal("12.50")), who)


def work(merchant: Merchant) -> None:
    """Run what is due now, and what a pause would bring up later."""
    with merchant_scope(merchant):
        Job.objects.filter(state="due").update(next_at=timezone.now())
    run_due()


def fresh(row: RedeemedReward, merchant: Merchant) -> RedeemedReward:
    with merchant_scope(merchant):
        found: RedeemedReward = RedeemedReward.objects.get(id=row.id)
        return found


def sound(merchant: Merchant) -> bool:
    with merchant_scope(merchant):
        return check_rewards(merchant.id) == []


@pytest.mark.parametrize(
    ("digit", "turns", "text"),
    [
        ("0", 1, "1: SUCCESS: PTM"),
        ("1", 1, "2: DE_602: Wallet is blocked"),
        ("2", 1, "3: DE_002: Request accepted"),
        ("2", 2, "3: DE_101: Waiting for the bank"),
        ("2", 3, "1: SUCCESS: PTM"),
        ("3", 1, "3: TIMEOUT: No answer yet"),
        ("3", 2, "1: SUCCESS: PTM"),
        ("5", 1, "1: SUCCESS: PTM"),
        ("7", 1, "3: TIMEOUT: No answer yet"),
        ("7", 2, "1: SUCCESS: PTM"),
        ("9", 3, "3: DE_101: Waiting for the bank"),
    ],
)
def test_status_reads_as_the_body_says(merchant: Merchant, paytm: FakePayTM, digit: str, turns: int, text: str) -> None:
    row = redeemed(merchant, phone=f"+9198765432{digit}{digit}")
    assert row.cashback_text == "0: INIT: INIT"

    for _turn in range(turns):
        work(merchant)

    assert fresh(row, merchant).cashback_text.startswith(text)
    assert len(paytm.transfers) == 1
    assert sound(merchant)


def test_paid_cashback_draws_its_voucher_and_is_not_used(merchant: Merchant, paytm: FakePayTM) -> None:
    row = redeemed(merchant, phone="+919876543200")

    work(merchant)
    work(merchant)

    found = fresh(row, merchant)
    assert (found.cashback_status, found.used_at, found.delivery_status) == (CashbackStatus.SUCCESS, None, "")
    with merchant_scope(merchant):
        assert Grant.objects.get(id=found.grant_id).remaining == 0
        with pytest.raises(NotAllowed):
            cancel(redeemed_id=row.id, refund=True, actor=STAFF, now=timezone.now())


def test_order_that_never_arrived_goes_out_again_under_the_same_id(merchant: Merchant, paytm: FakePayTM) -> None:
    row = redeemed(merchant, phone="+919876543208")
    for _turn in range(3):
        work(merchant)

    assert set(paytm.transfers) == {f"CB{row.id.hex}"}
    assert len(paytm.transfers) == 2
    assert not paytm.orders
    assert fresh(row, merchant).cashback_text == "3: TIMEOUT: No answer yet"


def test_provider_that_is_away_is_tried_again(merchant: Merchant, paytm: FakePayTM) -> None:
    row = redeemed(merchant, phone="+919876543200")
    with merchant_scope(merchant):
        CashbackAccount.objects.update(base_url="http://127.0.0.1:9")
    work(merchant)
    assert fresh(row, merchant).cashback_text == "0: INIT: INIT"

    with merchant_scope(merchant):
        CashbackAccount.objects.update(base_url=paytm.url)
    work(merchant)

    assert fresh(row, merchant).cashback_status == CashbackStatus.SUCCESS


def test_failed_cashback_can_be_paid_again_by_a_person_once(merchant: Merchant, paytm: FakePayTM) -> None:
    row = redeemed(merchant, phone="+919876543201")
    work(merchant)
    with merchant_scope(merchant):
        row.customer.phone = "+919876543200"
        row.customer.save()
        for _press in range(3):
            retry(redeemed_id=row.id, actor=STAFF, now=timezone.now())

    work(merchant)

    assert paytm.transfers == [f"CB{row.id.hex}", f"CB{row.id.hex}A2"]
    assert fresh(row, merchant).cashback_status == CashbackStatus.SUCCESS
    assert sound(merchant)


def test_failed_cashback_can_be_canceled_with_its_points(merchant: Merchant, paytm: FakePayTM) -> None:
    row = redeemed(merchant, phone="+919876543201")
    work(merchant)

    with merchant_scope(merchant):
        cancel(redeemed_id=row.id, refund=True, actor=STAFF, now=timezone.now())

    assert fresh(row, merchant).coupon_status == "canceled"
    assert sound(merchant)


def test_customer_without_phone_fails_in_words(merchant: Merchant, paytm: FakePayTM) -> None:
    row = redeemed(merchant, phone="")

    work(merchant)

    assert fresh(row, merchant).cashback_text == "2: NO_PHONE: The customer has no phone number."
    assert not paytm.transfers


def report(
    client: Client, merchant: Merchant, paytm: FakePayTM, order: str, *, key: str = make.KEY, cut: bool = False
) -> int:
    text = paytm.told(order, ("SUCCESS", "DE_001", "Paid")).decode()
    signature = sign(text, key)
    body = text.replace("SUCCESS", "SUCCESs") if cut else text
    return client.post(
        f"/hooks/{merchant.public_id}/cashback/paytm/",
        body,
        content_type="application/json",
        headers={"x-checksum": signature},
    ).status_code


def test_callback_settles_once_however_often_it_comes(merchant: Merchant, paytm: FakePayTM, client: Client) -> None:
    row = redeemed(merchant, phone="+919876543209")
    work(merchant)

    assert [report(client, merchant, paytm, f"CB{row.id.hex}") for _ in range(3)] == [200, 200, 200]

    found = fresh(row, merchant)
    assert found.cashback_status == CashbackStatus.SUCCESS
    with merchant_scope(merchant):
        assert [change.event for change in found.changes.order_by("seq")] == [
            "reward.redeemed",
            "cashback.pending",
            "cashback.paid",
        ]
    work(merchant)
    assert sound(merchant)


def test_callback_with_a_wrong_signature_changes_nothing(merchant: Merchant, paytm: FakePayTM, client: Client) -> None:
    row = redeemed(merchant, phone="+919876543209")
    order = f"CB{row.id.hex}"

    assert report(client, merchant, paytm, order, key="f" * 16) == 403
    assert report(client, merchant, paytm, order, cut=True) == 403
    assert report(client, merchant, paytm, "CBunknown") == 404
    assert fresh(row, merchant).cashback_status == CashbackStatus.INIT


def test_callback_of_another_merchant_finds_nothing(
    merchant: Merchant, other_merchant: Merchant, paytm: FakePayTM, client: Client
) -> None:
    row = redeemed(merchant, phone="+919876543209")
    with merchant_scope(other_merchant):
        account = CashbackAccount.made_with(provider="paytm", base_url=paytm.url, merchant_code="M", wallet="w")
        account.key = make.KEY
        account.save()

    assert report(client, other_merchant, paytm, f"CB{row.id.hex}") == 404
    assert fresh(row, merchant).cashback_status == CashbackStatus.INIT


def test_callback_beside_the_job_pays_once(merchant: Merchant, paytm: FakePayTM, together: Callable[..., Any]) -> None:
    row = redeemed(merchant, phone="+919876543209")
    work(merchant)

    outcomes = together(lambda: report(Client(), merchant, paytm, f"CB{row.id.hex}"), [()] * 8)

    assert [one.error for one in outcomes] == [None] * 8
    with merchant_scope(merchant):
        assert CashbackPayment.objects.get().status == CashbackStatus.SUCCESS
        assert RedeemedReward.objects.get().changes.filter(event="cashback.paid").count() == 1
    assert sound(merchant)


@given(text=st.text(max_size=200), other=st.text(max_size=40))
def test_signature_holds_for_its_text_and_key_alone(text: str, other: str) -> None:
    signature = sign(text, make.KEY)

    assert is_signed(text, make.KEY, signature)
    assert not is_signed(text + "x", make.KEY, signature)
    assert not is_signed(text, "f" * 16, signature)
    assert not is_signed(text, make.KEY, other)

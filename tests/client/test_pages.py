"""What a customer has: rewards with codes, claims, history; every page stands empty, and asks little."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from claims_center.models import Claim
from claims_center.states import Status
from cockpit.client import codeimage
from customers.models import Customer
from loyalty.models import RedeemedReward
from loyalty.services.canceling import cancel
from loyalty.services.using import mark_used, set_delivery
from loyalty.states import CashbackStatus, DeliveryStatus, RewardType
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.claims_center.factories import claim_in, make_claim, make_funnel, make_promotion
from tests.client.browser import Browser, signed_in, took
from tests.loyalty import factories as make
from tests.support.counting import queries_of

STAFF = Actor("user", uuid.UUID(int=7))
PAGES = ("", "mine/", "offers/", "claims/", "history/", "profile/", "profile/erasure/")


def by_staff(merchant: Merchant, act: Any, row: RedeemedReward, **told: Any) -> None:
    with merchant_scope(merchant):
        act(redeemed_id=row.id, actor=STAFF, now=timezone.now(), **told)


@pytest.mark.parametrize("path", PAGES)
def test_name_the_zone_of_all_times(merchant: Merchant, mara: Customer, path: str) -> None:
    Merchant.objects.filter(id=merchant.id).update(time_zone="Asia/Kathmandu")
    assert "Times in Asia/Kathmandu" in signed_in(merchant, mara).text(path)


# --- My rewards ---------------------------------------------------------------------------------------------------


def test_show_a_code_to_be_read_by_a_till(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    row = took(merchant, mara, codes=1)
    for page in (browser_of_mara.text("mine/"), browser_of_mara.text(f"mine/{row.id}/")):
        assert row.code_value in page
        assert f'data-copy="{row.code_value}"' in page
        assert "Ready to use" in page
    page = browser_of_mara.text(f"mine/{row.id}/")
    assert page.count('<svg viewBox="0 0') >= 2
    assert f"QR code of {row.code_value}" in page


@pytest.mark.parametrize(
    ("act", "told", "words", "seen"),
    [
        (mark_used, {}, "You used it on", True),
        (cancel, {"refund": True, "reason": "x"}, "Your points were given back.", False),
        (cancel, {"refund": False, "reason": "x"}, "Canceled", False),
    ],
)
def test_say_what_became_of_it(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, act: Any, told: Any, words: str, seen: bool
) -> None:
    row = took(merchant, mara, codes=1)
    by_staff(merchant, act, row, **told)
    page = browser_of_mara.text(f"mine/{row.id}/")
    assert words in page
    assert "QR code" not in page
    assert (row.code_value in page) is seen


def test_show_no_code_before_and_after_its_time(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    early = took(merchant, mara, codes=1, days_until_active=3)
    late = took(merchant, mara, codes=1, days_valid=1)
    with merchant_scope(merchant):
        then = timezone.now() - timedelta(days=2)
        RedeemedReward.objects.filter(id=late.id).update(
            redeemed_at=then, active_from=then, expires_at=then + timedelta(days=1)
        )
    page = browser_of_mara.text("mine/")
    assert ("You can use it from" in page, "It ended on" in page) == (True, True)
    assert (early.code_value in page, late.code_value in page) == (False, False)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([], "Reserved for you"),
        ([DeliveryStatus.ORDERED], "Being packed"),
        ([DeliveryStatus.SHIPPED], "On its way"),
        ([DeliveryStatus.SHIPPED, DeliveryStatus.DELIVERED], "It has arrived."),
        ([DeliveryStatus.CANCELED], "Not sent"),
    ],
)
def test_follow_a_gift(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, steps: list[DeliveryStatus], words: str
) -> None:
    row = took(merchant, mara, reward_type=RewardType.GIFT)
    if steps:
        by_staff(merchant, mark_used, row)
    for step in steps:
        if step != DeliveryStatus.ORDERED:
            by_staff(merchant, set_delivery, row, status=step)
    assert words in browser_of_mara.text(f"mine/{row.id}/")


@pytest.mark.parametrize("status", [one for one in CashbackStatus if one])
def test_follow_a_cashback(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, status: CashbackStatus
) -> None:
    with merchant_scope(merchant):
        Customer.objects.filter(id=mara.id).update(phone="+919876543201")
    row = took(merchant, mara, reward_type=RewardType.CASHBACK)
    with merchant_scope(merchant):
        RedeemedReward.objects.update(cashback_status=status, cashback_text="0: X: Y")
    page = browser_of_mara.text(f"mine/{row.id}/")
    assert ("0: X: Y" not in page, "wallet" in page or "bank" in page) == (True, True)


def test_anothers_reward_is_no_page(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        other = make.customer()
        make.points(other, 50)
    row = took(merchant, other, codes=1)
    assert browser_of_mara.get(f"mine/{row.id}/").status_code == 404
    assert row.code_value not in browser_of_mara.text("mine/")
    assert browser_of_mara.get(f"mine/{uuid.uuid4()}/").status_code == 404


def test_bars_follow_the_standard() -> None:
    """The example of the standard's articles: start B, `PJJ123C`, sign of control 55."""
    widths = codeimage.widths_of("PJJ123C")
    assert widths is not None
    assert widths.startswith("211214")
    assert widths.endswith(f"{codeimage.CODE_128[55]}2331112")
    assert sum(map(int, widths)) == 11 * 9 + 13
    assert {sum(map(int, one)) for one in codeimage.CODE_128[:-1]} == {11}
    assert len(set(codeimage.CODE_128)) == 107


@pytest.mark.parametrize("value", ["", "ÄÖ", "x" * 27, "a\tb"])
def test_draw_no_bars_of_what_has_none(value: str) -> None:
    assert codeimage.bars(value) is None


# --- Claims and history -------------------------------------------------------------------------------------------


def test_show_claims_with_the_way_to_each(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        claim = claim_in(Status.VERIFIED)
        Claim.objects.update(customer=mara)
        token = claim.tracker_token
    page = browser_of_mara.text("claims/")
    assert "Your claim is confirmed" in page
    assert f'href="/track/{token}/"' in page


def test_history_tells_every_point(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    row = took(merchant, mara, name="Mug")
    page = browser_of_mara.text("history/")
    assert "<b>\N{MINUS SIGN}10</b>" in page
    assert "<b>+300</b>" in page
    assert ("290 after" in page, "300 after" in page) == (True, True)
    assert f'href="/c/brew-bloom/mine/{row.id}/">Mug</a>' in page
    assert "10 points of" in page


def test_history_comes_in_pages(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        for number in range(27):
            make.points(mara, 1000 + number)
    first = browser_of_mara.text("history/")
    onward = re.search(r"\?before=([^\"]+)", first)
    assert onward is not None
    second = browser_of_mara.client.get(f"{browser_of_mara.home}history/?before={onward[1]}").content.decode()
    assert first.count('class="client-amount') == 25
    assert second.count('class="client-amount') == 3
    assert "<b>+300</b>" in second


@pytest.mark.parametrize("before", ["x", "a_b_c", "9999-99-99_x_1", "2026-01-01T00:00:00_" + "0" * 32 + "_1"])
def test_a_wrong_position_is_the_first_page(browser_of_mara: Browser, before: str) -> None:
    assert "<b>+300</b>" in browser_of_mara.text("history/", before=before)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_stands_empty(merchant: Merchant, path: str) -> None:
    with merchant_scope(merchant):
        nobody = make.customer(first_name="", last_name="", email="new@example.com")
    answer = signed_in(merchant, nobody).get(path)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "'unsafe" not in answer["Content-Security-Policy"]


COUNTED = {"mine/": 4, "claims/": 4, "history/": 6, "profile/": 6}


@pytest.mark.parametrize("path", COUNTED)
@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_a_page(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, path: str, number: int
) -> None:
    with merchant_scope(merchant):
        funnel = make_funnel(make_promotion("fixed"))
    for place in range(number):
        took(merchant, mara, codes=1)
        with merchant_scope(merchant):
            make_claim(funnel, email=f"a{place}@example.com")
            Claim.objects.update(customer=mara)
        signed_in(merchant, mara)
    assert len(queries_of(browser_of_mara.client, f"{browser_of_mara.home}{path}")) == COUNTED[path]

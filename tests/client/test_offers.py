"""Offers on the customer's page: taken once however often the button is pressed, clipped, used, refused in plain words."""

import json
import re
import uuid
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from cockpit.client import wallet
from customers.models import Customer
from offers.models import Offer, OfferResponse
from offers.services.closing import cancel
from offers.services.using import reserve
from offers.states import PeriodKind, Source, Status
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tenancy.selectors import merchant_zone
from tests.client.browser import Browser
from tests.offers import factories as make
from tests.support.counting import queries_of

OP_KEY = re.compile(r'name="op_key" value="([0-9a-f-]{36})"')


def an_offer(merchant: Merchant, **values: Any) -> Offer:
    with merchant_scope(merchant):
        return make.offer(**values)


def responses(merchant: Merchant) -> list[OfferResponse]:
    with merchant_scope(merchant):
        return list(OfferResponse.objects.all())


def take(browser: Browser, offer: Offer, key: str = "") -> Any:
    return browser.post(f"offers/{offer.id}/take/", op_key=key or OP_KEY.findall(browser.text("offers/"))[0])


def test_take_an_offer_and_show_its_code(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        offer = make.offer(name="Ten off", pool=make.pool(3), code_source="pool", member_limit=1)
    assert "Get it<" in browser_of_mara.text("offers/")
    assert take(browser_of_mara, offer)["Location"] == "/c/brew-bloom/offers/?said=taken"
    (row,) = responses(merchant)
    assert (row.customer_id, row.source, row.status) == (mara.id, "member", Status.PENDING)
    page = browser_of_mara.text("offers/")
    assert (row.code_value in page, "Show code" in page, "Get it<" in page) == (True, True, False)
    coupon = browser_of_mara.text(f"offers/{row.id}/")
    assert all(words in coupon for words in (row.code_value, "QR code of", "Barcode of", "Show it at the till"))


def test_clip_in_one_press(merchant: Merchant, browser_of_mara: Browser) -> None:
    offer = an_offer(merchant, needs_clip=True, member_limit=1)
    assert ">Clip<" in browser_of_mara.text("offers/")
    take(browser_of_mara, offer)
    (row,) = responses(merchant)
    assert (row.status, row.version) == (Status.CLIPPED, 2)
    assert ">Clip<" not in browser_of_mara.text("offers/")


def test_clip_what_was_given(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        row = make.give(make.offer(needs_clip=True, is_claimable=False), mara, source=Source.STAFF)
    assert f"offers/{row.id}/clip/" in browser_of_mara.text("offers/")
    for _ in range(3):
        assert browser_of_mara.post(f"offers/{row.id}/clip/").status_code == 303
    (found,) = responses(merchant)
    assert (found.status, found.version) == (Status.CLIPPED, 2)


def test_take_once_however_often(merchant: Merchant, browser_of_mara: Browser) -> None:
    offer, key = an_offer(merchant, needs_clip=True), str(uuid.uuid4())
    assert {take(browser_of_mara, offer, key).status_code for _ in range(3)} == {303}
    assert len(responses(merchant)) == 1


def test_ten_presses_at_once(
    transactional_db: None, together: Any, merchant: Merchant, browser_of_mara: Browser
) -> None:
    offer, key, name = an_offer(merchant, needs_clip=True), str(uuid.uuid4()), f"client-{merchant.public_id}"
    cookie = browser_of_mara.client.cookies[name].value

    def press() -> int:
        client = Client(raise_request_exception=False)
        client.cookies[name] = cookie
        return client.post(f"{browser_of_mara.home}offers/{offer.id}/take/", {"op_key": key}).status_code

    assert {outcome.value for outcome in together(press, [()] * 10)} == {303}
    (row,) = responses(merchant)
    assert (row.status, row.version) == (Status.CLIPPED, 2)
    call_command("check_ledger", merchant=merchant.slug)


def test_say_why_not(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    offer = an_offer(merchant, total_limit=0, needs_clip=True)
    page = browser_of_mara.text("offers/")
    assert ('aria-disabled="true"' in page, "Nothing is left of this offer." in page) == (True, True)
    answer = browser_of_mara.post(f"offers/{offer.id}/take/", op_key=str(uuid.uuid4()))
    assert answer.status_code == 409
    assert responses(merchant) == []


def test_take_another_where_several_are_allowed(merchant: Merchant, browser_of_mara: Browser) -> None:
    offer = an_offer(merchant, member_limit=2)
    take(browser_of_mara, offer)
    assert "Get another<" in browser_of_mara.text("offers/")
    take(browser_of_mara, offer)
    page = browser_of_mara.text("offers/")
    assert (page.count("client-offer"), "Get another<" in page, "Get it<" in page) == (2, False, False)


def given(what: Offer, mara: Customer, **values: Any) -> OfferResponse:
    return make.give(what, mara, source=Source.STAFF, actor=make.STAFF, **values)


def test_say_why_a_coupon_cannot_be_used_now(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    codes = {"is_claimable": False, "code_source": "pool"}
    today = 1 << timezone.localtime(timezone=merchant_zone_of(merchant)).weekday()
    with merchant_scope(merchant):
        rows = {
            "You can use it from": given(make.not_started(pool=make.pool(1), **codes), mara),
            "The time to use it is over.": given(make.passed(pool=make.pool(1), **codes), mara),
            "A till is using it": given(make.offer(pool=make.pool(1), **codes), mara),
            "You can use it": given(
                make.offer(usage_kind=PeriodKind.SAME, weekdays=127 - today, pool=make.pool(1), **codes), mara
            ),
            "until then no till sees it": given(make.offer(needs_clip=True, pool=make.pool(1), **codes), mara),
        }
        reserve(response_id=rows["A till is using it"].id, **make.by())
    for words, row in rows.items():
        page = browser_of_mara.text(f"offers/{row.id}/")
        assert (words in page, row.code_value in page, "QR code of" in page) == (True, False, False), words


def merchant_zone_of(merchant: Merchant) -> Any:
    with merchant_scope(merchant):
        return merchant_zone()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.COMPLETED, "You used it on"),
        (Status.EXPIRED, "It ended on"),
        (Status.CANCELED, "The shop took it back"),
        (Status.PROCESSING, "sends it to your address"),
        (Status.SHIPPING, "on its way to you"),
    ],
)
def test_tell_what_became_of_each(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, status: Status, words: str
) -> None:
    with merchant_scope(merchant):
        row = make.standing(status, who=mara)
    assert words in browser_of_mara.text("offers/")
    page = browser_of_mara.text(f"offers/{row.id}/")
    assert (words in page, str(status.label) in page) == (True, True)


def test_data_holds_the_offers(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        row = make.give(who=mara)
    told = json.loads(browser_of_mara.post("profile/data/").content)
    assert [(one["id"], one["offer_name"], one["status"]) for one in told["offers"]] == [
        (str(row.id), "Ten off", "pending")
    ]


def test_take_no_press_without_a_key(merchant: Merchant, browser_of_mara: Browser) -> None:
    answer = browser_of_mara.post(f"offers/{an_offer(merchant).id}/take/", op_key="1")
    assert answer.status_code == 409
    assert "press the button once more" in answer.content.decode()


def test_anothers_offer_and_response_are_no_page(
    merchant: Merchant, other_merchant: Merchant, browser_of_mara: Browser
) -> None:
    with merchant_scope(merchant):
        row = make.give(make.offer(needs_clip=True, is_claimable=False), make.member(), source=Source.STAFF)
    for path in (
        f"offers/{an_offer(other_merchant).id}/take/",
        f"offers/{row.id}/clip/",
        f"offers/{uuid.uuid4()}/clip/",
    ):
        assert browser_of_mara.post(path, op_key=str(uuid.uuid4())).status_code == 404
    assert browser_of_mara.get(f"offers/{row.id}/").status_code == 404
    assert str(row.id) not in browser_of_mara.text("offers/")


def test_show_an_old_coupon_however_much_was_used_since(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open ones are looked for apart from those that are over; of too many open ones those that can be used are shown."""
    monkeypatch.setattr(wallet, "MOST", 2)
    with merchant_scope(merchant):
        old = make.give(make.offer(is_claimable=False), mara, source=Source.STAFF)
        other = make.offer(needs_clip=True, is_claimable=False)
        for _ in range(3):
            cancel(response_id=make.give(other, mara, source=Source.STAFF).id, reason="Mistake", **make.by(make.STAFF))
        unclipped = [make.give(other, mara, source=Source.STAFF) for _ in range(2)]
    page = browser_of_mara.text("offers/")
    assert f"offers/{old.id}/" in page
    assert [f"offers/{one.id}/clip/" in page for one in unclipped].count(True) == 1
    assert page.count("The shop took it back") == 3


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_the_offers(merchant: Merchant, mara: Customer, browser_of_mara: Browser, number: int) -> None:
    with merchant_scope(merchant):
        for _ in range(number):
            make.give(make.offer(needs_clip=True), mara, source=Source.STAFF)
            make.offer(total_limit=5, member_limit=2, pool=make.pool(1), code_source="pool")
    assert len(queries_of(browser_of_mara.client, f"{browser_of_mara.home}offers/")) == 12

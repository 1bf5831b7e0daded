"""Rewards: how far each is, the exact sentence of a disabled button, and redeeming once however often it is pressed."""

import re
import uuid
from collections import Counter
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from ledger.models import Entry
from ledger.selectors import usable_balance
from ledger.services import backdated
from ledger.units import Unit
from loyalty.models import RedeemedReward, Reward
from loyalty.services import redeeming
from loyalty.states import RewardType, Source
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.client.browser import OP_KEY, Browser
from tests.loyalty import factories as make
from tests.support.counting import queries_of

SENTENCE = "You must have 220 more points to get reward"
HIDDEN = re.compile(r'name="(op_key|cost)" value="([^"]*)"')


def a_reward(merchant: Merchant, **values: Any) -> Reward:
    with merchant_scope(merchant):
        if "codes" in values:
            values["pool"] = make.pool(values.pop("codes"))
        return make.reward(**values)


def rows(merchant: Merchant) -> list[RedeemedReward]:
    with merchant_scope(merchant):
        return list(RedeemedReward.objects.all())


def balance(merchant: Merchant, customer: Customer) -> int:
    with merchant_scope(merchant):
        return usable_balance(customer_id=customer.id, unit=Unit.POINT, at=timezone.now())


def test_show_points_and_when_they_end(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        make.points(mara, 40, expires_at=make.soon(days=10))
        make.points(mara, 9, expires_at=make.soon(days=400))
        make.points(mara, 500, valid_from=make.soon(days=3))
    page = browser_of_mara.text()
    assert "<strong>349</strong>" in page
    assert "40 points run out on" in page
    assert "9 points run out on" not in page
    assert "500 more points can be spent later" in page


def test_expired_points_are_gone_before_any_sweep(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        with backdated(at=make.soon(days=-2)):
            make.points(mara, 1000, expires_at=make.soon(seconds=-1))
        reward = make.reward(cost_in_points=520)
    assert balance(merchant, mara) == 300
    assert SENTENCE in browser_of_mara.text()
    assert browser_of_mara.redeem(reward, str(uuid.uuid4())).status_code == 409


def test_the_sentence_of_a_disabled_button(merchant: Merchant, browser_of_mara: Browser) -> None:
    reward = a_reward(merchant, name="Mug", cost_in_points=520)
    for page in (browser_of_mara.text(), browser_of_mara.text(f"rewards/{reward.id}/")):
        assert f">{SENTENCE}<" in page
        assert 'aria-disabled="true"' in page
        assert "op_key" not in page
    assert 'role="tooltip"' in browser_of_mara.text()


def test_name_the_next_reward(merchant: Merchant, browser_of_mara: Browser) -> None:
    for name, cost in (("Stickers", 100), ("Mug", 520), ("Weekend", 90_000)):
        a_reward(merchant, name=name, cost_in_points=cost)
    page = browser_of_mara.text()
    assert "220 more for <b>Mug</b>" in page.replace("</p>", "")
    assert 'value="300" aria-label="Points towards Mug"' in page


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"total_limit": 0}, "This reward is sold out."),
        ({"codes": 0}, "This reward is sold out."),
        ({"customer_limit": 0}, "You have this reward as often as one customer may."),
        ({"active_to": make.soon(days=-1)}, "This reward cannot be redeemed at the moment."),
        ({"active_from": make.soon(days=2)}, "You can redeem it from"),
        ({"cost_in_points": 301}, "You must have 1 more point to get reward"),
    ],
)
def test_refuse_in_plain_words(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser, values: dict[str, Any], sentence: str
) -> None:
    reward = a_reward(merchant, **values)
    assert sentence in browser_of_mara.text()
    answer = browser_of_mara.redeem(reward, str(uuid.uuid4()))
    assert answer.status_code == 409
    assert "Nothing was redeemed, and no points were taken." in answer.content.decode()
    assert (rows(merchant), balance(merchant, mara)) == ([], 300)


def test_redeem_and_see_the_code(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    reward = a_reward(merchant, codes=3)
    answer = browser_of_mara.redeem(reward)
    (row,) = rows(merchant)
    assert (answer.status_code, answer["Location"]) == (303, f"/c/brew-bloom/mine/{row.id}/?said=redeemed")
    assert (row.source, row.customer_id, row.cost_in_points) == (Source.COCKPIT, mara.id, 100)
    assert row.code_value in browser_of_mara.text(f"mine/{row.id}/")
    assert balance(merchant, mara) == 200


def test_one_press_is_one_reward(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    reward = a_reward(merchant, codes=3)
    key = str(uuid.uuid4())
    answers = {browser_of_mara.redeem(reward, key)["Location"] for _ in range(3)}
    assert (len(answers), len(rows(merchant)), balance(merchant, mara)) == (1, 1, 200)


def test_nobody_pays_another_cost_than_the_buttons(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser
) -> None:
    with merchant_scope(merchant):
        what = make.reward(cost_in_points=100)
    page = f"rewards/{what.id}/"
    form = dict(HIDDEN.findall(browser_of_mara.text(page)))
    assert form["cost"] == "100"
    with merchant_scope(merchant):
        Reward.objects.update(cost_in_points=250)

    answer = browser_of_mara.post(page, **form)

    assert answer.status_code == 409
    assert "The cost has changed meanwhile." in answer.content.decode()
    assert "Redeem for 250 points" in answer.content.decode()
    with merchant_scope(merchant):
        assert not RedeemedReward.objects.exists()
    assert browser_of_mara.post(page, **form | dict(HIDDEN.findall(answer.content.decode()))).status_code == 303


def test_a_press_again_is_answered_when_the_reward_is_gone(merchant: Merchant, browser_of_mara: Browser) -> None:
    reward, key = a_reward(merchant), str(uuid.uuid4())
    first = browser_of_mara.redeem(reward, key)["Location"]
    with merchant_scope(merchant):
        Reward.objects.update(visible_to=make.soon(days=-1))
    assert browser_of_mara.redeem(reward, key)["Location"] == first


def test_each_opened_page_has_a_key_of_its_own(merchant: Merchant, browser_of_mara: Browser) -> None:
    reward = a_reward(merchant)
    browser_of_mara.redeem(reward)
    browser_of_mara.redeem(reward)
    assert len(rows(merchant)) == 2


@pytest.mark.parametrize("key", ["", "1", "x" * 36, "0" * 5000])
def test_take_no_press_without_a_key(merchant: Merchant, browser_of_mara: Browser, key: str) -> None:
    answer = browser_of_mara.post(f"rewards/{a_reward(merchant).id}/", op_key=key)
    assert answer.status_code == 409
    assert "press the button once more" in answer.content.decode()
    assert OP_KEY.search(answer.content.decode())
    assert rows(merchant) == []


def press_together(together: Any, browser: Browser, merchant: Merchant, reward: Reward, keys: list[str]) -> Any:
    cookie = browser.client.cookies[f"client-{merchant.public_id}"].value

    def press(key: str) -> int:
        client = Client(raise_request_exception=False)
        client.cookies[f"client-{merchant.public_id}"] = cookie
        return client.post(f"{browser.home}rewards/{reward.id}/", {"op_key": key}).status_code

    return Counter(outcome.value for outcome in together(press, [(key,) for key in keys]))


@pytest.fixture
def one_key(transactional_db: None) -> list[str]:
    return [str(uuid.uuid4())] * 10


def test_ten_presses_of_one_form_at_once(
    transactional_db: None,
    together: Any,
    merchant: Merchant,
    mara: Customer,
    browser_of_mara: Browser,
    one_key: list[str],
) -> None:
    reward = a_reward(merchant, codes=20)
    assert press_together(together, browser_of_mara, merchant, reward, one_key) == {303: 10}
    assert (len(rows(merchant)), balance(merchant, mara)) == (1, 200)
    call_command("check_ledger", merchant=merchant.slug)


def test_ten_forms_at_once_spend_what_is_there(
    transactional_db: None, together: Any, merchant: Merchant, mara: Customer, browser_of_mara: Browser
) -> None:
    reward = a_reward(merchant, codes=20)
    keys = [str(uuid.uuid4()) for _ in range(10)]
    assert press_together(together, browser_of_mara, merchant, reward, keys) == {303: 3, 409: 7}
    assert (len(rows(merchant)), balance(merchant, mara)) == (3, 0)
    call_command("check_ledger", merchant=merchant.slug)


def test_the_control_sees_ten_rewards_without_the_key(
    transactional_db: None,
    together: Any,
    merchant: Merchant,
    mara: Customer,
    browser_of_mara: Browser,
    one_key: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Were the form's key not the act's key, ten presses would be many rewards."""
    real = redeeming.redeem
    monkeypatch.setattr(redeeming, "redeem", lambda **told: real(**told | {"op_key": uuid.uuid4().hex}))
    reward = a_reward(merchant, codes=20)
    press_together(together, browser_of_mara, merchant, reward, one_key)
    assert len(rows(merchant)) == 3


def test_a_strangers_reward_is_no_page(merchant: Merchant, other_merchant: Merchant, browser_of_mara: Browser) -> None:
    for reward_id in (a_reward(other_merchant).id, uuid.uuid4()):
        assert browser_of_mara.get(f"rewards/{reward_id}/").status_code == 404
        assert browser_of_mara.post(f"rewards/{reward_id}/", op_key=str(uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("values", [{"visible_to": make.soon(days=-1)}, {"archived_at": make.soon(days=-1)}])
def test_a_hidden_reward_cannot_be_redeemed(
    merchant: Merchant, browser_of_mara: Browser, values: dict[str, Any]
) -> None:
    reward = a_reward(merchant, **values)
    assert browser_of_mara.get(f"rewards/{reward.id}/").status_code == 404
    assert reward.name not in browser_of_mara.text()
    assert browser_of_mara.redeem(reward, str(uuid.uuid4())).status_code == 409
    assert rows(merchant) == []


def test_a_customer_erased_in_between_redeems_nothing(
    merchant: Merchant, mara: Customer, browser_of_mara: Browser
) -> None:
    reward = a_reward(merchant)
    with merchant_scope(merchant):
        Customer.objects.filter(id=mara.id).update(erased_at=timezone.now())
    assert browser_of_mara.redeem(reward, str(uuid.uuid4()))["Location"] == "/c/brew-bloom/?said=out"
    with merchant_scope(merchant):
        assert not Entry.objects.filter(event="reward.redeemed").exists()


def test_a_free_reward_is_free(merchant: Merchant, mara: Customer, browser_of_mara: Browser) -> None:
    reward = a_reward(merchant, cost_in_points=0)
    assert "Free for you" in browser_of_mara.text()
    assert browser_of_mara.redeem(reward).status_code == 303
    assert balance(merchant, mara) == 300


def test_words_of_people_are_text(merchant: Merchant, browser_of_mara: Browser) -> None:
    reward = a_reward(merchant, name="<b>Mug</b>", description="One <script>\n\nTwo", cost_in_points=999)
    for page in (browser_of_mara.text(), browser_of_mara.text(f"rewards/{reward.id}/")):
        assert "<b>Mug</b>" not in page
        assert "&lt;b&gt;Mug&lt;/b&gt;" in page
        assert "<script>" not in page


def test_many_rewards_come_in_pages(merchant: Merchant, browser_of_mara: Browser) -> None:
    with merchant_scope(merchant):
        for number in range(30):
            make.reward(name=f"No. {number:02}", cost_in_points=number)
    first = browser_of_mara.text()
    onward = first[first.index("?after=") + 7 : first.index('"', first.index("?after="))]
    second = browser_of_mara.text(after=onward.replace("%3D", "="))
    assert ("No. 23" in first, "No. 24" in first) == (True, False)
    assert ("No. 23" in second, "No. 29" in second) == (False, True)
    assert "No. 00" in browser_of_mara.text(after="nonsense")


def test_nothing_to_redeem(browser_of_mara: Browser) -> None:
    assert "No rewards at the moment" in browser_of_mara.text()


@pytest.mark.parametrize("number", [1, 3])
def test_queries_of_the_first_page(merchant: Merchant, mara: Customer, browser_of_mara: Browser, number: int) -> None:
    for place in range(number):
        reward = a_reward(merchant, cost_in_points=10 + place, codes=5, customer_limit=9, total_limit=9)
        with merchant_scope(merchant):
            make.take(reward, mara)
            make.reward(cost_in_points=5000 + place, reward_type=RewardType.GIFT)
    assert len(queries_of(browser_of_mara.client, browser_of_mara.home)) == 10


def test_queries_of_one_reward(merchant: Merchant, browser_of_mara: Browser) -> None:
    reward = a_reward(merchant, codes=5, customer_limit=9, total_limit=9)
    assert len(queries_of(browser_of_mara.client, f"{browser_of_mara.home}rewards/{reward.id}/")) == 9

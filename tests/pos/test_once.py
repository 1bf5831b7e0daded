"""The same call, however often it comes: one effect, one answer."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from customers.models import Customer
from loyalty.models import Purchase, RedeemedReward
from tenancy.models import IdempotencyRecord, Merchant
from tenancy.retention import remove_old_records
from tenancy.scope import merchant_scope
from tenancy.services.keys import FIND_AND_LOOK
from tests.loyalty import factories
from tests.offers import factories as offers
from tests.pos.till import Till
from tests.support.threads import Outcome
from tests.triggers.factories import on
from triggers.states import Occasion

pytestmark = pytest.mark.django_db(databases=["default", "aside"])


def purchase(mara: Customer, **values: str) -> dict[str, str]:
    return {"member_id": str(mara.id), "reference": "4711", "amount": "10.00", "currency": "USD"} | values


@pytest.mark.parametrize("key", ["", "a b", "k" * 256])
def test_ask_for_a_key(till: Till, merchant: Merchant, mara: Customer, key: str) -> None:
    response = till.post("purchases", purchase(mara), key=key)
    assert (response.status_code, response.json()["code"]) == (400, "idempotency_key_required")
    with merchant_scope(merchant):
        assert not Purchase.objects.exists()


def test_take_a_key_of_255_characters(till: Till, mara: Customer) -> None:
    assert till.post("purchases", purchase(mara), key="k" * 255).status_code == 201


def test_replay_the_answer_byte_by_byte(till: Till, merchant: Merchant, mara: Customer) -> None:
    first, again = (till.post("purchases", purchase(mara), key="one") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    with merchant_scope(merchant):
        assert Purchase.objects.count() == 1


def test_replay_an_answer_of_any_size(till: Till, merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(merchant):
        for _number in range(9):
            on(offers.offer(terms="x" * 8000), Occasion.PURCHASE)
    first, again = (till.post("purchases", purchase(mara), key="one") for _ in range(2))
    assert len(first.content) > 64 * 1024
    assert (again.status_code, again.content == first.content) == (201, True)


def test_replay_keeps_out_of_caches(till: Till, mara: Customer) -> None:
    first, again = (till.post("purchases", purchase(mara), key="one") for _ in range(2))
    assert (first["Cache-Control"], again.get("Cache-Control")) == ("no-store", "no-store")


def test_know_the_same_body_in_another_spelling(till: Till, mara: Customer) -> None:
    till.post("purchases", purchase(mara), key="one")
    values = purchase(mara)
    spelt = "{" + ",  ".join(f'"{name}":"{value}"' for name, value in reversed(values.items())) + "}"
    assert till.post("purchases", raw=spelt.encode(), key="one")["Idempotent-Replayed"] == "true"


def test_refuse_a_key_with_another_body_or_address(till: Till, mara: Customer) -> None:
    till.post("purchases", purchase(mara), key="one")
    other = till.post("purchases", purchase(mara, amount="11.00"), key="one")
    elsewhere = till.post("members", purchase(mara), key="one")
    for response in (other, elsewhere):
        assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")


def test_keep_a_refusal_too(till: Till, merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(merchant):
        reward = factories.reward(cost_in_points=100)
    path = f"rewards/{reward.id}/redeem"
    first = till.post(path, {"member_id": str(mara.id)}, key="one")
    assert (first.status_code, first.json()["code"], first.json()["missing_points"]) == (409, "not_enough_points", 100)
    with merchant_scope(merchant):
        factories.points(mara, 500)
    again = till.post(path, {"member_id": str(mara.id)}, key="one")
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    assert till.post(path, {"member_id": str(mara.id)}, key="two").status_code == 201


def test_keep_answers_for_tills_that_were_offline(till: Till, merchant: Merchant, mara: Customer) -> None:
    till.post("purchases", purchase(mara), key="one")
    with merchant_scope(merchant):
        kept = [remove_old_records(now=timezone.now() + timedelta(days=days), limit=10) for days in (29, 31)]
    assert kept == [0, 1]


def test_keep_keys_of_two_tills_apart(till: Till, merchant: Merchant, mara: Customer) -> None:
    till.post("purchases", purchase(mara), key="one")
    second = Till(merchant).post("purchases", purchase(mara, reference="4712"), key="one")
    assert second.status_code == 201


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
@pytest.mark.parametrize("guards", ["all", "row", "none"])
def test_do_it_once_for_twenty_at_the_same_moment(
    together: Callable[..., list[Outcome]],
    merchant: Merchant,
    mara: Customer,
    till: Till,
    monkeypatch: pytest.MonkeyPatch,
    guards: str,
) -> None:
    with merchant_scope(merchant):
        reward = factories.reward(cost_in_points=10)
        factories.points(mara, 1000)
    if guards != "all":
        # Nobody waits for anybody, and nothing below knows the act again: what is left is the record's unique row.
        unheld = FIND_AND_LOOK.replace("pg_try_advisory_xact_lock(%s::bigint)", "%s::bigint <> 0")
        monkeypatch.setattr("tenancy.services.keys.FIND_AND_LOOK", unheld)
        another = property(lambda _: uuid.uuid4().hex, lambda *_: None)
        monkeypatch.setattr("pos.views.rewards.Redeem.op_key", another, raising=False)
    if guards == "none":
        # Without the record each of them is a redemption of its own.
        monkeypatch.setattr("tenancy.idempotency._Request.kept", lambda *_: True)

    def press(number: int) -> tuple[int, bytes]:
        try:
            response = till.post(f"rewards/{reward.id}/redeem", {"member_id": str(mara.id)}, key="one")
            return response.status_code, response.content
        finally:
            connection.close()

    answers = [one.value for one in together(press, [(number,) for number in range(20)])]
    assert {status for status, _content in answers} <= {201, 409}
    with merchant_scope(merchant):
        stands = RedeemedReward.objects.count()
        records = IdempotencyRecord.objects.count()
    if guards != "none":
        assert (stands, records) == (1, 1)
        assert len({content for status, content in answers if status == 201}) == 1
    else:
        assert stands > 1

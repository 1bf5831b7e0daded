"""Rewards over the API: shown, redeemed, used, taken back; nothing of another merchant's."""

import uuid

import pytest

from customers.models import Customer
from ledger import checks
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories
from tests.pos.till import Till

pytestmark = pytest.mark.django_db(databases=["default", "aside"])


def test_say_what_a_member_can_have(till: Till, merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(merchant):
        for cost in (5, 50, 500):
            factories.reward(name=f"For {cost}", cost_in_points=cost)
        factories.points(mara, 60)
    everybody = till.get("rewards").json()["results"]
    assert [(one["cost_in_points"], one["redeemable"]) for one in everybody] == [(5, None), (50, None), (500, None)]
    found = till.get("rewards", member_id=str(mara.id)).json()["results"]
    assert [(one["redeemable"], one["missing_points"], one["reason"]) for one in found] == [
        (True, 0, None),
        (True, 0, None),
        (False, 440, "not_enough_points"),
    ]
    first = till.get("rewards", page_size="2").json()
    after = first["next"].partition("after=")[2]
    rest = till.get("rewards", page_size="2", after=after).json()
    assert [one["cost_in_points"] for one in first["results"] + rest["results"]] == [5, 50, 500]
    assert till.get("rewards", after="x").json()["code"] == "invalid_request"


def test_redeem_use_and_take_back(till: Till, merchant: Merchant, mara: Customer) -> None:
    with merchant_scope(merchant):
        reward = factories.reward(cost_in_points=50)
        factories.points(mara, 60)
    made = till.post(f"rewards/{reward.id}/redeem", {"member_id": str(mara.id)})
    assert made.status_code == 201
    redeemed = made.json()
    assert set(redeemed) >= {
        "id", "reward", "member_id", "code", "cost_in_points", "tax_value", "active_points_after", "redeemed_at", "used_at",
        "used", "coupon_status", "delivery_status", "cashback_status",
    }  # fmt: skip
    assert (redeemed["active_points_after"], redeemed["coupon_status"], redeemed["used"]) == (10, "active", False)
    page = f"redeemed-rewards/{redeemed['id']}"
    assert till.get(page).json() == redeemed
    steps = [till.post(f"{page}/{act}") for act in ("use", "use", "unuse", "unuse", "cancel", "cancel")]
    assert [one.status_code for one in steps] == [200, 409, 200, 409, 200, 409]
    assert [one.json().get("code") for one in steps if one.status_code == 409] == [
        "already_used",
        "not_used",
        "not_active",
    ]
    assert till.get(page).json()["coupon_status"] == "canceled"
    assert till.get(f"members/{mara.id}").json()["points"]["active"] == 60
    assert checks.run(merchant.id).ok


def test_tell_nothing_of_another_merchants_rows(
    till: Till, other_till: Till, merchant: Merchant, other_merchant: Merchant, mara: Customer
) -> None:
    with merchant_scope(merchant):
        reward = factories.reward(cost_in_points=0)
    redeemed = till.post(f"rewards/{reward.id}/redeem", {"member_id": str(mara.id)}).json()["id"]
    with merchant_scope(other_merchant):
        theirs = factories.customer()
    calls = {
        "members/{}": (mara.id, None),
        "members/{}/statement": (mara.id, None),
        "redeemed-rewards/{}": (redeemed, None),
        "redeemed-rewards/{}/use": (redeemed, {}),
        "redeemed-rewards/{}/unuse": (redeemed, {}),
        "redeemed-rewards/{}/cancel": (redeemed, {}),
        "rewards/{}/redeem": (reward.id, {"member_id": str(theirs.id)}),
    }
    for path, (known, body) in calls.items():
        found = []
        for one in (known, uuid.uuid4(), "x"):
            address = path.format(one)
            response = other_till.get(address) if body is None else other_till.post(address, body)
            found.append((response.status_code, response.content))
        assert found[0][0] == 404, path
        assert found[0] == found[1] == found[2], path

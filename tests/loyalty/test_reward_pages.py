"""The catalogue of rewards as staff see it."""

from typing import Any

import pytest
from django.test import Client

from loyalty.models import Reward
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.loyalty.test_grid import sign_in
from tests.support.counting import queries_of
from tests.walls.rewards import REWARD

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, merchant: Merchant) -> Client:
    return sign_in(client, merchant, Role.ADMIN)


def only(merchant: Merchant) -> Reward:
    with merchant_scope(merchant):
        found: Reward = Reward.objects.get()
        return found


def send(client: Client, merchant: Merchant, path: str, **values: Any) -> tuple[int, str]:
    answer = client.post(f"/m/{merchant.slug}/rewards/{path}", values)
    return answer.status_code, answer.content.decode()


def test_makes_a_reward_in_the_merchants_currency(admin: Client, merchant: Merchant) -> None:
    assert send(admin, merchant, "new/", **REWARD)[0] == 302

    assert (only(merchant).name, only(merchant).currency) == ("Apron", "USD")
    assert "Apron" in admin.get(f"/m/{merchant.slug}/rewards/").content.decode()
    assert "Active" in admin.get(f"/m/{merchant.slug}/rewards/{only(merchant).id}/").content.decode()


WRONG = [
    ({"reward_type": "cashback"}, ["Say who pays the cashback.", "Say how much is paid."]),
    ({"reward_type": "percentage_discount_code"}, ["Say how many percent."]),
    ({"code_source": "pool"}, ["Choose the pool that the codes come from."]),
    ({"name": ""}, ["This field is required."]),
    ({"cost_in_points": "-1"}, ["Ensure this value is greater than or equal to 0."]),
    (
        {"active_from_0": "2026-05-02", "active_from_1": "10:00", "active_to_0": "2026-05-01", "active_to_1": "10:00"},
        ["The end has to come after the beginning."],
    ),
]


@pytest.mark.parametrize(("values", "errors"), WRONG)
def test_refuses_what_does_not_fit_and_keeps_what_was_typed(
    admin: Client, merchant: Merchant, values: dict[str, str], errors: list[str]
) -> None:
    status, text = send(admin, merchant, "new/", **REWARD | {"description": "Blue linen"} | values)

    assert status == 422
    assert [error for error in errors if error not in text] == []
    assert "Blue linen" in text
    with merchant_scope(merchant):
        assert not Reward.objects.exists()


def test_second_person_is_told_that_somebody_else_saved(admin: Client, merchant: Merchant) -> None:
    send(admin, merchant, "new/", **REWARD)
    path = f"{only(merchant).id}/edit/"
    assert send(admin, merchant, path, **REWARD | {"name": "Apron, blue"})[0] == 302

    status, text = send(admin, merchant, path, **REWARD | {"name": "Apron, red"})

    assert status == 422
    assert "Somebody else changed this meanwhile." in text
    assert only(merchant).name == "Apron, blue"


def test_viewer_sees_no_button_and_may_not_press_one(client: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        reward = make.reward()
    viewer = sign_in(client, merchant, Role.VIEWER)

    shown = viewer.get(f"/m/{merchant.slug}/rewards/{reward.id}/").content.decode()

    assert "/edit/" not in shown
    acts = ("new/", *(f"{reward.id}/{act}/" for act in ("edit", "archive", "restore", "clone")))
    assert {send(viewer, merchant, act)[0] for act in acts} == {403}


@pytest.mark.parametrize("rows", [1, 3])
def test_list_makes_the_same_queries_for_any_number_of_rows(admin: Client, merchant: Merchant, rows: int) -> None:
    with merchant_scope(merchant):
        for _ in range(rows):
            make.reward(total_limit=5)

    assert len(queries_of(admin, f"/m/{merchant.slug}/rewards/")) == 9

"""The lists of rewards, purchases and adjustments are sorted by every column as their cells read."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty.models import LoyaltySettings
from loyalty.services.adjustments import adjust, approve
from tenancy.actors import Actor
from tenancy.models import Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.loyalty.test_grid import sign_in
from tests.loyalty.test_points import buy, rules
from tests.support.shown import begin_with, in_order, shown

pytestmark = pytest.mark.django_db
HOME = "/m/brew-bloom/"


@pytest.fixture
def admin(client: Client, merchant: Merchant) -> Client:
    return sign_in(client, merchant, Role.ADMIN)


def redeemed() -> list[str]:
    who = make.customer()
    make.points(who, 900)
    for times in (2, 0, 1):
        what = make.reward()
        for _ in range(times):
            make.take(what, who)
    return ["0", "1", "2"]


def left() -> list[str]:
    who = make.customer()
    make.points(who, 900)
    make.reward(total_limit=12)
    make.reward()
    make.take(make.reward(total_limit=3), who)
    return ["2", "12", ""]


def standing() -> list[str]:
    now = timezone.now()
    make.reward(archived_at=now, active_to=now - timedelta(days=1))
    make.reward(active_from=now - timedelta(days=9), active_to=now - timedelta(days=1))
    make.reward(active_from=now + timedelta(days=9))
    make.reward(active_from=now - timedelta(days=1))
    return ["Active", "From", "Ended", "Archived"]


@pytest.mark.parametrize(("column", "prepare"), [("redeemed", redeemed), ("left", left), ("state", standing)])
def test_sort_rewards_as_the_cells_read(
    admin: Client, merchant: Merchant, column: str, prepare: Callable[[], list[str]]
) -> None:
    with merchant_scope(merchant):
        wanted = prepare()
    found = in_order(admin, f"{HOME}rewards/", column)
    assert begin_with(found, wanted), found


def test_sort_purchases_by_their_customers(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        rules()
        for first, last, email in (("Zoe", "Berg", "a"), ("", "", "nobody"), ("anna", "Lind", "b")):
            buy(make.customer(first_name=first, last_name=last, email=f"{email}@example.com"), "20.00")
    found = in_order(admin, f"{HOME}purchases/", "customer")
    names = ["anna Lind", "nobody@example.com", "Zoe Berg"]
    assert begin_with(found, names), found


@pytest.fixture
def adjusted(merchant: Merchant) -> None:
    """Adjustments that were asked for and decided by people and by the system."""
    ann = User.objects.create_user("ann@brew-bloom.example", name="Ann")
    ben = User.objects.create_user("ben@brew-bloom.example")
    with merchant_scope(merchant):
        LoyaltySettings.made_with(approval_above=10).save()
        for name, actor, reason in (
            ("Zoe", Actor.user(ben), "a " + "long " * 90),
            ("Mara", Actor.system(), "Goodwill"),
            ("Anna", Actor.user(ann), "birthday"),
        ):
            facts: dict[str, Any] = {
                "reason": reason,
                "op_key": uuid.uuid4().hex,
                "actor": actor,
                "now": timezone.now(),
            }
            row = adjust(customer_id=make.customer(first_name=name).id, points=50, **facts)
        approve(adjustment_id=row.id, actor=Actor.user(ben), now=timezone.now())


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("customer", ["Anna", "Mara", "Zoe"]),
        ("reason", ["a long", "birthday", "Goodwill"]),
        # Whoever is not a person stands first; who has no name is called by the address.
        ("asked_by", ["", "Ann", "ben@"]),
        ("decided_by", ["", "", "ben@"]),
    ],
)
def test_sort_adjustments_as_the_cells_read(admin: Client, adjusted: None, column: str, wanted: list[str]) -> None:
    found = in_order(admin, f"{HOME}point-adjustments/", column)
    assert begin_with(found, wanted), found


def test_turn_pages_sorted_by_a_long_reason(admin: Client, adjusted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.views.point_lists.AdjustmentList.page_sizes", (1,))
    page = admin.get(f"{HOME}point-adjustments/", {"sort": "reason"}).context["page"]
    assert shown(admin, f"{HOME}point-adjustments/", "reason", sort="reason", after=page.next_token) == ["birthday"]

"""Redeeming by staff: for points or free, from the customer's page and from the reward's, once however often pressed."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from customers.services import find_or_create
from ledger.models import Movement
from ledger.selectors import usable_balance
from ledger.units import Unit
from loyalty.models import LoyaltySettings, RedeemedChange, RedeemedReward, Reward
from loyalty.services.redeeming import redeem
from loyalty.states import Source
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.loyalty.test_grid import sign_in
from tests.loyalty.test_points import ask, buy
from tests.support.counting import queries_of

pytestmark = pytest.mark.django_db
KEY = "01990000-0000-7000-8000-000000000001"


@pytest.fixture
def admin(client: Client, merchant: Merchant) -> Client:
    return sign_in(client, merchant, Role.ADMIN)


@pytest.fixture
def who(merchant: Merchant) -> Customer:
    """Somebody with two lots: 60 points that end in a month, 200 that never do."""
    with merchant_scope(merchant):
        found = find_or_create(
            email="mara@example.com",
            first_name="Mara",
            last_name="Lind",
            now=timezone.now(),
            actor=Actor.system(),
        )
        make.points(found, 200)
        make.points(found, 60, expires_at=make.soon(days=30))
        return found


def rewarding(merchant: Merchant, **values: Any) -> Reward:
    with merchant_scope(merchant):
        return make.reward(**values)


def at(merchant: Merchant, who: Customer, what: Reward, more: str = "") -> str:
    return f"/m/{merchant.slug}/customers/{who.id}/redeem/{what.id}/{more}"


def press(client: Client, address: str, **values: Any) -> tuple[int, str]:
    answer = client.post(address, {"key": KEY, "way": "points", "reason": ""} | values)
    return answer.status_code, " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_page_shows_cost_balance_and_which_lots_pay(admin: Client, merchant: Merchant, who: Customer) -> None:
    text = shown(admin, at(merchant, who, rewarding(merchant, cost_in_points=100)))

    assert "Active points now 260 Cost in points 100 Active points afterwards 160" in text
    # The lot that ends first pays first, and the other one the rest.
    assert text.index("60 points earned") < text.index("40 points earned")


def test_redeem_for_points_as_shown(admin: Client, merchant: Merchant, who: Customer) -> None:
    what = rewarding(merchant)

    assert press(admin, at(merchant, who, what))[0] == 302

    with merchant_scope(merchant):
        row = RedeemedReward.objects.get()
        assert (row.source, row.cost_in_points, row.active_points_after) == (Source.ADMIN, 100, 160)
        paid = Movement.objects.filter(entry_id=row.entry_id, unit="POINT").order_by("position")
        assert list(paid.values_list("amount", flat=True)) == [60, 40]
        assert RedeemedChange.objects.get().actor.startswith("user:")


def test_grant_free_with_a_reason(admin: Client, merchant: Merchant, who: Customer) -> None:
    what = rewarding(merchant)

    status, text = press(admin, at(merchant, who, what), way="free")
    assert (status, "Say what the customer gets this reward for." in text) == (422, True)
    assert press(admin, at(merchant, who, what), way="free", reason="Sorry for the delay")[0] == 302

    with merchant_scope(merchant):
        row = RedeemedReward.objects.get()
        assert (row.source, row.cost_in_points) == (Source.GRANTED, 0)
        assert usable_balance(customer_id=who.id, unit=Unit.POINT, at=timezone.now()) == 260
        assert RedeemedChange.objects.get().reason == "Sorry for the delay"


def test_once_however_often_it_is_pressed(admin: Client, merchant: Merchant, who: Customer) -> None:
    what = rewarding(merchant)

    answers = {press(admin, at(merchant, who, what))[0] for _press in range(5)}

    assert answers == {302}
    with merchant_scope(merchant):
        assert RedeemedReward.objects.count() == 1


REFUSALS: list[tuple[dict[str, Any], str]] = [
    ({"cost_in_points": 300}, "The customer needs 40 more points."),
    ({"cost_in_points": 261}, "The customer needs 1 more point."),
    ({"total_limit": 0}, "This reward is sold out."),
    ({"customer_limit": 0}, "The customer has this reward as often as one customer may."),
    ({"active_to": make.soon(days=-1)}, "This reward cannot be redeemed at the moment."),
    ({"archived_at": make.soon(days=-1)}, "This reward cannot be redeemed at the moment."),
]


@pytest.mark.parametrize(("values", "sentence"), REFUSALS)
def test_refusal_says_why_in_plain_words(
    admin: Client, merchant: Merchant, who: Customer, values: dict[str, Any], sentence: str
) -> None:
    status, text = press(admin, at(merchant, who, rewarding(merchant, **values)))

    assert (status, sentence in text) == (409, True)
    with merchant_scope(merchant):
        assert not RedeemedReward.objects.exists()


def test_take_no_other_cost_than_was_shown(admin: Client, merchant: Merchant, who: Customer) -> None:
    what = rewarding(merchant, cost_in_points=100)
    assert 'name="cost" value="100"' in admin.get(at(merchant, who, what)).content.decode()
    with merchant_scope(merchant):
        Reward.objects.update(cost_in_points=250)

    answer = admin.post(at(merchant, who, what), {"key": KEY, "way": "points", "reason": "", "cost": "100"})

    assert answer.status_code == 409
    assert "The cost has changed meanwhile." in answer.content.decode()
    assert 'name="cost" value="250"' in answer.content.decode()
    assert press(admin, at(merchant, who, what), cost="100", way="free", reason="Sorry")[0] == 302


def test_reason_is_kept_where_it_is_refused(admin: Client, merchant: Merchant, who: Customer) -> None:
    what = rewarding(merchant, cost_in_points=900)
    answer = admin.post(at(merchant, who, what), {"key": KEY, "way": "points", "reason": "Birthday <3"})
    assert "Birthday &lt;3" in answer.content.decode()


def test_find_the_customer_by_the_beginning_of_a_word(admin: Client, merchant: Merchant, who: Customer) -> None:
    what = rewarding(merchant)
    page = f"/m/{merchant.slug}/rewards/{what.id}/redeem/"

    assert "Mara Lind" not in shown(admin, page)
    assert "Nobody is found" in shown(admin, f"{page}?q=nobody")
    text = shown(admin, f"{page}?q=mara")
    assert "Mara Lind" in text
    assert "260 active points" in text


def test_pick_page_says_of_each_reward_why_not(admin: Client, merchant: Merchant, who: Customer) -> None:
    rewarding(merchant, name="Cheap")
    rewarding(merchant, name="Dear", cost_in_points=1_000)
    rewarding(merchant, name="Gone", total_limit=0)

    text = shown(admin, f"/m/{merchant.slug}/customers/{who.id}/redeem/")

    assert "740 more points are needed." in text
    assert "All 0 are taken. Raise the limit in all." in text
    # Granting free helps against too few points, not against an empty shelf.
    assert text.count("Grant …") == 1


@pytest.mark.parametrize("number", [1, 3])
def test_pick_page_costs_as_much_for_three_rewards(
    admin: Client, merchant: Merchant, who: Customer, number: int
) -> None:
    for one in range(number):
        rewarding(merchant, name=f"Reward {one}")
    assert len(queries_of(admin, f"/m/{merchant.slug}/customers/{who.id}/redeem/")) <= 12


@pytest.mark.parametrize("number", [1, 3])
def test_other_pages_cost_as_much_for_three_rows(admin: Client, merchant: Merchant, who: Customer, number: int) -> None:
    what = rewarding(merchant)
    with merchant_scope(merchant):
        for one in range(number):
            make.points(who, 10)
            find_or_create(email=f"mara{one}@example.com", first_name="Mara", now=timezone.now(), actor=Actor.system())
    assert len(queries_of(admin, at(merchant, who, what))) <= 12
    assert len(queries_of(admin, at(merchant, who, what, "why/"))) <= 12
    assert len(queries_of(admin, f"/m/{merchant.slug}/rewards/{what.id}/redeem/?q=mara")) <= 12


def test_why_panel_names_each_rule_and_what_would_fix_it(client: Client, merchant: Merchant, who: Customer) -> None:
    viewer = sign_in(client, merchant, Role.VIEWER)
    what = rewarding(merchant, cost_in_points=300, total_limit=4, customer_limit=1)

    text = shown(viewer, at(merchant, who, what, "why/"))

    for words in (
        "No: the customer cannot redeem it now.",
        "Met: The reward is in its active period.",
        "Met: 4 of 4 are left.",
        "Met: The customer has 0 of at most 1.",
        "Not met: The customer has 260 active points; the reward costs 300. 40 more points are needed.",
    ):
        assert words in text


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_refuse_whoever_is_no_admin(client: Client, merchant: Merchant, who: Customer, role: Role) -> None:
    signed = sign_in(client, merchant, role)
    what = rewarding(merchant)
    assert signed.get(at(merchant, who, what)).status_code == 403
    assert press(signed, at(merchant, who, what))[0] == 403
    assert "Redeem a reward" not in shown(signed, f"/m/{merchant.slug}/customers/{who.id}/?tab=rewards")
    # They may look, and answer whoever asks why; nothing there leads to redeeming.
    text = shown(signed, f"/m/{merchant.slug}/customers/{who.id}/redeem/")
    assert "Why?" in text
    assert "Choose" not in text


def test_name_who_has_a_card_alone(admin: Client, merchant: Merchant) -> None:
    what = rewarding(merchant)
    with merchant_scope(merchant):
        LoyaltySettings.made_with(points_per_unit=1, approval_above=10).save()
        who = make.customer(email="", first_name="", last_name="", phone="", card_number="CARD-77")
        bought, asked = buy(who), ask(who, 500)
    customer, home = f"/m/{merchant.slug}/customers/{who.id}/", f"/m/{merchant.slug}/"

    assert "for CARD-77" in shown(admin, at(merchant, who, what))
    assert "for CARD-77" in shown(admin, f"{customer}redeem/")
    assert "Why? Book for CARD-77" in shown(admin, at(merchant, who, what, "why/"))
    assert "Statement of CARD-77" in shown(admin, f"{customer}statement/")
    assert "+500 points for CARD-77" in shown(admin, f"{home}point-adjustments/{asked.id}/approve/")
    assert "CARD-77" in shown(admin, f"{home}purchases/{bought.id}/")
    assert shown(admin, customer).count("CARD-77") > 1


def test_know_no_erased_customer(admin: Client, merchant: Merchant, who: Customer) -> None:
    with merchant_scope(merchant):
        Customer.objects.filter(id=who.id).update(erased_at=timezone.now())
    assert admin.get(at(merchant, who, rewarding(merchant))).status_code == 404


def test_customers_tab_draws_the_grids_own_table(admin: Client, merchant: Merchant, who: Customer) -> None:
    with merchant_scope(merchant):
        row = make.take(make.reward(name="Book"), who)
    page = admin.get(f"/m/{merchant.slug}/customers/{who.id}/?tab=rewards").content.decode()

    for label in ("Redeem date and time", "Customer active points amount", "Unused / Used", "Actions"):
        assert label in page
    assert f"/redeemed-rewards/{row.id}/use/" in page


@pytest.mark.parametrize("number", [1, 3])
def test_customers_tab_costs_as_much_for_three_rows(
    admin: Client, merchant: Merchant, who: Customer, number: int
) -> None:
    with merchant_scope(merchant):
        for _one in range(number):
            make.take(make.reward(cost_in_points=1), who)
    # The page's own: claims pattern, signals, points and tab.
    assert len(queries_of(admin, f"/m/{merchant.slug}/customers/{who.id}/?tab=rewards")) <= 14


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limited", [True, False])
def test_hold_the_customers_limit_when_colleagues_grant_at_once(
    merchant: Merchant, together: Callable[..., list[Any]], *, limited: bool
) -> None:
    """Eight grants at the same moment under a limit of two; without the limit, the control, all eight stand."""
    with merchant_scope(merchant):
        who, what = make.customer(), make.reward(customer_limit=2 if limited else None)

    def grant(key: str) -> RedeemedReward:
        with merchant_scope(merchant):
            return redeem(
                reward_id=what.id,
                customer_id=who.id,
                op_key=key,
                source=Source.GRANTED,
                actor=Actor("user", uuid.UUID(int=7)),
                now=timezone.now(),
                reason="Sorry",
            )

    outcomes = together(grant, [(f"staff:{number}",) for number in range(8)])

    assert len([one for one in outcomes if not one.error]) == (2 if limited else 8)
    with merchant_scope(merchant):
        assert RedeemedReward.objects.count() == (2 if limited else 8)

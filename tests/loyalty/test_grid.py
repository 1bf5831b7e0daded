"""The grid of redeemed rewards, its boxes and its page, as staff see them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty.models import RedeemedReward
from loyalty.services.using import mark_used, set_delivery
from loyalty.states import DeliveryStatus, RewardType
from loyalty.views.redeemed import RedeemedList
from tenancy import search
from tenancy.actors import Actor
from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make
from tests.support.counting import queries_of

pytestmark = pytest.mark.django_db
STAFF = Actor("user", uuid.UUID(int=7))
LABELS = [
    "Redeem date and time",
    "Usage date and time",
    "Cost in points",
    "Tax value",
    "Customer e-mail",
    "Phone",
    "Reward",
    "Reward type",
    "Customer&#x27;s first name",
    "Customer&#x27;s surname",
    "Customer active points amount",
    "Delivery status",
    "Cashback status",
    "Unused / Used",
    "Actions",
]


def sign_in(client: Client, merchant: Merchant, role: Role) -> Client:
    user = User.objects.create_user(f"{role.name.lower()}@brew-bloom.example", "pw-pw-pw-pw-pw", name="Ann")
    Membership.objects.create(merchant=merchant, user=user, role=role)
    merchant.mfa_required = False
    merchant.save()
    client.force_login(user)
    return client


@pytest.fixture
def admin(client: Client, merchant: Merchant) -> Client:
    return sign_in(client, merchant, Role.ADMIN)


def redeemed(merchant: Merchant, **reward: Any) -> RedeemedReward:
    with merchant_scope(merchant):
        who = make.customer(phone="+44 20 7946 0018")
        make.points(who, 1000)
        return make.take(make.reward(**reward), who)


def page(client: Client, merchant: Merchant, query: str = "") -> str:
    answer = client.get(f"/m/{merchant.slug}/redeemed-rewards/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def body(html: str) -> str:
    return html.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]


def test_columns_have_their_labels_in_their_order(admin: Client, merchant: Merchant) -> None:
    redeemed(merchant)
    head = page(admin, merchant).split("<thead>")[1].split("</thead>")[0]

    places = [head.find(f">{label}<") for label in LABELS]

    assert -1 not in places
    assert places == sorted(places)


def test_row_shows_reward_with_its_code_and_dashes_for_what_is_empty(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        codes = make.pool(1)
    row = redeemed(merchant, name="Book", pool=codes, tax_value=0)

    shown = body(page(admin, merchant))

    assert f'Book <span class="code">({row.code_value})</span>' in shown
    # Usage, tax value, delivery and cashback.
    assert shown.count('aria-hidden="true">—</span>') == 4
    assert ">900<" in shown


@pytest.mark.parametrize("name", sorted(RedeemedList.sorts))
def test_every_column_sorts_both_ways(admin: Client, merchant: Merchant, name: str) -> None:
    rows = [redeemed(merchant, name=f"Reward {number}", cost_in_points=number + 1) for number in range(3)]
    with merchant_scope(merchant):
        mark_used(redeemed_id=rows[1].id, actor=STAFF, now=timezone.now())

    up, down = (body(page(admin, merchant, f"?sort={way}{name}")) for way in ("", "-"))

    def order(text: str) -> list[int]:
        return sorted(range(3), key=lambda number: text.find(str(rows[number].id)))

    assert order(up) == order(down)[::-1]


FILTERS = [
    ("q=Book", 1),
    ("q=nobody", 0),
    ("used=yes", 1),
    ("used=no", 2),
    ("delivery_status=ordered", 1),
    ("delivery_status=shipped", 0),
    ("reward_type=gift", 1),
    ("reward_type=gift&reward_type=cashback", 2),
    ("coupon_status=active", 2),
    ("coupon_status=inactive", 1),
    ("coupon_status=expired", 0),
    ("cashback_status=init", 1),
    ("cashback_status=success", 0),
    ("redeemed_from=2020-01-01&redeemed_to=2020-01-31", 0),
    ("redeemed_from=2020-01-01", 3),
    ("used_on_from=2020-01-01", 1),
    ("used_on_from=1970-01-02", 1),
    ("used_on_to=2099-01-01", 1),
    ("delivery_status=nonsense", 3),
    ("sort=nonsense&page_size=x&after=y", 3),
]


@pytest.mark.parametrize(("query", "rows"), FILTERS)
def test_filters_narrow_the_grid(admin: Client, merchant: Merchant, query: str, rows: int) -> None:
    gift = redeemed(merchant, name="Mug", reward_type=RewardType.GIFT)
    redeemed(merchant, name="Book", days_until_active=2)
    redeemed(merchant, name="Money back", reward_type=RewardType.CASHBACK)
    with merchant_scope(merchant):
        mark_used(redeemed_id=gift.id, actor=STAFF, now=timezone.now())

    assert body(page(admin, merchant, f"?{query}")).count("<tr") == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_grid_makes_the_same_queries_for_any_number_of_rows(admin: Client, merchant: Merchant, rows: int) -> None:
    for _ in range(rows):
        redeemed(merchant)

    assert len(queries_of(admin, f"/m/{merchant.slug}/redeemed-rewards/")) == 8


@pytest.mark.parametrize(("rows", "words"), [(1, "1 redeemed reward"), (3, "2+ redeemed rewards")])
def test_words_that_many_have_cost_three_queries_more(
    admin: Client, merchant: Merchant, monkeypatch: pytest.MonkeyPatch, rows: int, words: str
) -> None:
    for _ in range(rows):
        redeemed(merchant, name="Mug")
    redeemed(merchant, name="Book")
    monkeypatch.setattr(search, "FEW", 0)
    monkeypatch.setattr(RedeemedList, "search_cap", 2)

    assert len(queries_of(admin, f"/m/{merchant.slug}/redeemed-rewards/", q="mug mara")) == 11
    shown = page(admin, merchant, "?q=mug+mara&used=no")
    assert body(shown).count("<tr") == rows
    assert words in shown
    assert "0 redeemed rewards" in page(admin, merchant, "?q=mug+mara&used=yes")


def post(client: Client, merchant: Merchant, row: RedeemedReward, act: str, **values: str) -> int:
    return client.post(f"/m/{merchant.slug}/redeemed-rewards/{row.id}/{act}/", values).status_code


def fresh(merchant: Merchant, row: RedeemedReward) -> RedeemedReward:
    with merchant_scope(merchant):
        found: RedeemedReward = RedeemedReward.objects.get(id=row.id)
        return found


def test_box_marks_and_unmarks(admin: Client, merchant: Merchant) -> None:
    row = redeemed(merchant)
    assert 'aria-checked="false"' in body(page(admin, merchant))
    assert ">Delivered</button>" in body(page(admin, merchant))

    assert post(admin, merchant, row, "use") == 302

    assert 'aria-checked="true"' in body(page(admin, merchant))
    assert ">Used</button>" in body(page(admin, merchant))
    assert post(admin, merchant, row, "unuse") == 302
    assert fresh(merchant, row).used_at is None


def test_expired_coupon_has_a_fixed_box_and_answers_409(admin: Client, merchant: Merchant) -> None:
    row = redeemed(merchant, days_valid=1)
    with merchant_scope(merchant):
        RedeemedReward.objects.update(expires_at=timezone.now(), active_from=timezone.now() - timedelta(days=2))

    shown = body(page(admin, merchant))

    assert f'aria-disabled="true" tabindex="0" aria-describedby="why-{row.id}"' in shown
    assert f'<span role="tooltip" id="why-{row.id}">The coupon has expired.</span>' in shown
    assert "<button" not in shown
    assert post(admin, merchant, row, "use") == 409
    assert fresh(merchant, row).version == 1


def test_cashback_has_a_dash_instead_of_a_box(admin: Client, merchant: Merchant) -> None:
    redeemed(merchant, reward_type=RewardType.CASHBACK)

    shown = body(page(admin, merchant))

    assert "use-box" not in shown
    assert "0: INIT: INIT" in shown


@pytest.mark.parametrize("kind", list(RewardType))
def test_address_opens_for_every_type_with_dashes(admin: Client, merchant: Merchant, kind: str) -> None:
    row = redeemed(merchant, reward_type=kind)

    text = admin.get(f"/m/{merchant.slug}/redeemed-rewards/{row.id}/address/").content.decode()

    for label in (
        "First name",
        "Surname",
        "Street",
        "House number",
        "Building number",
        "Province",
        "City",
        "Postal code",
        "Country",
    ):
        assert f">{label}<" in text
    assert "Long Lane" in text
    assert "United Kingdom" in text
    # Building number and province are not known.
    assert text.count('aria-hidden="true">—</span>') == 2


def test_page_shows_four_dimensions_what_paid_and_history(admin: Client, merchant: Merchant) -> None:
    row = redeemed(merchant, reward_type=RewardType.GIFT)
    with merchant_scope(merchant):
        mark_used(redeemed_id=row.id, actor=STAFF, now=timezone.now())
        set_delivery(redeemed_id=row.id, status=DeliveryStatus.SHIPPED, actor=STAFF, now=timezone.now())

    text = admin.get(f"/m/{merchant.slug}/redeemed-rewards/{row.id}/").content.decode()

    for words in ("Coupon status", "Active", "Used", "Shipped", "100 points", "Gift shipped", "Marked as used"):
        assert words in text
    assert "The gift has been shipped." in text


def test_cancel_says_what_it_does_and_does_it(admin: Client, merchant: Merchant) -> None:
    row = redeemed(merchant)
    asked = admin.get(f"/m/{merchant.slug}/redeemed-rewards/{row.id}/cancel/").content.decode()
    assert "100 points go back" in asked
    assert "Give the points back" in asked
    assert "Keep the points" in asked

    assert post(admin, merchant, row, "cancel", points="keep", reason="Broke the rules") == 302

    assert (fresh(merchant, row).coupon_status, fresh(merchant, row).is_refunded) == ("canceled", False)
    assert post(admin, merchant, row, "use") == 409


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
def test_only_admins_may_change_anything(client: Client, merchant: Merchant, role: Role) -> None:
    row = redeemed(merchant)
    staff = sign_in(client, merchant, role)

    shown = body(page(staff, merchant))

    assert "<button" not in shown
    assert {post(staff, merchant, row, act) for act in ("use", "unuse", "delivery", "cancel", "pay-again")} == {403}


def test_grid_of_another_merchant_is_empty(admin: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    redeemed(other_merchant)

    assert "No redeemed rewards yet" in page(admin, merchant)


def test_asked_for_a_status_the_labels_are_brought_up_to_date(admin: Client, merchant: Merchant) -> None:
    ended = redeemed(merchant, days_valid=1)
    with merchant_scope(merchant):
        past = timezone.now() - timedelta(days=3)
        RedeemedReward.objects.filter(id=ended.id).update(
            redeemed_at=past, active_from=past, expires_at=past + timedelta(days=1)
        )

    assert "No row fits" in page(admin, merchant, "?coupon_status=active")
    assert ended.reward_name in body(page(admin, merchant, "?coupon_status=expired"))

    with merchant_scope(merchant):
        assert RedeemedReward.objects.get().coupon_status == "expired"

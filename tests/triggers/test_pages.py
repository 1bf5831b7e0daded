"""The pages: which triggers are on, trying one, why something was given; and for whom."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from offers.models.trigger import OfferTrigger
from tenancy.models import AuditEvent, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.loyalty import factories as loyalty
from tests.offers import factories as offers
from tests.support.counting import queries_of
from tests.triggers.factories import buy, given, on
from triggers.models import TriggerState
from triggers.states import Occasion

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(merchant: Merchant) -> Any:
    """An offer of the merchant."""
    with merchant_scope(merchant):
        return offers.offer()


def seen_in(page: str) -> str:
    """Return what the form was opened with."""
    (found,) = re.findall(r'name="seen" value="(\w+)"', page)
    return str(found)


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return str(answer.content.decode())


def triggers_of(merchant: Merchant, offer: Any) -> dict[str, Any]:
    with merchant_scope(merchant):
        return {one.event: one for one in OfferTrigger.objects.filter(offer=offer, is_active=True)}


def test_switch_on_change_and_off(admin: Client, merchant: Merchant, offer: Any) -> None:
    url = f"/m/brew-bloom/offers/{offer.id}/triggers/"
    posted = {"seen": seen_in(read(admin, url)), "purchase": "on", "minimum": "20", "birthday": "on", "flag": "on"}
    assert admin.post(url, posted).status_code == 302
    found = triggers_of(merchant, offer)
    assert set(found) == {"purchase.recorded", "member.birthday"}
    assert (found["purchase.recorded"].minimum_amount, found["purchase.recorded"].is_clipped) == (20, True)
    page = read(admin, f"/m/brew-bloom/offers/{offer.id}/")
    assert "After a purchase of at least $20.00" in page
    form = read(admin, url)
    assert 'value="20.00"' in form
    since = found["member.birthday"].active_since
    assert admin.post(url, {"seen": seen_in(form), "birthday": "on", "flag": "on"}).status_code == 302
    kept = triggers_of(merchant, offer)
    assert set(kept) == {"member.birthday"}
    assert kept["member.birthday"].active_since == since
    with merchant_scope(merchant):
        assert TriggerState.objects.get().upto > 0
        assert AuditEvent.objects.filter(action="offer.triggers_changed").count() == 2


def test_save_over_nobody_elses_change(admin: Client, merchant: Merchant, offer: Any) -> None:
    url = f"/m/brew-bloom/offers/{offer.id}/triggers/"
    seen = seen_in(read(admin, url))
    with merchant_scope(merchant):
        on(offer, Occasion.PURCHASE)
    answer = admin.post(url, {"seen": seen, "birthday": "on"})
    assert answer.status_code == 422
    assert "Somebody else changed this meanwhile" in answer.content.decode()
    assert set(triggers_of(merchant, offer)) == {"purchase.recorded"}


def test_keep_what_was_typed_beside_the_error(admin: Client, merchant: Merchant, offer: Any) -> None:
    url = f"/m/brew-bloom/offers/{offer.id}/triggers/"
    answer = admin.post(url, {"seen": seen_in(read(admin, url)), "purchase": "on", "minimum": "-1"})
    assert answer.status_code == 422
    assert 'value="-1"' in answer.content.decode()
    assert triggers_of(merchant, offer) == {}


def test_saving_without_a_change_leaves_no_trace(admin: Client, merchant: Merchant, offer: Any) -> None:
    url = f"/m/brew-bloom/offers/{offer.id}/triggers/"
    assert admin.post(url, {"seen": seen_in(read(admin, url))}).status_code == 302
    with merchant_scope(merchant):
        assert not AuditEvent.objects.filter(action="offer.triggers_changed").exists()
        assert not TriggerState.objects.exists()


def test_reward_page_says_the_same(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        reward = loyalty.reward()
    url = f"/m/brew-bloom/rewards/{reward.id}/triggers/"
    page = read(admin, url)
    assert "Clipped" not in page
    assert admin.post(url, {"seen": seen_in(page), "enrolled": "on"}).status_code == 302
    assert "When somebody enrols" in read(admin, f"/m/brew-bloom/rewards/{reward.id}/")


def test_try_on_the_past(admin: Client, merchant: Merchant, offer: Any) -> None:
    with merchant_scope(merchant):
        buy(offers.member(), "25.00", reference="4711")
        buy(offers.member(), "5.00", reference="4712")
    url = f"/m/brew-bloom/offers/{offer.id}/triggers/trial/"
    page = read(admin, url)
    assert "Purchase 4711" in page
    assert "Purchase 4712" in page
    page = read(admin, f"{url}?on=purchase&minimum=20&days=7")
    assert "Purchase 4711" in page
    assert "Purchase 4712" not in page
    assert "Nothing of the kind happened" in read(admin, f"{url}?on=processed")
    assert admin.get(f"{url}?on=nothing").status_code == 422
    assert admin.get(f"{url}?minimum=x&days=400").status_code == 422


def test_response_and_reward_say_why(admin: Client, merchant: Merchant, offer: Any) -> None:
    with merchant_scope(merchant):
        reward = loyalty.reward()
        on(offer, Occasion.PURCHASE)
        on(reward, Occasion.PURCHASE)
        buy(offers.member(), reference="4711")
        (response,), (redeemed,) = given(offer), given(reward)
    for path in (f"offer-responses/{response.id}/", f"redeemed-rewards/{redeemed.id}/"):
        page = read(admin, f"/m/brew-bloom/{path}")
        assert "because of" in page
        assert "Purchase 4711" in page


@pytest.mark.parametrize("role", list(Role))
def test_each_role(staff: Callable[[Role], Client], merchant: Merchant, offer: Any, role: Role) -> None:
    client, url = staff(role), f"/m/brew-bloom/offers/{offer.id}/triggers/"
    may = role >= Role.ADMIN
    assert client.get(url).status_code == (200 if may else 403)
    assert client.post(url, {"seen": "", "birthday": "on"}).status_code == (422 if may else 403)
    assert client.get(f"{url}trial/").status_code == 200
    assert ("Change triggers" in read(client, f"/m/brew-bloom/offers/{offer.id}/")) is may


def test_another_merchants_offer_is_nothing(admin: Client, other_merchant: Merchant) -> None:
    with merchant_scope(other_merchant):
        foreign = offers.offer()
    for path in ("triggers/", "triggers/trial/"):
        assert admin.get(f"/m/brew-bloom/offers/{foreign.id}/{path}").status_code == 404


@pytest.mark.parametrize("acts", [1, 3])
def test_trial_asks_a_handful_of_questions(admin: Client, merchant: Merchant, offer: Any, acts: int) -> None:
    with merchant_scope(merchant):
        for _number in range(acts):
            buy(offers.member(), now=timezone.now())
    assert len(queries_of(admin, f"/m/brew-bloom/offers/{offer.id}/triggers/trial/")) <= 14

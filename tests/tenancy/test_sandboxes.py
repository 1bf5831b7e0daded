"""A merchant's sandbox: once, with something to try, behind walls of its own."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer
from ledger import checks
from loyalty.models import Reward
from offers.models import Offer, OfferResponse
from tenancy.actors import Actor
from tenancy.errors import Refused
from tenancy.models import ApiKey, AuditEvent, Membership, Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.services.sandboxes import make_sandbox
from tests.support.threads import Outcome

pytestmark = pytest.mark.django_db(databases=["default", "aside"])
BASE = "/m/brew-bloom/settings/api-keys/"


def made(merchant: Merchant) -> tuple[Merchant, ApiKey | None, str]:
    with merchant_scope(merchant):
        return make_sandbox(merchant=merchant, actor=Actor.system(), now=timezone.now())


def called(text: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {text}", "Idempotency-Key": path}
    client = Client(headers=headers)
    address = f"/api/v1/{path}"
    return client.post(address, body, content_type="application/json") if body is not None else client.get(address)


def test_try_a_till_in_it(merchant: Merchant) -> None:
    Merchant.objects.filter(pk=merchant.pk).update(currency="EUR", time_zone="Europe/Berlin")
    merchant.refresh_from_db()
    sandbox, _key, text = made(merchant)
    assert (sandbox.sandbox_of, sandbox.slug, sandbox.currency) == (merchant, "brew-bloom-sandbox", "EUR")
    assert "Sandbox" in sandbox.name
    (ada,) = called(text, "members?card_number=TEST-0001").json()["results"]
    assert called(text, f"members/{ada['id']}").json()["points"]["active"] == 500
    rewards = called(text, f"rewards?member_id={ada['id']}").json()["results"]
    assert {one["name"]: one["redeemable"] for one in rewards} == {
        "Free shipping": True,
        "Enamel mug": True,
        "5 off with a code": True,
        "Out of reach": False,
    }
    held = called(text, f"members/{ada['id']}/responses").json()["results"]
    assert {one["offer"]["name"]: one["usage_period"]["state"] for one in held}["Not yet"] == "not_started"
    usable = next(one for one in held if one["offer"]["name"] == "10% off")
    assert called(text, f"responses/{usable['id']}/redeem", {"reference": "T-1"}).json()["status"] == "completed"
    assert checks.run(sandbox.id).ok


def test_touch_nothing_of_the_merchants_own(merchant: Merchant) -> None:
    sandbox, _key, _text = made(merchant)
    with merchant_scope(merchant):
        assert [model.objects.count() for model in (Customer, Reward, Offer, OfferResponse, ApiKey)] == [0] * 5
        assert [one.action for one in AuditEvent.objects.all()] == ["sandbox.created"]
    with merchant_scope(sandbox):
        assert [model.objects.count() for model in (Customer, Reward, Offer, OfferResponse, ApiKey)] == [3, 4, 5, 5, 1]


def test_make_it_once(merchant: Merchant) -> None:
    first, _key, text = made(merchant)
    again, key, nothing = made(merchant)
    assert (again, key, nothing) == (first, None, "")
    assert text
    with pytest.raises(Refused), merchant_scope(first):
        make_sandbox(merchant=first, actor=Actor.system(), now=timezone.now())


def test_take_another_address_where_one_is_taken(merchant: Merchant) -> None:
    Merchant.objects.create(name="Somebody", slug="brew-bloom-sandbox")
    assert made(merchant)[0].slug == "brew-bloom-sandbox-2"


@pytest.mark.django_db(transaction=True, databases=["default", "aside"])
def test_make_one_however_often_it_is_asked_for(merchant: Merchant, together: Callable[..., list[Outcome]]) -> None:
    found = together(made, [(merchant,)] * 4)
    assert {type(one.error) for one in found} <= {type(None), Refused}
    assert len([one for one in found if one.value and one.value[2]]) == 1
    assert Merchant.objects.filter(sandbox_of=merchant).count() == 1
    assert made(merchant)[2] == ""


def test_lead_an_owner_into_it(owner: Client, merchant: Merchant) -> None:
    assert "Make the sandbox" in owner.get(f"{BASE}sandbox/").content.decode()
    answer = owner.post(f"{BASE}sandbox/")
    there = "/m/brew-bloom-sandbox/settings/api-keys/"
    assert answer["Location"] == there
    page = owner.get(there).content.decode()
    assert "Your new key" in page
    assert "Sandbox till" in page
    assert "Your new key" not in owner.get(there).content.decode()
    assert f"{there}sandbox/" not in page
    assert owner.post(f"{BASE}sandbox/")["Location"] == there
    sandbox = Merchant.objects.get(sandbox_of=merchant)
    assert set(Membership.objects.filter(merchant=sandbox).values_list("role", flat=True)) == {Role.OWNER}


def test_show_it_to_owners_only(signed_in: Callable[[Role], Client]) -> None:
    client = signed_in(Role.ADMIN)
    assert client.get(f"{BASE}sandbox/").status_code == 403
    assert client.post(f"{BASE}sandbox/").status_code == 403

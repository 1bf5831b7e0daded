"""A clone has the triggers of what it was made from, switched off until somebody looks."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from loyalty.services.catalogue import clone_reward
from offers.services.catalogue import clone_offer
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as loyalty
from tests.offers import factories as offers
from tests.triggers.factories import STAFF, buy, given, on, target_of
from tests.triggers.test_pages import read, seen_in
from triggers.states import Occasion

pytestmark = pytest.mark.django_db


def triggers_of(what: Any) -> dict[str, Any]:
    return {one.event: one for one in target_of(what).triggers_of(what.id)}


def test_clone_of_an_offer_has_its_triggers_switched_off(scope: Merchant) -> None:
    first, key = offers.offer(), uuid.uuid4()
    on(first, Occasion.PURCHASE, Occasion.BIRTHDAY, minimum="20", flag=True)
    about: dict[str, Any] = {"offer_id": first.id, "op_key": key, "actor": STAFF, "now": timezone.now()}
    copy = clone_offer(**about)
    assert clone_offer(**about).id == copy.id
    found = triggers_of(copy)
    assert {name: one.is_active for name, one in found.items()} == {
        Occasion.PURCHASE.value: False,
        Occasion.BIRTHDAY.value: False,
    }
    purchase = found[Occasion.PURCHASE]
    assert (purchase.minimum_amount, purchase.is_clipped) == (20, True)
    assert (AuditEvent.objects.get(action="offer.cloned").after or {})["triggers_off"] == 2
    buy(offers.member(), "30")
    assert (len(given(first)), given(copy)) == (1, [])


def test_clone_of_a_reward_has_them_too_and_not_what_was_off(scope: Merchant) -> None:
    first = loyalty.reward()
    on(first, Occasion.ENROLLED, Occasion.BIRTHDAY)
    on(first, Occasion.BIRTHDAY)
    copy = clone_reward(reward_id=first.id, op_key=uuid.uuid4(), actor=STAFF, now=timezone.now())
    assert [(one.event, one.is_active) for one in triggers_of(copy).values()] == [(Occasion.BIRTHDAY.value, False)]


def test_page_says_so_and_the_form_remembers_how(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        first = offers.offer()
        on(first, Occasion.PURCHASE, minimum="20", flag=True)
    answer = admin.post(f"/m/brew-bloom/offers/{first.id}/clone/", follow=True)
    assert "Its triggers, if it has any, are switched off." in answer.content.decode()
    with merchant_scope(merchant):
        copy = type(first).objects.exclude(id=first.id).get()
    page = read(admin, f"/m/brew-bloom/offers/{copy.id}/")
    assert "None is on: it is not given by itself." in page
    assert "After a purchase of at least $20.00" in page
    assert "switched off" in page
    url = f"/m/brew-bloom/offers/{copy.id}/triggers/"
    form = read(admin, url)
    assert 'value="20.00"' in form
    assert admin.post(url, {"seen": seen_in(form), "purchase": "on", "minimum": "20", "flag": "on"}).status_code == 302
    with merchant_scope(merchant):
        assert triggers_of(copy)[Occasion.PURCHASE].is_active
    page = read(admin, f"/m/brew-bloom/offers/{copy.id}/")
    assert "switched off" not in page

"""Two owners at the rules for points of one merchant."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from loyalty.models import LoyaltySettings
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import path, sign_in


def opened(client: Client, merchant: Merchant) -> dict[str, Any]:
    """What the form sends where nobody touches it."""
    form = client.get(path(merchant, "settings", "points")).context["form"]
    given = {name: form[name].value() for name in form.fields}
    return {name: value for name, value in given.items() if value is not None and value is not False}


@pytest.mark.django_db
def test_do_not_undo_what_another_owner_has_set_meanwhile(merchant: Merchant) -> None:
    owner, address = sign_in(merchant, Role.OWNER), path(merchant, "settings", "points")
    for first in (True, False):
        mine, theirs = opened(owner, merchant), opened(owner, merchant)
        assert f'value="{mine["seen"]}"' in owner.get(address).content.decode()
        assert owner.post(address, theirs | {"lock_days": 3 if first else 4}).status_code == 302
        answer = owner.post(address, mine | {"points_per_unit": "7"})
        assert (answer.status_code, "Somebody else has changed these settings" in answer.content.decode()) == (
            422,
            True,
        )
    assert owner.post(address, opened(owner, merchant) | {"points_per_unit": "7"}).status_code == 302
    with merchant_scope(merchant):
        found = LoyaltySettings.objects.get()
    assert (found.lock_days, found.points_per_unit) == (4, Decimal(7))

"""A customer's browser without a window: asks for a link, reads the mail, signs in, presses buttons."""

import re
import uuid
from typing import Any

from django.test import Client
from django.utils import timezone

from cockpit.client.keys import token_of
from cockpit.client.links import ask_for_link, send_link
from cockpit.models import SignInLink
from customers.models import Customer
from loyalty.models import RedeemedReward, Reward
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories as make

OP_KEY = re.compile(r'name="op_key" value="([0-9a-f-]{36})"')


class Browser:
    """One browser at one merchant."""

    def __init__(self, merchant: Merchant) -> None:
        self.client = Client()
        self.home = f"/c/{merchant.slug}/"

    def get(self, path: str = "", **params: str) -> Any:
        """Open a page below the merchant's first one."""
        return self.client.get(f"{self.home}{path}", params)

    def post(self, path: str, **values: str) -> Any:
        """Send a form."""
        return self.client.post(f"{self.home}{path}", values)

    def text(self, path: str = "", **params: str) -> str:
        """Return a page's text; it has to be there."""
        answer = self.get(path, **params)
        assert answer.status_code == 200, answer.status_code
        return str(answer.content.decode())

    def redeem(self, reward: Reward, key: str = "") -> Any:
        """Press the button of a reward's page."""
        found = OP_KEY.search(self.text(f"rewards/{reward.id}/")) if not key else None
        return self.post(f"rewards/{reward.id}/", op_key=found[1] if found else key or str(uuid.uuid4()))


def link_for(merchant: Merchant, address: str, now: Any = None) -> str:
    """Ask for a link, have it sent, and return its token, as the mail will have it."""
    at = now or timezone.now()
    with merchant_scope(merchant):
        ask_for_link(merchant=merchant, address=address, now=at)
        link = SignInLink.objects.order_by("-id")[0]
        assert send_link(link_id=link.id, now=at)
        return token_of(link.id, merchant.public_id)


def signed_in(merchant: Merchant, customer: Customer) -> Browser:
    """Return a browser in which the customer is signed in, by a link."""
    browser = Browser(merchant)
    answer = browser.post(f"in/{link_for(merchant, customer.email)}/")
    assert answer.status_code == 303, answer.content
    return browser


def took(merchant: Merchant, who: Customer, **values: Any) -> RedeemedReward:
    """Return a reward that a customer has just taken for ten points; `codes`: how many its pool holds."""
    with merchant_scope(merchant):
        if "codes" in values:
            values["pool"] = make.pool(values.pop("codes"))
        return make.take(make.reward(cost_in_points=10, **values), who)

"""A provider of cashback on this machine, and the merchant's account there."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from config.fakes.paytm import FakePayTM
from loyalty.models import CashbackAccount
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty.factories import KEY


@pytest.fixture
def paytm(merchant: Merchant) -> Iterator[FakePayTM]:
    """The provider."""
    with FakePayTM(key=KEY) as fake, override_settings(OUTBOUND_ALLOW_PRIVATE=True):
        with merchant_scope(merchant):
            account = CashbackAccount.made_with(provider="paytm", base_url=fake.url, merchant_code="MID", wallet="guid")
            account.key = KEY
            account.save()
        yield fake

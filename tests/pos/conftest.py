"""A till of the merchant, and one of another's."""

import pytest

from customers.models import Customer
from loyalty.models import LoyaltySettings
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.loyalty import factories
from tests.pos.till import Till


@pytest.fixture
def till(merchant: Merchant) -> Till:
    """A till with every scope."""
    return Till(merchant)


@pytest.fixture
def other_till(other_merchant: Merchant) -> Till:
    """A till of another merchant."""
    return Till(other_merchant)


@pytest.fixture
def mara(merchant: Merchant) -> Customer:
    """A member."""
    with merchant_scope(merchant):
        LoyaltySettings.made_with(points_per_unit=2).save()
        return factories.customer(email="mara@example.com", phone="+44 20 7946 0018", card_number="C-1")

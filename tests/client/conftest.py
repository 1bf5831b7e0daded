"""A customer with points, and a browser in which that customer is signed in."""

import pytest
from django.conf import settings

from customers.models import Customer
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.client.browser import Browser, signed_in
from tests.loyalty import factories as make


@pytest.fixture(autouse=True)
def _no_brakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests press more than people do; those about limits set the factor themselves."""
    monkeypatch.setattr(settings, "RATE_LIMIT_FACTOR", 1000.0)


@pytest.fixture(autouse=True)
def _both_connections(request: pytest.FixtureRequest) -> None:
    """The rate limits are kept on the second connection."""
    if "transactional_db" not in request.fixturenames:
        request.applymarker(pytest.mark.django_db(databases=["default", "aside"]))


@pytest.fixture
def mara(merchant: Merchant) -> Customer:
    """A customer with 300 points."""
    with merchant_scope(merchant):
        found = make.customer(email="Mara@example.com")
        make.points(found, 300)
        return found


@pytest.fixture
def browser_of_mara(merchant: Merchant, mara: Customer) -> Browser:
    """Mara's browser, signed in."""
    return signed_in(merchant, mara)

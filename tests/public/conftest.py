"""A funnel, and a customer who walks through it."""

import pytest
from django.conf import settings
from django.test import Client

from claims_center.models import Funnel
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel
from tests.public.walker import Walker


@pytest.fixture(autouse=True)
def _no_brakes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests send more than people do; those about limits set the factor themselves."""
    monkeypatch.setattr(settings, "RATE_LIMIT_FACTOR", 1000.0)


@pytest.fixture(autouse=True)
def _both_connections(request: pytest.FixtureRequest) -> None:
    """The rate limits are kept on the second connection."""
    if "transactional_db" not in request.fixturenames:
        request.applymarker(pytest.mark.django_db(databases=["default", "aside"]))


@pytest.fixture
def funnel(merchant: Merchant) -> Funnel:
    with merchant_scope(merchant):
        return make_funnel()


@pytest.fixture
def walker(merchant: Merchant, funnel: Funnel) -> Walker:
    """A customer's browser at the funnel's first page."""
    return Walker(Client(), merchant, funnel)

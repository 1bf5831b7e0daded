"""A merchant with a funnel, and an agent at the desk."""

import pytest
from django.test import Client

from claims_center.models import Claim, Funnel
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.claims_pages.factories import funnel_with, make_claim, make_order, sign_in


@pytest.fixture
def agent(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.AGENT)


@pytest.fixture
def viewer(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.VIEWER, "Vera Lind")


@pytest.fixture
def funnel(merchant: Merchant) -> Funnel:
    with merchant_scope(merchant):
        return funnel_with()


@pytest.fixture
def claim(merchant: Merchant, funnel: Funnel) -> Claim:
    """A new claim with a digital gift, whose order is known: it shows Match."""
    with merchant_scope(merchant):
        make_order(funnel)
        return make_claim(funnel)


@pytest.fixture
def mug(merchant: Merchant) -> Claim:
    """A new claim with a physical gift; no order is known."""
    with merchant_scope(merchant):
        return make_claim(funnel_with(physical=True, slug="mug"))

"""Staff at the desk of one merchant."""

import pytest
from django.test import Client

from tenancy.models import Merchant
from tenancy.roles import Role
from tests.claims_pages.factories import sign_in


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.OWNER, "Olga Owner")


@pytest.fixture
def viewer(merchant: Merchant) -> Client:
    return sign_in(merchant, Role.VIEWER, "Vera Lind")

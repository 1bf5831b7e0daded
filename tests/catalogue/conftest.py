"""A merchant with its staff, and a browser for each role."""

from collections.abc import Callable

import pytest
from django.test import Client

from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role


@pytest.fixture
def staff(merchant: Merchant) -> Callable[[Role], Client]:
    """Return a browser that is signed in with the given role."""
    Merchant.objects.filter(pk=merchant.pk).update(mfa_required=False)

    def sign_in(role: Role) -> Client:
        user = User.objects.create_user(email=f"{role.name.lower()}@brew-bloom.example", password="x" * 12)
        Membership.objects.create(merchant=merchant, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def admin(staff: Callable[[Role], Client]) -> Client:
    return staff(Role.ADMIN)


@pytest.fixture
def viewer(staff: Callable[[Role], Client]) -> Client:
    return staff(Role.VIEWER)

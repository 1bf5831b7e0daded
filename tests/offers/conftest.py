"""Staff of every role, signed in."""

from collections.abc import Callable

import pytest
from django.test import Client

from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role


@pytest.fixture
def staff(client: Client, merchant: Merchant) -> Callable[[Role], Client]:
    """Sign somebody with this role in."""

    def sign_in(role: Role) -> Client:
        user = User.objects.create_user(f"{role.name.lower()}@brew-bloom.example", "pw-pw-pw-pw-pw", name="Ann")
        Membership.objects.create(merchant=merchant, user=user, role=role)
        merchant.mfa_required = False
        merchant.save()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def admin(staff: Callable[[Role], Client]) -> Client:
    """A browser of an admin."""
    return staff(Role.ADMIN)

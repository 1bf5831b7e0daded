"""Staff of every role, and browsers that are signed in as them."""

from collections.abc import Callable

import pytest
from django.test import Client

from tenancy.models import Membership, Merchant, User
from tenancy.roles import Role

PASSWORD = "correct-horse-battery"


@pytest.fixture
def relaxed(merchant: Merchant) -> Merchant:
    """The merchant without a second factor."""
    merchant.mfa_required = False
    merchant.save(update_fields=["mfa_required"])
    return merchant


@pytest.fixture
def person(db: None) -> Callable[..., User]:
    """Makes a person, and a member of the merchant where a role is given."""

    def make(name: str, merchant: Merchant | None = None, role: Role | None = None) -> User:
        user = User.objects.create_user(f"{name}@brew-bloom.example", PASSWORD, name=name.title())
        if merchant is not None and role is not None:
            Membership.objects.create(merchant=merchant, user=user, role=role)
        return user

    return make


@pytest.fixture
def signed_in(relaxed: Merchant, person: Callable[..., User]) -> Callable[[Role], Client]:
    """Makes a browser that is signed in as a member with this role."""

    def make(role: Role) -> Client:
        user = person(role.name.lower(), relaxed, role)
        client = Client()
        sign_in(client, user)
        return client

    return make


@pytest.fixture
def owner(signed_in: Callable[[Role], Client]) -> Client:
    """A browser of an owner, who signed in just now."""
    return signed_in(Role.OWNER)


def sign_in(client: Client, user: User, password: str = PASSWORD) -> None:
    """Sign in through the page, as a person does."""
    response = client.post("/accounts/login/", {"login": user.email, "password": password})
    assert response.status_code == 302, response.content.decode()

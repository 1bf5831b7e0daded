"""What staff choose for themselves is kept for one person at one merchant."""

import pytest

from tenancy.lists import preference, set_preference
from tenancy.models import Merchant, User, UserPreference
from tenancy.scope import merchant_scope

pytestmark = pytest.mark.django_db


def person(name: str) -> User:
    return User.objects.create_user(f"{name}@brew-bloom.example", name=name)


def test_keep_the_last_choice(scope: Merchant) -> None:
    user = person("ann")
    assert preference(user_id=user.pk, name="tour.claims", default="new") == "new"
    for value in ("seen", {"step": [1, 2]}, None):
        set_preference(user_id=user.pk, name="tour.claims", value=value)
        assert preference(user_id=user.pk, name="tour.claims", default="new") == value
    assert UserPreference.objects.count() == 1


def test_keep_people_and_merchants_apart(merchant: Merchant, other_merchant: Merchant) -> None:
    ann, bob = person("ann"), person("bob")
    with merchant_scope(merchant):
        set_preference(user_id=ann.pk, name="tour.claims", value="seen")
        assert preference(user_id=bob.pk, name="tour.claims") is None
    with merchant_scope(other_merchant):
        assert preference(user_id=ann.pk, name="tour.claims") is None

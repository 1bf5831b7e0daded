"""Management commands for operators."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from tenancy.models import ApiKey, Membership, Merchant, User
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tenancy.services.keys import public_id_of, use_key

pytestmark = pytest.mark.django_db(databases=["default", "aside"])


def run(*words: str, **options: Any) -> str:
    out = StringIO()
    call_command(*words, stdout=out, **options)
    return out.getvalue()


def test_make_a_merchant_whose_owner_joins_by_a_link() -> None:
    said = run(
        "create_merchant", "brew-bloom", "--name", "Brew & Bloom", "--owner", "new@example.com", "--locale", "en_GB"
    )
    merchant = Merchant.objects.get()
    assert (merchant.name, merchant.locale, merchant.language, merchant.mfa_required) == (
        "Brew & Bloom",
        "en_GB",
        "en",
        True,
    )
    link = said.strip().rpartition(" ")[2]
    assert Client().get(link).status_code == 200


def test_make_a_merchant_for_somebody_known(person: Callable[..., User]) -> None:
    user = person("owner")
    run("create_merchant", "brew", "--name", "Brew", "--owner", user.email.upper(), "--no-second-factor")
    member = Membership.objects.get()
    assert (member.user, member.role, member.merchant.mfa_required) == (user, Role.OWNER, False)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Bad Slug", "--name", "x", "--owner", "a@example.com"], "slug"),
        (["taken", "--name", "x", "--owner", "a@example.com"], "slug"),
        (["fine", "--name", "x", "--owner", "a@example.com", "--time-zone", "Mars"], "time_zone"),
        (["fine", "--name", "x", "--owner", "a@example.com", "--currency", "usd"], "currency"),
    ],
)
def test_refuse_a_merchant_that_makes_no_sense(words: list[str], said: str) -> None:
    Merchant.objects.create(slug="taken", name="Taken")
    with pytest.raises(CommandError, match=said):
        run("create_merchant", *words)
    assert Merchant.objects.count() == 1


def test_print_a_key_once(merchant: Merchant) -> None:
    text = run(
        "create_api_key", "--merchant", "brew-bloom", "--scope", "read", "--scope", "reverse", "--days", "3"
    ).strip()
    assert public_id_of(text=text) == merchant.public_id
    with merchant_scope(merchant):
        key = ApiKey.objects.get()
        assert key.scopes == ["read", "reverse"]
        assert use_key(text=text, now=timezone.now())[0] == key


def test_refuse_a_key_for_nobody(db: None) -> None:
    with pytest.raises(CommandError, match="no merchant nobody"):
        run("create_api_key", "--merchant", "nobody")


@pytest.mark.parametrize("text", ["", "pk_", "pk_abc", "sk_0123456789_x", "x_y_z", "pk"])
def test_find_no_merchant_in_what_is_no_key(text: str) -> None:
    assert public_id_of(text=text) == ""

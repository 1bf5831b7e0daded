"""Synthetic volume: whole, true to the books, and made once."""

import io

import pytest
from django.core.management import CommandError, call_command

from claims_center.models import Claim, ClaimChange, ClaimToken
from claims_center.states import Status, Verification
from customers.models import Customer
from ledger.models import Entry, Grant
from tenancy.models import Merchant, User
from tenancy.scope import merchant_scope

COUNTED = (Claim, ClaimChange, ClaimToken, Customer, Entry, Grant)


def load(**numbers: int) -> str:
    said = io.StringIO()
    call_command("generate_load", stdout=said, **numbers)
    return said.getvalue()


def counts() -> list[int]:
    with merchant_scope(Merchant.objects.get(slug="load-1")):
        return [model.objects.count() for model in COUNTED]


@pytest.mark.django_db(transaction=True, databases=["default", "aside", "owner"])
def test_make_a_merchant_whose_books_add_up_once() -> None:
    load(merchants=1, customers=25, claims=60)
    made = counts()
    assert (made[0], made[3]) == (60, 25)
    with merchant_scope(Merchant.objects.get(slug="load-1")):
        assert set(Claim.objects.values_list("status", flat=True)) == set(Status.values)
        assert Claim.objects.filter(verification=Verification.MATCH).exists()
        assert Grant.objects.filter(remaining=0).exists()
    assert User.objects.get(email="owner@load-1.example").check_password("demo-demo-demo")
    call_command("check_ledger", merchant="load-1", stdout=io.StringIO())

    assert "was there" in load(merchants=1, customers=25, claims=60)
    assert counts() == made


@pytest.mark.django_db
def test_refuse_claims_without_customers() -> None:
    with pytest.raises(CommandError, match="customer"):
        load(merchants=1, customers=0, claims=5)

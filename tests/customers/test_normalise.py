"""How contact details are compared, whatever signs people type."""

import pytest
from django.test import Client
from django.utils import timezone

from cockpit.models import SignInLink
from customers.models import Customer
from customers.normalise import email_norm, phone_norm
from tenancy.models import Merchant
from tenancy.scope import merchant_scope

# Valid, and more than twice as long once each sign is written out.
WIDE = "a@" + ".".join(["\N{SQUARE PPM}" * 21] * 10) + ".com"
TWELVES = "\N{PARENTHESIZED NUMBER TWELVE}" * 40


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        (" Mara@Example.COM ", "mara@example.com"),
        ("\N{FULLWIDTH LATIN SMALL LETTER M}@example.com", "m@example.com"),
        ("m\0@example.com", "m@example.com"),
        ("", ""),
    ],
)
def test_addresses_are_compared_in_one_spelling(typed: str, compared: str) -> None:
    assert email_norm(typed) == compared


@pytest.mark.parametrize(
    ("typed", "compared"),
    [("+44 (0)20 7946", "+440207946"), ("0044 20", "+4420"), ("00", ""), ("020-79", "02079"), ("x", "")],
)
def test_numbers_are_compared_by_their_digits(typed: str, compared: str) -> None:
    assert phone_norm(typed) == compared


@pytest.mark.django_db(databases=["default", "aside"])
def test_signs_that_stand_for_several_are_no_fault_of_ours(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        row = Customer.made_with(email=WIDE, phone=f"+{TWELVES[1:]}", created_at=timezone.now())
        row.save()
        assert (len(row.email_norm), len(row.phone_norm)) == (254, 40)

    answer = Client().post(f"/c/{merchant.slug}/in/", {"email": WIDE})
    assert answer.status_code == 303
    with merchant_scope(merchant):
        assert SignInLink.objects.get().address == row.email_norm

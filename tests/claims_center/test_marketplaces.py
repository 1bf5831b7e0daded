"""A listing's address is on its marketplace's own domain, or it is refused."""

# Look-alike letters are what these cases are about.
# ruff: noqa: RUF001

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from claims_center.marketplaces import is_listing_url
from claims_center.models import Listing
from tenancy.models import Merchant
from tests.claims_center.factories import make_product


@pytest.mark.parametrize(
    ("marketplace", "url"),
    [
        ("amazon", "https://www.amazon.com/dp/B0BBKET090"),
        ("amazon", "https://amazon.co.uk/dp/B0BBKET090?th=1"),
        ("amazon", "https://www.amazon.de:443/Kettle/dp/B0BBKET090"),
        ("amazon", "https://WWW.AMAZON.COM/dp/B0BBKET090"),
        ("ebay", "https://www.ebay.com/itm/1234567890"),
        ("walmart", "https://www.walmart.com/ip/kettle/123"),
        ("etsy", "https://www.etsy.com/listing/123/kettle"),
    ],
)
def test_take_the_marketplaces_own_pages(marketplace: str, url: str) -> None:
    assert is_listing_url(marketplace, url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://www.amazon.com/dp/B0",
        "//www.amazon.com/dp/B0",
        "javascript:alert(1)//www.amazon.com",
        "https://amazon.com.evil.example/dp/B0",
        "https://evil.example/www.amazon.com",
        "https://evil.example#@www.amazon.com/",
        "https://www.amazon.com@evil.example/dp/B0",
        "https://user:pass@www.amazon.com/dp/B0",
        "https://www.amazon.com\\@evil.example/dp/B0",
        "https://evil.example\\.amazon.com/",
        "https://www.amazon.com:8443/dp/B0",
        "https://www.amazon.com:x/dp/B0",
        "https://www.amаzon.com/dp/B0",
        "https://www.xn--amzon-3ve.com/dp/B0",
        "https://www.amazon。com/dp/B0",
        "https://www.amazon.com%2eevil.example/",
        "https://notamazon.com/dp/B0",
        "https://s3.amazonaws.com/bucket",
        "https://www.amazon.com\n.evil.example/",
        "https://www.amazon.com /dp/B0",
        "\thttps://www.amazon.com/dp/B0",
        "https://sellercentral.amazon.com/",
        "https://www.amazon.com/gp/redirect.html?location=https://evil.example",
        "https://www.ebay.com/itm/1",
        "https://[::1]/dp/B0",
        "https://www.amazon.com./dp/B0",
        "https://www.amazon.com/" + "x" * 500,
    ],
)
def test_refuse_everything_else(url: str) -> None:
    assert not is_listing_url("amazon", url)


def test_refuse_when_saving(scope: Merchant) -> None:
    listing = make_product().listings.get()
    listing.url = "https://www.amazon.com@evil.example/"

    with pytest.raises(ValidationError):
        listing.save()
    with pytest.raises(ValidationError) as refusal:
        listing.full_clean()

    assert "url" in refusal.value.message_dict


def test_hold_https_in_the_database_too(scope: Merchant) -> None:
    make_product()

    with pytest.raises(IntegrityError), transaction.atomic():
        Listing.objects.update(url="http://www.amazon.com/")

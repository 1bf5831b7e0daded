"""What browsers and proxies may keep: nothing, unless a page says so itself."""

from collections.abc import Callable

import pytest
from django.test import Client

from tenancy.models import Merchant
from tenancy.roles import Role

pytestmark = pytest.mark.django_db(databases=["default", "aside"])
PAGES = [
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/recovery-codes/",
    "/accounts/sessions/",
    "/accounts/password/change/",
    "/accounts/password/reset/",
    "/m/brew-bloom/customers/",
    "/nowhere/",
]


@pytest.mark.parametrize("page", PAGES)
def test_keep_no_page(signed_in: Callable[[Role], Client], page: str) -> None:
    """Among these is the page that shows a second factor's secret."""
    answer = signed_in(Role.OWNER).get(page)

    assert "no-store" in answer["Cache-Control"], answer.status_code


def test_keep_what_is_the_same_for_everybody(relaxed: Merchant) -> None:
    """What a page says of itself stands."""
    assert "public" in Client().get(f"/brand/{relaxed.slug}/brand.css")["Cache-Control"]

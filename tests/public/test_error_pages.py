"""What customers see where something is wrong: never the way to the staff's sign-in."""

import pytest
from django.test import Client, RequestFactory

from tenancy.models import Merchant
from tenancy.views import errors

START = "Go to the start page"
CUSTOMERS = ("/f/x/y/", "/q/x", "/track/x/", "/stop/x/", "/c/x/")


@pytest.mark.parametrize("view", [errors.bad_request, errors.refused, errors.not_found, errors.too_many, errors.failed])
def test_lead_only_staff_to_their_sign_in(view: object) -> None:
    for path in CUSTOMERS:
        assert START not in view(RequestFactory().get(path)).content.decode(), path  # type: ignore[operator]
    assert START in view(RequestFactory().get("/m/x/")).content.decode()  # type: ignore[operator]


def test_say_that_a_form_has_expired_to_a_customer_without_cookies(merchant: Merchant) -> None:
    answer = Client(enforce_csrf_checks=True).post(f"/c/{merchant.slug}/in/", {"email": "mara@example.com"})
    assert answer.status_code == 403
    assert "cookies are switched off" in answer.content.decode()
    assert START not in answer.content.decode()


@pytest.mark.parametrize("path", ["/stop/nobody/", "/c/nobody/", "/q/nobody", "/track/nobody/", "/f/nobody/x/"])
@pytest.mark.django_db
def test_find_no_page_at_a_strange_address(path: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 404
    assert START not in answer.content.decode()

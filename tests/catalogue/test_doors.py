"""Who may see and change the catalogue."""

from collections.abc import Callable

import pytest
from django.test import Client

from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel

LOOKING = ["products/", "promotions/", "funnels/"]
ROW = ["products/{product}/", "promotions/{promotion}/", "funnels/{funnel}/", "funnels/{funnel}/qr.svg"]
CHANGING = [
    "products/new/",
    "products/{product}/archive/",
    "products/{product}/restore/",
    "promotions/new/",
    "promotions/{promotion}/archive/",
    "promotions/{promotion}/restore/",
    "promotions/{promotion}/file/",
    "funnels/new/",
    "funnels/{funnel}/edit/",
    "funnels/{funnel}/publish/",
    "funnels/{funnel}/close/",
]


def ids(merchant: Merchant) -> dict[str, str]:
    with merchant_scope(merchant):
        funnel = make_funnel()
        product = funnel.funnel_products.get().product_id
    return {"product": str(product), "promotion": str(funnel.promotion_id), "funnel": str(funnel.id)}


@pytest.mark.parametrize("place", LOOKING + ROW)
def test_let_viewers_look(viewer: Client, merchant: Merchant, place: str) -> None:
    response = viewer.get(f"/m/brew-bloom/{place.format(**ids(merchant))}")
    assert response.status_code == 200
    assert b">Save</button>" not in response.content


@pytest.mark.parametrize("role", [Role.VIEWER, Role.AGENT])
@pytest.mark.parametrize("place", CHANGING)
def test_let_only_admins_change(staff: Callable[[Role], Client], merchant: Merchant, role: Role, place: str) -> None:
    client = staff(role)
    address = f"/m/brew-bloom/{place.format(**ids(merchant))}"
    assert (client.get(address).status_code, client.post(address).status_code) == (403, 403)


@pytest.mark.parametrize("place", ["products/{product}/", "promotions/{promotion}/"])
def test_refuse_a_change_by_an_agent(staff: Callable[[Role], Client], merchant: Merchant, place: str) -> None:
    response = staff(Role.AGENT).post(f"/m/brew-bloom/{place.format(**ids(merchant))}", {"name": "x"})
    assert response.status_code == 403


@pytest.mark.parametrize("place", ROW + [page for page in CHANGING if "{" in page])
def test_know_no_row_of_another_merchant(
    admin: Client, merchant: Merchant, other_merchant: Merchant, place: str
) -> None:
    address = f"/m/brew-bloom/{place.format(**ids(other_merchant))}"
    assert (admin.get(address).status_code, admin.post(address).status_code in {404, 405}) == (404, True)


@pytest.mark.parametrize("place", LOOKING)
def test_show_no_row_of_another_merchant(
    admin: Client, merchant: Merchant, other_merchant: Merchant, place: str
) -> None:
    ids(other_merchant)
    content = admin.get(f"/m/brew-bloom/{place}").content.decode()
    assert "Brew kit gift" not in content
    assert "Cold Brew Kit" not in content
    assert "Barista guide" not in content


def test_send_strangers_to_sign_in(merchant: Merchant) -> None:
    assert Client().get("/m/brew-bloom/funnels/")["Location"].startswith("/accounts/login/")

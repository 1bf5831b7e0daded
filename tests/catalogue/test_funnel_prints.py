"""Short addresses and what is printed of them."""

import io
import re

import pytest
from django.test import Client
from PIL import Image

from claims_center.models import Funnel, Journey
from tenancy.models import Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"


@pytest.fixture
def funnel(merchant: Merchant) -> Funnel:
    with merchant_scope(merchant):
        return make_funnel()


def short(merchant: Merchant, funnel: Funnel) -> str:
    return f"/q/{merchant.public_id}.{funnel.short_code}"


@pytest.mark.django_db(databases=["default", "aside"])
def test_lead_to_the_page_and_count_an_insert(merchant: Merchant, funnel: Funnel) -> None:
    client = Client(headers={"user-agent": PHONE})
    response = client.get(short(merchant, funnel))
    assert (response.status_code, response["Location"]) == (302, f"/f/{merchant.slug}/brew-kit/?via=insert")
    assert client.get(response["Location"]).status_code == 200
    with merchant_scope(merchant):
        assert Journey.objects.get().via == "insert"


def test_follow_a_new_address(merchant: Merchant, funnel: Funnel) -> None:
    with merchant_scope(merchant):
        Funnel.objects.update(slug="coffee")
    assert Client().get(short(merchant, funnel))["Location"] == f"/f/{merchant.slug}/coffee/?via=insert"


def test_take_what_people_type_off_paper(merchant: Merchant, funnel: Funnel) -> None:
    with merchant_scope(merchant):
        Funnel.objects.update(short_code="01abc01d")
    typed = f"/q/{merchant.public_id.upper()}.OIABCoLD"
    assert Client().get(typed).status_code == 302


@pytest.mark.parametrize("end", ["nonesuch", "", "//evil.example", "%2F%2Fevil.example"])
def test_lead_nowhere_else(merchant: Merchant, funnel: Funnel, end: str) -> None:
    assert Client().get(f"/q/{merchant.public_id}.{end}").status_code == 404
    assert Client().get(f"{short(merchant, funnel)}?next=//evil.example")["Location"].startswith("/f/")
    assert Client().get(f"/q/0000000000.{funnel.short_code}").status_code == 404


def test_lead_to_no_draft_and_to_no_other_merchants_funnel(
    merchant: Merchant, other_merchant: Merchant, funnel: Funnel
) -> None:
    assert Client().get(f"/q/{other_merchant.public_id}.{funnel.short_code}").status_code == 404
    with merchant_scope(merchant):
        Funnel.objects.update(published_at=None)
    assert Client().get(short(merchant, funnel)).status_code == 404


def test_draw_the_code_for_the_press(viewer: Client, merchant: Merchant, funnel: Funnel) -> None:
    here = f"/m/{merchant.slug}/funnels/{funnel.id}/qr"
    svg, png = viewer.get(f"{here}.svg"), viewer.get(f"{here}.png?download=1")
    assert svg["Content-Type"] == "image/svg+xml"
    assert png["Content-Disposition"] == 'attachment; filename="brew-kit.png"'
    picture = Image.open(io.BytesIO(png.content)).convert("L")
    # The quiet zone: four modules of sixteen dots, white all around.
    assert set(picture.crop((0, 0, picture.width, 64)).get_flattened_data()) == {255}
    assert set(picture.crop((64, 64, 64 + 7 * 16, 80)).get_flattened_data()) == {0}
    assert picture.width >= 33 * 16
    assert viewer.get(f"{here}.gif").status_code == 404


@pytest.mark.parametrize(("size", "cards"), [("small", 8), ("medium", 4), ("poster", 1), ("nonsense", 8)])
def test_print_a_sheet_of_cards(viewer: Client, merchant: Merchant, funnel: Funnel, size: str, cards: int) -> None:
    page = viewer.get(f"/m/{merchant.slug}/funnels/{funnel.id}/insert/?paper=letter&size={size}").content.decode()
    assert page.count('class="insert"') == cards
    assert "sheet-letter" in page
    assert re.search(rf"testserver<wbr>/q/{merchant.public_id}\.{funnel.short_code}", page)
    assert "A gift for you" in page

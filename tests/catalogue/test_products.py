"""Products and their listings."""

import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from claims_center.models import Listing, Product
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel, make_product

LIST = "/m/brew-bloom/products/"


def posted(*lines: dict[str, str], **values: Any) -> dict[str, Any]:
    data: dict[str, Any] = {"title": "Cold Brew Kit", "sku": "CBK-1", "listings-INITIAL_FORMS": "0"}
    data["listings-TOTAL_FORMS"] = str(len(lines))
    for number, line in enumerate(lines):
        data |= {f"listings-{number}-{name}": value for name, value in line.items()}
    return data | values


AMAZON = {
    "marketplace": "amazon",
    "region": "us",
    "listing_id": "b0brewkit1",
    "url": "https://www.amazon.com/dp/B0BREWKIT1",
}
ETSY = {"marketplace": "etsy", "region": "", "listing_id": "998877", "url": "https://www.etsy.com/listing/998877"}


def picture(width: int = 1600, height: int = 900, **options: Any) -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(out, "JPEG", **options)
    return SimpleUploadedFile("kit.jpg", out.getvalue(), content_type="image/jpeg")


def test_create_a_product_with_its_listings(admin: Client, merchant: Merchant) -> None:
    response = admin.post(f"{LIST}new/", posted(AMAZON, ETSY))
    with merchant_scope(merchant):
        product = Product.objects.get()
        listings = list(product.listings.order_by("marketplace").values_list("marketplace", "region", "listing_id"))
        event = AuditEvent.objects.get(action="product.created")
    assert response["Location"] == f"{LIST}{product.id}/"
    assert listings == [("amazon", "US", "B0BREWKIT1"), ("etsy", "", "998877")]
    assert event.after is not None
    assert event.after["listings"][0]["url"] == AMAZON["url"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"url": "http://www.amazon.com/dp/B0BREWKIT1"}, "Give the https address"),
        ({"url": "https://www.amazon.com.evil.example/dp/B0BREWKIT1"}, "Give the https address"),
        ({"url": "https://www.ebay.com/itm/1"}, "Give the https address"),
        ({"listing_id": "short"}, "An ASIN has ten letters and digits."),
        ({"listing_id": ""}, "Give the listing&#x27;s id"),
        ({"region": "u1"}, "Two letters of a country"),
    ],
)
def test_refuse_a_wrong_listing_beside_its_field(admin: Client, wrong: dict[str, str], words: str) -> None:
    response = admin.post(f"{LIST}new/", posted(AMAZON | wrong))
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert 'value="Cold Brew Kit"' in page


def test_refuse_a_listing_of_another_product(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        make_product("Old kit")
    page = admin.post(f"{LIST}new/", posted(AMAZON)).content.decode()
    assert "The product “Old kit” has this listing." in page


def test_archive_a_listing_that_was_removed(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        product = make_product()
    gone = {"marketplace": "ebay", "region": "US", "listing_id": "B0BREWKIT1", "gone": "on"}
    data = posted(AMAZON, gone | {"url": "https://www.ebay.com/dp/B0BREWKIT1"}, **{"listings-INITIAL_FORMS": "2"})
    response = admin.post(f"{LIST}{product.id}/", data)
    with merchant_scope(merchant):
        left = Listing.objects.filter(archived_at__isnull=True).values_list("marketplace", flat=True)
        assert (response.status_code, list(left), Listing.objects.count()) == (302, ["amazon"], 2)


def test_save_by_enter(admin: Client) -> None:
    """A browser presses the first button of a form where Enter is pressed in one of its fields."""
    page = admin.get(f"{LIST}new/").content.decode()
    form = page[page.index('enctype="multipart/form-data"') :]
    assert re.findall(r"<button[^>]*type=\"submit\"[^>]*>", form)[0].count("name=") == 0


def test_add_lines_without_losing_what_was_typed(admin: Client) -> None:
    page = admin.post(f"{LIST}new/", posted(AMAZON, more="1")).content.decode()
    assert page.count('-marketplace"') >= 4
    assert 'value="b0brewkit1"' in page


def test_encode_a_picture_anew_and_serve_it(admin: Client, merchant: Merchant) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    admin.post(f"{LIST}new/", posted(AMAZON, picture=picture(exif=exif)))
    with merchant_scope(merchant):
        name = str(Product.objects.get().image.name).rpartition("/")[2]
    response = Client().get(f"/f/brew-bloom/media/{name}")
    body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    shown = Image.open(io.BytesIO(body))
    assert (response["Content-Type"], shown.format, shown.size) == ("image/webp", "WEBP", (800, 450))
    assert b"taken at home" not in body
    assert "immutable" in response["Cache-Control"]


@pytest.mark.parametrize(
    "content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a....", b"\xff\xd8\xff junk", b""]
)
def test_refuse_what_is_no_picture(admin: Client, content: bytes) -> None:
    upload = SimpleUploadedFile("kit.jpg", content, content_type="image/jpeg")
    response = admin.post(f"{LIST}new/", posted(AMAZON, picture=upload))
    assert response.status_code == 422
    assert 'id="id_picture_error"' in response.content.decode()


@pytest.mark.parametrize("name", ["../../secret_key", "a" * 40 + ".png", "0" * 40 + ".webp"])
def test_find_no_other_file_through_the_image_address(merchant: Merchant, name: str) -> None:
    assert Client().get(f"/f/brew-bloom/media/{name}").status_code == 404


def test_keep_the_only_product_of_a_running_funnel(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        product = make_product()
        make_funnel(products=[product])
    page = admin.post(f"{LIST}{product.id}/archive/", follow=True).content.decode()
    assert "It is the only product of “Brew kit gift”." in page
    with merchant_scope(merchant):
        assert Product.objects.get().archived_at is None


@pytest.mark.parametrize("rows", [1, 3])
def test_list_products_in_a_fixed_number_of_queries(
    admin: Client, merchant: Merchant, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with merchant_scope(merchant):
        for number in range(rows):
            make_product(f"Kit {number}", asin=f"B0BREWKIT{number}")
    admin.get(LIST)
    with django_assert_num_queries(11):
        page = admin.get(LIST).content.decode()
    assert page.count("Amazon, eBay") == rows

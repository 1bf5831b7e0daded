"""The builder: the picker of products, what is kept, what is previewed, who was there meanwhile."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from claims_center.models import Claim, FormerAddress, Funnel, FunnelProduct, Journey, Product
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import LONG_AGO, make_funnel, make_product, make_promotion
from tests.public.pictures import a_picture

LIST = "/m/brew-bloom/funnels/"
HTMX = {"HTTP_HX_REQUEST": "true"}


def form_of(funnel: Funnel, **values: Any) -> dict[str, Any]:
    """Return what the browser would send for this funnel, with what somebody changed."""
    products = list(funnel.funnel_products.order_by("position").values_list("product_id", flat=True))
    given = {
        "name": funnel.name,
        "slug": funnel.slug,
        "promotion": str(funnel.promotion_id),
        "products": ",".join(map(str, products)),
        "order_number": funnel.order_number,
        "min_feedback": str(funnel.min_feedback),
        "ask_rating": "on",
        "ask_feedback": "on",
        "version": str(funnel.version),
    }
    return given | values


@pytest.fixture
def funnel(merchant: Merchant) -> Funnel:
    with merchant_scope(merchant):
        return make_funnel(products=[make_product(), make_product("Paper filters", asin="B0FILTER01")])


def post(client: Client, merchant: Merchant, funnel: Funnel, path: str = "edit/", **values: Any) -> Any:
    extra = {name: values.pop(name) for name in list(values) if name.startswith("HTTP_")}
    with merchant_scope(merchant):
        given = form_of(funnel, **values)
    return client.post(f"{LIST}{funnel.id}/{path}", given, **extra)


def fresh(merchant: Merchant, funnel: Funnel) -> Funnel:
    with merchant_scope(merchant):
        found: Funnel = Funnel.objects.select_related("promotion").get(pk=funnel.pk)
        return found


def order_of(merchant: Merchant, funnel: Funnel) -> list[str]:
    with merchant_scope(merchant):
        rows = FunnelProduct.objects.filter(funnel=funnel).order_by("position")
        return list(rows.values_list("product__title", flat=True))


def test_keep_the_products_in_the_order_of_the_form(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    with merchant_scope(merchant):
        ids = [str(one) for one in Product.objects.order_by("-title").values_list("pk", flat=True)]
    post(admin, merchant, funnel, products=",".join(ids))
    assert order_of(merchant, funnel) == ["Paper filters", "Cold Brew Kit"]


@pytest.mark.parametrize(
    ("act", "order"),
    [("up", ["Paper filters", "Cold Brew Kit"]), ("remove", ["Cold Brew Kit"])],
)
def test_press_a_button_of_the_picker(
    admin: Client, merchant: Merchant, funnel: Funnel, act: str, order: list[str]
) -> None:
    with merchant_scope(merchant):
        product = Product.objects.get(title="Paper filters")
    page = post(admin, merchant, funnel, headline="Typed already", **{act: str(product.pk)})
    assert page.status_code == 200
    assert [one.title for one in page.context["picker"].chosen] == order
    assert 'value="Typed already"' in page.content.decode()
    assert order_of(merchant, funnel) == ["Cold Brew Kit", "Paper filters"]


def test_find_and_add_among_hundreds(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    with merchant_scope(merchant):
        rows = [Product.made_with(title=f"Mug {n:03}", sku=f"M-{n}", created_at=LONG_AGO) for n in range(300)]
        Product.objects.bulk_create(rows)
    found = post(admin, merchant, funnel, find="1", product_query="M-27", HTTP_HX_TARGET="picker", **HTMX)
    assert "<html" not in found.content.decode()
    titles = [one.title for one in found.context["picker"].found]
    assert titles == ["Mug 027", *(f"Mug 27{n}" for n in range(10))]
    added = post(admin, merchant, funnel, add=str(found.context["picker"].found[0].pk))
    assert [one.title for one in added.context["picker"].chosen][-1] == "Mug 027"


def test_say_nothing_of_errors_while_choosing(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    page = post(admin, merchant, funnel, name="", find="1")
    assert "There is a problem" not in page.content.decode()


def test_keep_own_words_and_show_ours_in_grey(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    post(admin, merchant, funnel, contact_prompt="Where may we write to?", thanks="")
    kept = fresh(merchant, funnel)
    assert kept.texts == {"contact_prompt": "Where may we write to?"}
    page = admin.get(f"{LIST}{funnel.id}/edit/").content.decode()
    assert 'placeholder="Is everything right?"' in page
    assert 'value="Where may we write to?"' in page


def test_count_versions_only_where_something_changed(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    post(admin, merchant, funnel)
    assert fresh(merchant, funnel).version == 1
    post(admin, merchant, funnel, headline="New")
    assert fresh(merchant, funnel).version == 2


def test_say_who_saved_meanwhile_and_let_the_second_press_win(
    admin: Client, merchant: Merchant, funnel: Funnel
) -> None:
    post(admin, merchant, funnel, headline="Theirs")
    page = post(admin, merchant, funnel, headline="Mine")
    text = page.content.decode()
    assert page.status_code == 422
    assert "admin@brew-bloom.example saved this funnel at" in text
    assert "changed: Headline." in text
    assert 'value="Mine"' in text
    assert fresh(merchant, funnel).headline == "Theirs"
    assert 'name="version" value="2"' in text
    post(admin, merchant, funnel, headline="Mine", version="2")
    assert fresh(merchant, funnel).headline == "Mine"


def test_keep_a_logo_that_was_made_anew(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    post(admin, merchant, funnel, logo=SimpleUploadedFile("logo.png", a_picture().read()))
    kept = fresh(merchant, funnel)
    name = str(kept.logo.name).rpartition("/")[2]
    picture = Client().get(f"/f/{merchant.slug}/media/{name}")
    assert Image.open(BytesIO(b"".join(picture.streaming_content))).format == "WEBP"  # type: ignore[attr-defined]
    page = Client().get(f"/f/{merchant.slug}/{funnel.slug}/").content.decode()
    assert f"media/{name}" in page
    post(admin, merchant, funnel, no_logo="on", version="2")
    assert not fresh(merchant, funnel).logo


@pytest.mark.parametrize("content", [b"no picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
def test_refuse_a_logo_that_is_no_picture(admin: Client, merchant: Merchant, funnel: Funnel, content: bytes) -> None:
    page = post(admin, merchant, funnel, logo=SimpleUploadedFile("logo.png", content))
    assert page.status_code == 422
    assert "This is not a JPEG, PNG or WEBP picture." in page.content.decode()


def test_wear_the_funnels_own_colour(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    post(admin, merchant, funnel, accent="#0F6B5C")
    page = Client().get(f"/f/{merchant.slug}/{funnel.slug}/").content.decode()
    assert f"/f/{merchant.slug}/{funnel.slug}/brand.css?v=" in page
    sheet = Client().get(f"/f/{merchant.slug}/{funnel.slug}/brand.css").content.decode()
    assert "#0f6b5c" in sheet


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"accent": "red"}, "Write the colour like"),
        ({"ask_feedback": "", "min_feedback": "20"}, "it has no least length"),
        ({"remind_after_hours": "121"}, "less than or equal to 120"),
        ({"slug": "media"}, "Another funnel has the address"),
        ({"products": "00000000-0000-0000-0000-000000000001"}, "is not there any more"),
    ],
)
def test_say_what_does_not_fit(
    admin: Client, merchant: Merchant, funnel: Funnel, values: dict[str, str], words: str
) -> None:
    page = post(admin, merchant, funnel, **values)
    assert page.status_code == 422
    assert words in page.content.decode()


def test_keep_a_former_address_working(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    post(admin, merchant, funnel, slug="coffee")
    moved = Client().get(f"/f/{merchant.slug}/brew-kit/order/?notice=first")
    assert (moved.status_code, moved["Location"]) == (302, f"/f/{merchant.slug}/coffee/order/?notice=first")
    assert Client().get(f"/f/{merchant.slug}/coffee/").status_code == 200
    post(admin, merchant, funnel, slug="brew-kit", version="2")
    with merchant_scope(merchant):
        assert list(FormerAddress.objects.values_list("slug", flat=True)) == ["coffee"]
    assert Client().get(f"/f/{merchant.slug}/coffee/")["Location"] == f"/f/{merchant.slug}/brew-kit/"


def test_give_a_former_address_to_no_other_funnel(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    post(admin, merchant, funnel, slug="coffee")
    with merchant_scope(merchant):
        other = make_funnel(slug="other", products=[], promotion=make_promotion(name="Other"), published_at=None)
    page = post(admin, merchant, other, slug="brew-kit")
    assert "it still leads there" in page.content.decode()


def test_forget_the_address_of_a_draft(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    with merchant_scope(merchant):
        Funnel.objects.update(published_at=None)
    post(admin, merchant, funnel, slug="coffee")
    with merchant_scope(merchant):
        assert not FormerAddress.objects.exists()


def test_preview_what_is_typed_and_count_nothing(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    page = post(
        admin,
        merchant,
        funnel,
        "preview/",
        headline="Only typed",
        accent="#ffee00",
        preview_step="product",
        HTTP_HX_TARGET="preview",
        **HTMX,
    ).content.decode()
    assert "<html" not in page
    assert "Only typed" in page
    assert "#ffee00 is hard to read on white" in page
    assert "colours.css?accent=%23ffee00" in page
    assert "<form" not in page
    with merchant_scope(merchant):
        assert (Journey.objects.count(), Claim.objects.count()) == (0, 0)
        assert not AuditEvent.objects.exists()
    assert fresh(merchant, funnel).headline == ""


def test_preview_every_page_without_scripts(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    page = post(admin, merchant, funnel, "preview/", order_prompt="Which parcel?", min_feedback="x").content.decode()
    for words in ("Cold Brew Kit", "Which parcel?", "How was it?", "Who gets the gift?", "Claim submitted"):
        assert words in page


def test_preview_a_funnel_that_is_not_there_yet(admin: Client, merchant: Merchant) -> None:
    page = admin.post(f"{LIST}new/preview/", {"name": "Spring"}).content.decode()
    assert "Preview of Spring" in page
    with merchant_scope(merchant):
        assert not Funnel.objects.exists()


def test_draw_the_colours_of_a_preview_for_it_alone(admin: Client) -> None:
    sheet = admin.get(f"{LIST}colours.css?accent=%230a7f5a").content.decode()
    assert sheet.startswith(".preview-page {")
    assert admin.get(f"{LIST}colours.css?accent=red}}body{{").content == b""


def test_copy_a_funnel_as_a_draft(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    with merchant_scope(merchant):
        Funnel.objects.update(texts={"contact_prompt": "Who?"}, ends_at=datetime(2026, 2, 1, tzinfo=UTC))
    response = admin.post(f"{LIST}{funnel.id}/clone/")
    with merchant_scope(merchant):
        copy = Funnel.objects.exclude(pk=funnel.pk).get()
    assert response["Location"] == f"{LIST}{copy.pk}/edit/"
    assert (copy.name, copy.slug, copy.published_at, copy.ends_at) == (
        "Copy of Brew kit gift",
        "brew-kit-2",
        None,
        None,
    )
    assert copy.short_code != funnel.short_code
    assert copy.texts == {"contact_prompt": "Who?"}
    assert order_of(merchant, copy) == ["Cold Brew Kit", "Paper filters"]


def test_archive_what_is_over_and_bring_it_back(admin: Client, merchant: Merchant, funnel: Funnel) -> None:
    here = f"{LIST}{funnel.id}/"
    refused = admin.post(f"{here}archive/", follow=True).content.decode()
    assert "It is published. Close it first." in refused
    admin.post(f"{here}close/")
    admin.post(f"{here}archive/")
    assert fresh(merchant, funnel).archived_at is not None
    assert "Bring it back first" in admin.post(f"{here}publish/", follow=True).content.decode()
    gone = Client().get(f"/f/{merchant.slug}/{funnel.slug}/")
    assert (gone.status_code, "has been closed" in gone.content.decode()) == (410, True)
    admin.post(f"{here}restore/")
    admin.post(f"{here}publish/")
    assert Client().get(f"/f/{merchant.slug}/{funnel.slug}/").status_code == 200


def test_say_what_is_missing_before_publishing(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        draft = make_funnel(products=[], published_at=None)
    checks = admin.get(f"{LIST}{draft.id}/").context["checks"]
    assert [(check.is_met, check.must) for check in checks] == [(False, True), (True, True), (True, False)]

"""Pictures of products that are fetched from an address: once, by a job."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from claims_center.models import Product
from claims_center.services import pictures
from claims_center.services.catalogue import update_product
from jobs.models import Job
from jobs.runner import run_one
from tenancy.actors import Actor
from tenancy.models import Merchant
from tenancy.outbound import Fetched, OutboundError
from tenancy.scope import merchant_scope
from tests.catalogue.test_products import LIST, posted
from tests.public.pictures import a_picture

URL = "https://images.example/kit.jpg"
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "aside"])


@pytest.fixture
def product(admin: Client, merchant: Merchant) -> Product:
    line = {
        "marketplace": "amazon",
        "region": "us",
        "listing_id": "B0BREWKIT1",
        "url": "https://www.amazon.com/dp/B0BREWKIT1",
    }
    admin.post(f"{LIST}new/", posted(line, title="Kit", image_url=URL))
    return found(merchant)


def found(merchant: Merchant) -> Product:
    with merchant_scope(merchant):
        one: Product = Product.objects.get()
        return one


def run(merchant: Merchant) -> None:
    with merchant_scope(merchant):
        job = Job.objects.filter(kind="claims.fetch_picture").latest("created_at")
    run_one(merchant.id, job.id)


def answer(monkeypatch: pytest.MonkeyPatch, content: bytes | OutboundError) -> None:
    def fetch(url: str, **_limits: Any) -> Fetched:
        if isinstance(content, OutboundError):
            raise content
        return Fetched(content, "image/jpeg", url)

    monkeypatch.setattr(pictures, "fetch", fetch)


def test_fetch_a_picture_and_serve_it_from_here(
    admin: Client, merchant: Merchant, product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "is being fetched" in admin.get(f"{LIST}{product.id}/").content.decode()
    answer(monkeypatch, a_picture().read())
    run(merchant)
    kept = found(merchant)
    assert kept.image_fetched_at is not None
    name = str(kept.image.name).rpartition("/")[2]
    assert Client().get(f"/f/{merchant.slug}/media/{name}")["Content-Type"] == "image/webp"
    assert f"media/{name}" in admin.get(f"{LIST}{product.id}/").content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"<html>", "This is not a JPEG, PNG or WEBP picture."), (OutboundError("No way."), "No way.")],
)
def test_say_why_there_is_none(
    admin: Client, merchant: Merchant, product: Product, monkeypatch: pytest.MonkeyPatch, content: Any, words: str
) -> None:
    answer(monkeypatch, content)
    run(merchant)
    assert words in admin.get(f"{LIST}{product.id}/").content.decode()
    assert not found(merchant).image
    with merchant_scope(merchant):
        assert Job.objects.get(kind="claims.fetch_picture").state == "done"


def test_try_again_what_may_come_back(merchant: Merchant, product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, OutboundError("Away.", again=True))
    run(merchant)
    with merchant_scope(merchant):
        job = Job.objects.get(kind="claims.fetch_picture")
    assert (job.state, job.last_error) == ("due", "unreachable")
    assert found(merchant).image_problem == ""


def test_fetch_once(merchant: Merchant, product: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, a_picture().read())
    run(merchant)
    with merchant_scope(merchant):
        listing = product.listings.get()
        line = {name: getattr(listing, name) for name in ("marketplace", "region", "listing_id", "url")}
        values = {"title": "Kit 2", "image_url": URL}
        given: dict[str, Any] = {"values": values, "listings": [line], "actor": Actor.system(), "now": timezone.now()}
        update_product(product_id=product.id, **given)
        assert Job.objects.filter(kind="claims.fetch_picture").count() == 1
        update_product(product_id=product.id, **given | {"values": values | {"image_url": f"{URL}?2"}})
        assert Job.objects.filter(kind="claims.fetch_picture").count() == 2


@pytest.mark.parametrize(
    "url", ["http://images.example/a.jpg", "https://images.example:8080/a.jpg", "ftp://x.example/a"]
)
def test_refuse_an_address_that_is_never_fetched(admin: Client, url: str) -> None:
    line = {
        "marketplace": "amazon",
        "region": "us",
        "listing_id": "B0BREWKIT1",
        "url": "https://www.amazon.com/dp/B0BREWKIT1",
    }
    page = admin.post(f"{LIST}new/", posted(line, title="Kit", image_url=url))
    assert page.status_code == 422
    assert 'id="id_image_url_error"' in page.content.decode()

"""Promotions: each kind of gift, and the mail."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from claims_center.errors import InUse
from claims_center.models import Promotion
from claims_center.services.catalogue import update_promotion
from codes.models import CodePool
from tenancy.actors import Actor
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.public.factories import make_funnel, make_promotion
from tests.public.walker import Walker

LIST = "/m/brew-bloom/promotions/"


def posted(**values: Any) -> dict[str, Any]:
    given = {"name": "Barista guide", "source": "fixed", "fixed_code": "BARISTA", "value": "12.50", "currency": "EUR"}
    return given | {"message": "Hello {first_name}, here is {code}."} | values


def saved(merchant: Merchant) -> Promotion:
    with merchant_scope(merchant):
        found: Promotion = Promotion.objects.get()
    return found


def test_create_a_fixed_code(admin: Client, merchant: Merchant) -> None:
    admin.post(f"{LIST}new/", posted(item_name="ignored"))
    promotion = saved(merchant)
    assert (promotion.kind, promotion.source, promotion.fixed_code) == ("digital", "fixed", "BARISTA")
    assert (str(promotion.value), promotion.currency, promotion.item_name) == ("12.50", "EUR", "")


def test_create_a_code_of_a_pool(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        pool = CodePool.objects.create(name="Spring", created_at=timezone.now())
    admin.post(f"{LIST}new/", posted(source="pool", pool=str(pool.id)))
    assert saved(merchant).pool_id == pool.id


def test_create_an_item_to_ship(admin: Client, merchant: Merchant) -> None:
    admin.post(f"{LIST}new/", posted(source="item", item_name="Ceramic mug"))
    promotion = saved(merchant)
    assert (promotion.kind, promotion.item_name, promotion.fixed_code) == ("physical", "Ceramic mug", "")


def test_create_a_file_under_a_name_of_our_own(admin: Client, merchant: Merchant) -> None:
    upload = SimpleUploadedFile("../My Guide?.pdf", b"%PDF-1.7 the guide")
    admin.post(f"{LIST}new/", posted(source="file", upload=upload))
    promotion = saved(merchant)
    assert promotion.file_name == "My Guide_.pdf"
    stored = str(promotion.file.name)
    assert stored.startswith(f"gifts/{merchant.id}/")
    assert "Guide" not in stored
    download = admin.get(f"{LIST}{promotion.id}/file/")
    assert b"".join(download.streaming_content) == b"%PDF-1.7 the guide"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("guide.exe", b"MZ", "Give a file of one of these kinds"),
        ("guide.html", b"<script>", "Give a file of one of these kinds"),
        ("guide.pdf", b"<html>", "The file is not what its ending"),
        ("guide", b"%PDF-", "Give a file of one of these kinds"),
    ],
)
def test_refuse_a_wrong_file(admin: Client, merchant: Merchant, name: str, content: bytes, words: str) -> None:
    response = admin.post(f"{LIST}new/", posted(source="file", upload=SimpleUploadedFile(name, content)))
    assert response.status_code == 422
    assert words in response.content.decode()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"source": "pool"}, "Choose the pool"),
        ({"fixed_code": ""}, "Type the code."),
        ({"source": "file"}, "Choose the file."),
        ({"source": "item"}, "Name the item."),
        ({"message": "Dear {first_name} {password}"}, "The mail knows no {password}."),
        ({"value": "-1"}, "greater than or equal to 0"),
        ({"currency": "euro"}, "Three capital letters"),
    ],
)
def test_say_what_is_missing(admin: Client, merchant: Merchant, values: dict[str, str], words: str) -> None:
    response = admin.post(f"{LIST}new/", posted(**values))
    assert response.status_code == 422
    assert words in response.content.decode()


def test_show_the_mail_without_saving(admin: Client, merchant: Merchant) -> None:
    page = admin.post(f"{LIST}new/", posted(preview="1")).content.decode()
    assert "Hello Robin, here is BARISTA." in page
    with merchant_scope(merchant):
        assert Promotion.objects.count() == 0


def test_audit_what_was_and_what_is(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        promotion = make_promotion()
    admin.post(f"{LIST}{promotion.id}/", posted(name="New name", fixed_code="BARISTA-2026"))
    with merchant_scope(merchant):
        event = AuditEvent.objects.get(action="promotion.updated")
    assert event.before is not None
    assert event.after is not None
    assert (event.before["name"], event.after["name"]) == ("Barista guide", "New name")
    assert "fixed_code" not in event.after


def test_keep_the_kind_of_a_gift_that_was_claimed(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel())
    walker.submit()
    promotion = saved(merchant)
    response = admin.post(f"{LIST}{promotion.id}/", posted(source="item", item_name="Mug"))
    assert response.status_code == 422
    assert "it stays what it is" in response.content.decode()


def test_keep_a_file_that_was_claimed(admin: Client, merchant: Merchant) -> None:
    """The customers' links lead to it; another file may take its place."""
    with merchant_scope(merchant):
        gift = make_promotion(source="file", fixed_code="", file="gifts/guide.pdf", file_name="guide.pdf")
        walker = Walker(Client(), merchant, make_funnel(promotion=gift))
    address = f"{LIST}{gift.id}/"
    assert admin.post(address, posted(source="fixed")).status_code == 302
    with merchant_scope(merchant):
        Promotion.objects.filter(id=gift.id).update(
            source="file", fixed_code="", file="gifts/guide.pdf", file_name="guide.pdf"
        )
    walker.submit()
    refused = admin.post(address, posted(source="fixed"))
    assert (refused.status_code, "it stays what it is" in refused.content.decode()) == (422, True)
    values = {"source": "fixed", "fixed_code": "X", "file": "", "file_name": ""}
    with merchant_scope(merchant), pytest.raises(InUse):
        update_promotion(promotion_id=gift.id, values=values, actor=Actor.system(), now=timezone.now())
    assert (saved(merchant).source, saved(merchant).file_name) == ("file", "guide.pdf")


def test_carry_a_new_name_to_the_claims(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        walker = Walker(Client(), merchant, make_funnel())
    walker.submit()
    admin.post(f"{LIST}{saved(merchant).id}/", posted(name="Coffee school"))
    assert walker.claims()[0].promotion_name == "Coffee school"


def test_keep_a_promotion_that_a_funnel_gives(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        funnel = make_funnel()
    page = admin.post(f"{LIST}{funnel.promotion_id}/archive/", follow=True).content.decode()
    assert "The funnel “Brew kit gift” gives it." in page
    assert saved(merchant).archived_at is None


@pytest.mark.parametrize("rows", [1, 3])
def test_list_promotions_in_a_fixed_number_of_queries(
    admin: Client, merchant: Merchant, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with merchant_scope(merchant):
        for number in range(rows):
            make_promotion(name=f"Guide {number}")
    admin.get(LIST)
    with django_assert_num_queries(10):
        page = admin.get(LIST).content.decode()
    assert page.count("Guide ") >= rows

"""The catalogue's pages and a response's dialogs, as staff use them."""

import io
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from offers.errors import NotAllowed, StaleVersion
from offers.models import Offer, OfferResponse, OfferStock, OfferTaken
from offers.services import catalogue, using
from offers.states import Status
from tenancy import pictures
from tenancy.models import AuditEvent, Merchant
from tenancy.scope import merchant_scope
from tests.offers import factories as make
from tests.walls.offers import OFFER

pytestmark = pytest.mark.django_db


def at(merchant: Merchant, path: str) -> str:
    return f"/m/{merchant.slug}/{path}"


def only(merchant: Merchant) -> Offer:
    with merchant_scope(merchant):
        found: Offer = Offer.objects.get()
        return found


def test_making_an_offer_publishing_and_giving_it(admin: Client, merchant: Merchant) -> None:
    given = OFFER | {"days": ["0", "4"], "hour_from": "09:00", "hour_to": "00:00", "total_limit": "5"}
    assert admin.post(at(merchant, "offers/new/"), given).status_code == 302
    made = only(merchant)
    assert (made.percent, made.weekdays, made.minute_from, made.minute_to) == (Decimal(20), 0b10001, 540, 1440)
    page = admin.get(at(merchant, f"offers/{made.id}/")).content.decode()
    assert "Draft" in page
    assert "Monday, Friday 09:00-00:00" in page

    admin.post(at(merchant, f"offers/{made.id}/publish/"))
    with merchant_scope(merchant):
        who = make.member(card_number="4711")
    answer = admin.post(at(merchant, f"offers/{made.id}/give/"), {"member": "4711", "is_clipped": "on"})

    assert answer.status_code == 302
    with merchant_scope(merchant):
        row = OfferResponse.objects.get()
        assert (row.customer_id, row.status, row.source) == (who.id, Status.CLIPPED, "staff")
    again = admin.post(at(merchant, f"offers/{made.id}/give/"), {"member": who.email.upper()})
    assert again.status_code == 409
    assert "as often as one member may" in again.content.decode()
    assert admin.post(at(merchant, f"offers/{made.id}/give/"), {"member": "nobody"}).status_code == 422


WRONG = [
    ({"name": ""}, "name"),
    ({"percent": ""}, "percent"),
    ({"percent": "101"}, "percent"),
    ({"offer_type": "buy_x_get_y"}, "buy_quantity"),
    ({"offer_type": "free_item"}, "items"),
    ({"usage_kind": "fixed", "usage_from": "2026-05-02T10:00", "usage_to": "2026-05-01T10:00"}, "usage_to"),
    ({"response_kind": "fixed"}, "response_from"),
    ({"effectivity_kind": "after_response"}, "effectivity_kind"),
    ({"code_source": "pool"}, "pool"),
    ({"usage_days": "0"}, "usage_days"),
    ({"hour_from": "09:00", "hour_to": "09:00"}, "hour_to"),
]


@pytest.mark.parametrize(("change", "field"), WRONG)
def test_form_says_what_is_wrong_beside_the_field(
    admin: Client, merchant: Merchant, change: dict[str, Any], field: str
) -> None:
    answer = admin.post(at(merchant, "offers/new/"), OFFER | change)

    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    with merchant_scope(merchant):
        assert not Offer.objects.exists()


def test_form_opens_as_it_was_saved(admin: Client, merchant: Merchant) -> None:
    given = OFFER | {
        "usage_kind": "fixed",
        "usage_from": "2026-05-01T10:00",
        "usage_to": "2026-06-01T10:30",
        "days": ["5", "6"],
        "hour_from": "22:00",
        "hour_to": "02:00",
    }
    admin.post(at(merchant, "offers/new/"), given)
    made = only(merchant)

    page = admin.get(at(merchant, f"offers/{made.id}/edit/")).content.decode()

    for value in ("2026-05-01T10:00", "2026-06-01T10:30", "22:00", "02:00"):
        assert f'value="{value}"' in page, value
    assert len(re.findall(r'name="days"[^>]*checked', page)) == 2
    # Saved again as it stands, nothing changes.
    assert admin.post(at(merchant, f"offers/{made.id}/edit/"), given | {"version": "1"}).status_code == 302
    assert only(merchant).version == 1


def test_image_is_made_anew_and_can_be_taken_away(
    admin: Client, merchant: Merchant, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    out = io.BytesIO()
    Image.new("RGB", (1200, 600), (200, 80, 40)).save(out, "JPEG")
    picture = SimpleUploadedFile("mug.jpg", out.getvalue(), "image/jpeg")
    assert admin.post(at(merchant, "offers/new/"), OFFER | {"picture": picture}).status_code == 302
    made = only(merchant)
    url = pictures.address_of(merchant.slug, made.image)

    assert f'src="{url}"' in admin.get(at(merchant, f"offers/{made.id}/")).content.decode()
    assert Client().get(url)["Content-Type"] == "image/webp"
    broken = SimpleUploadedFile("mug.jpg", b"not a picture", "image/jpeg")
    assert admin.post(at(merchant, f"offers/{made.id}/edit/"), OFFER | {"picture": broken}).status_code == 422
    admin.post(at(merchant, f"offers/{made.id}/edit/"), OFFER | {"no_picture": "on"})
    assert only(merchant).image == ""


def test_two_people_do_not_overwrite_each_other(scope: Merchant) -> None:
    made = make.offer()
    values = {name: getattr(made, name) for name in catalogue.FIELDS}
    catalogue.update_offer(offer_id=made.id, values=values | {"name": "One"}, version=1, **make.by(make.STAFF))

    with pytest.raises(StaleVersion):
        catalogue.update_offer(offer_id=made.id, values=values | {"name": "Two"}, version=1, **make.by(make.STAFF))


def test_changing_limits_and_name_of_an_offer_with_responses(scope: Merchant) -> None:
    made = make.offer()
    response = make.give(made)
    values = {name: getattr(made, name) for name in catalogue.FIELDS}
    changed = values | {"name": "New", "total_limit": 9, "member_limit": 2}

    catalogue.update_offer(offer_id=made.id, values=changed, version=1, **make.by(make.STAFF))

    assert make.fresh(response).offer_name == "New"
    assert (OfferStock.objects.get().taken, OfferTaken.objects.get().taken) == (1, 1)
    with pytest.raises(NotAllowed):
        catalogue.update_offer(
            offer_id=made.id, values=changed | {"offer_type": "free_item"}, version=2, **make.by(make.STAFF)
        )
    assert AuditEvent.objects.filter(action="offer.changed").count() == 1


def test_clone_archive_and_restore(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        made = make.offer()

    answer = admin.post(at(merchant, f"offers/{made.id}/clone/"))
    admin.post(at(merchant, f"offers/{made.id}/archive/"))

    with merchant_scope(merchant):
        clone = Offer.objects.exclude(id=made.id).get()
        assert (clone.name, clone.published_at) == ("Ten off (copy)", None)
        assert Offer.objects.get(id=made.id).archived_at is not None
    assert answer.headers["Location"] == at(merchant, f"offers/{clone.id}/edit/")
    assert "Archived" in admin.get(at(merchant, f"offers/{made.id}/")).content.decode()
    # What is archived is not published behind anybody's back.
    admin.post(at(merchant, f"offers/{made.id}/publish/"))
    admin.post(at(merchant, f"offers/{made.id}/restore/"))
    with merchant_scope(merchant):
        assert Offer.objects.get(id=made.id).archived_at is None


def test_performance_counts_by_status_and_day(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        what = make.offer()
        for status in (Status.COMPLETED, Status.COMPLETED, Status.PENDING, Status.CANCELED):
            make.standing(status, what)

    page = admin.get(at(merchant, f"offers/{what.id}/?tab=performance")).content.decode()

    assert "Redemption rate" in page
    assert "50%" in page
    assert page.count("<svg") >= 1


def test_response_page_shows_code_history_and_what_can_be_done(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        row = make.standing(Status.COMPLETED, make.offer(pool=make.pool(1), terms="Once only."))

    page = admin.get(at(merchant, f"offer-responses/{row.id}/")).content.decode()

    for words in (row.code_value, "Offer issued", "Offer completed", "Once only.", "Reverse", "Till"):
        assert words in page, words
    assert "Cancel response" not in page


def test_buttons_say_why_not(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        row = make.give(make.offer(needs_clip=True))

    page = admin.get(at(merchant, f"offer-responses/{row.id}/")).content.decode()

    assert "The member has to clip this offer first." in page
    answer = admin.post(at(merchant, f"offer-responses/{row.id}/complete/"))
    assert answer.status_code == 409
    assert "clip this offer first" in answer.content.decode()


def test_reopen_asks_for_a_new_end_where_the_old_one_has_passed(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        row = make.ended(make.give(make.offer(days_valid=2)))
    address = at(merchant, f"offer-responses/{row.id}/reopen/")
    assert "Valid until" in admin.get(address).content.decode()

    assert admin.post(address, {"reason": "Sorry"}).status_code == 422
    assert admin.post(address, {"reason": "Sorry", "expires_at": "2020-01-01T10:00"}).status_code == 409
    until = (timezone.now() + timedelta(days=9)).strftime("%Y-%m-%dT10:00")
    assert admin.post(address, {"reason": "Sorry", "expires_at": until}).status_code == 302

    with merchant_scope(merchant):
        assert make.fresh(row).status == Status.PENDING


def test_reason_is_asked_for(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        row = make.give()

    for act in ("cancel", "expire"):
        address = at(merchant, f"offer-responses/{row.id}/{act}/")
        assert admin.post(address, {"reason": " "}).status_code == 422


def test_reserved_response_can_be_released_by_hand(admin: Client, merchant: Merchant) -> None:
    with merchant_scope(merchant):
        row, _token = using.reserve(response_id=make.give().id, **make.by())
    assert "Release reservation" in admin.get(at(merchant, f"offer-responses/{row.id}/")).content.decode()

    admin.post(at(merchant, f"offer-responses/{row.id}/release/"))

    with merchant_scope(merchant):
        assert make.fresh(row).reserved_until is None

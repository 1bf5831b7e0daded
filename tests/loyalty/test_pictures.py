"""The image of a reward: checked, made anew, served from our side."""

import io
import struct
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from loyalty.models import Reward
from tenancy import pictures
from tenancy.models import Merchant
from tenancy.roles import Role
from tenancy.scope import merchant_scope
from tests.loyalty.test_grid import sign_in
from tests.walls.rewards import REWARD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def admin(client: Client, merchant: Merchant) -> Client:
    return sign_in(client, merchant, Role.ADMIN)


def a_picture(*, side: int = 1200) -> SimpleUploadedFile:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    Image.new("RGB", (side, side // 2), (200, 80, 40)).save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("mug.jpg", out.getvalue(), "image/jpeg")


def with_broken_details() -> bytes:
    """A picture that lies on its side, and whose width stands in its details as a word."""
    entries = struct.pack("<HHHL4s", 2, 0x0100, 2, 4, b"wide") + struct.pack("<HHLL", 0x0112, 3, 1, 6)
    out = io.BytesIO()
    Image.new("RGB", (8, 4)).save(out, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0" + entries + bytes(4))
    return out.getvalue()


def only(merchant: Merchant) -> Reward:
    with merchant_scope(merchant):
        found: Reward = Reward.objects.get()
        return found


def test_keep_pixels_alone_and_serve_them_from_here(admin: Client, merchant: Merchant) -> None:
    answer = admin.post("/m/brew-bloom/rewards/new/", REWARD | {"picture": a_picture()})
    assert answer.status_code == 302
    url = pictures.address_of(merchant.slug, only(merchant).image)

    assert f'src="{url}"' in admin.get(f"/m/brew-bloom/rewards/{only(merchant).id}/").content.decode()
    sent = Client().get(url)
    data = b"".join(sent)
    assert (sent["Content-Type"], b"where I live" in data) == ("image/webp", False)
    with Image.open(io.BytesIO(data)) as shown:
        assert shown.size == (800, 400)


def test_take_the_picture_away_again(admin: Client, merchant: Merchant) -> None:
    admin.post("/m/brew-bloom/rewards/new/", REWARD | {"picture": a_picture()})
    page = f"/m/brew-bloom/rewards/{only(merchant).id}/edit/"
    assert "Remove the image" in admin.get(page).content.decode()

    admin.post(page, REWARD | {"no_picture": "on"})

    assert only(merchant).image == ""
    assert "Remove the image" not in admin.get(page).content.decode()


def test_keep_the_picture_where_none_is_given(admin: Client, merchant: Merchant) -> None:
    admin.post("/m/brew-bloom/rewards/new/", REWARD | {"picture": a_picture()})
    kept = only(merchant).image
    admin.post(f"/m/brew-bloom/rewards/{only(merchant).id}/edit/", REWARD | {"name": "Apron, blue"})
    assert (only(merchant).name, only(merchant).image) == ("Apron, blue", kept)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<svg onload='x'/>", "not a JPEG, PNG or WEBP"),
        (a_picture().read()[:900], "damaged"),
        (with_broken_details(), "damaged"),
    ],
)
def test_refuse_what_is_no_picture(admin: Client, merchant: Merchant, content: bytes, words: str) -> None:
    upload = SimpleUploadedFile("mug.jpg", content, "image/jpeg")
    answer = admin.post("/m/brew-bloom/rewards/new/", REWARD | {"picture": upload})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    with merchant_scope(merchant):
        assert not Reward.objects.exists()


def test_serve_no_other_merchants_picture(admin: Client, merchant: Merchant, other_merchant: Merchant) -> None:
    admin.post("/m/brew-bloom/rewards/new/", REWARD | {"picture": a_picture()})
    assert Client().get(pictures.address_of(other_merchant.slug, only(merchant).image)).status_code == 404

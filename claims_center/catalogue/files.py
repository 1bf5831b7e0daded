"""Files that are gifts: of known kinds, of bounded size, under names of our own."""

import re
import secrets
import unicodedata
import uuid
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.utils.translation import gettext as _

from claims_center.models import Promotion

MAX_BYTES = 20 * 1024 * 1024
# What a file of this ending begins with, at which place.
BEGINNINGS: dict[str, tuple[tuple[int, bytes], ...]] = {
    "pdf": ((0, b"%PDF-"),),
    "epub": ((0, b"PK\x03\x04"),),
    "zip": ((0, b"PK\x03\x04"),),
    "png": ((0, b"\x89PNG\r\n\x1a\n"),),
    "jpg": ((0, b"\xff\xd8\xff"),),
    "jpeg": ((0, b"\xff\xd8\xff"),),
    "mp3": ((0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")),
    "mp4": ((4, b"ftyp"),),
    "m4a": ((4, b"ftyp"),),
}
ENDINGS = ", ".join(sorted(BEGINNINGS))
UNSAFE = re.compile(r"[^\w.\- ]+")


def check(upload: Any) -> str:
    """Return the file's ending; raise ValidationError, fit to show, for a wrong kind or size."""
    ending = PurePath(upload.name).suffix.lower().removeprefix(".")
    if ending not in BEGINNINGS:
        raise ValidationError(_("Give a file of one of these kinds: %(kinds)s."), params={"kinds": ENDINGS})
    if upload.size > MAX_BYTES:
        raise ValidationError(_("The file is larger than 20 MB."))
    upload.seek(0)
    head = upload.read(32)
    upload.seek(0)
    if not any(head[at : at + len(mark)] == mark for at, mark in BEGINNINGS[ending]):
        raise ValidationError(_("The file is not what its ending “%(ending)s” says."), params={"ending": ending})
    return ending


def shown_name(upload: Any) -> str:
    """Return the name under which customers get the file."""
    plain = unicodedata.normalize("NFKC", PurePath(upload.name).name)
    path = PurePath(UNSAFE.sub("_", plain).strip(" ."))
    return f"{path.stem[:100]}{path.suffix.lower()}"


def store(merchant_id: uuid.UUID, upload: Any) -> str:
    """Keep the file under a name that cannot be guessed, and return its stored name."""
    ending = PurePath(upload.name).suffix.lower()
    return str(default_storage.save(f"gifts/{merchant_id}/{secrets.token_hex(16)}{ending}", upload))


def as_download(promotion: Promotion) -> HttpResponse:
    """Return a promotion's file under the name that customers see; browsers may save it, never open it in place."""
    try:
        opened = promotion.file.open()
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(opened, as_attachment=True, filename=promotion.file_name)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response  # type: ignore[return-value]

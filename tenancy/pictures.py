"""Pictures that merchants upload: taken apart and made anew, so that nothing but pixels reaches a page of ours."""

import hashlib
import io
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 8 * 1024 * 1024
MAX_PIXELS = 40_000_000
SIDE = 800


def encode(upload: Any) -> bytes:
    """Return the picture as WEBP of at most 800 pixels a side, upright, without metadata.

    Raises ValidationError, fit to show, for what is no picture, too large, or damaged.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(_("The picture is larger than 8 MB."))
    try:
        with Image.open(upload, formats=FORMATS) as picture:
            return _pixels_of(picture)
    except ValidationError:
        raise
    except UnidentifiedImageError as error:
        raise ValidationError(_("This is not a JPEG, PNG or WEBP picture.")) from error
    except Exception as error:
        # A file that was made to be wrong ends its reader in any way: a broken orientation alone by three kinds of error.
        raise ValidationError(_("The picture is damaged and could not be read.")) from error


def _pixels_of(picture: Image.Image) -> bytes:
    """Draw the pixels into a new image; profiles, positions and comments stay behind. Too many are not even read."""
    if picture.width * picture.height > MAX_PIXELS:
        raise ValidationError(_("The picture has more than 40 million pixels."))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((SIDE, SIDE))
    has_alpha = upright.has_transparency_data
    drawn = upright.convert("RGBA" if has_alpha else "RGB")
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    out = io.BytesIO()
    clean.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def store(merchant_id: object, data: bytes) -> str:
    """Keep a picture under a name made from its content and return its stored name; the same picture is kept once."""
    name = stored_name(merchant_id, f"{hashlib.sha256(data).hexdigest()[:40]}.webp")
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(data))
    return name


def stored_name(merchant_id: object, name: str) -> str:
    """Return where a merchant's picture of this name is kept."""
    return f"products/{merchant_id}/{name}"


def address_of(slug: str, stored: str) -> str:
    """Return the address of ours that serves a kept picture, "" where there is none."""
    return reverse("media", args=[slug, stored.rpartition("/")[2]]) if stored else ""

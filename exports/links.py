"""Links to a run's file: signed, good for a day, and of no use to whoever may not see the export."""

import uuid
from datetime import timedelta

from django.core import signing
from django.urls import reverse

GOOD_FOR = timedelta(hours=24)
_SALT = "exports.links"


def download_url(*, merchant_slug: str, run_id: uuid.UUID) -> str:
    """Return the address of a run's file, signed now."""
    token = signing.TimestampSigner(salt=_SALT, sep=".").sign(run_id.hex)
    return reverse("exports:run_file", args=[merchant_slug, run_id, token])


def is_good(token: str, run_id: uuid.UUID) -> bool:
    """Say whether a link's token was signed for this run within the last day."""
    try:
        return signing.TimestampSigner(salt=_SALT, sep=".").unsign(token, max_age=GOOD_FOR) == run_id.hex
    except signing.BadSignature:
        return False

"""Links in a reminder: each names a visit, is signed, and holds for a week."""

import uuid
from datetime import timedelta

from django.core import signing

RESUME, STOP = "claims_center.resume", "claims_center.stop"
VALID = timedelta(days=7)


def key_of(journey_id: uuid.UUID, purpose: str) -> str:
    """Return the last part of a link for this purpose, RESUME or STOP."""
    return signing.TimestampSigner(salt=purpose, sep=".").sign(journey_id.hex)


def journey_id_of(key: str, purpose: str) -> uuid.UUID | None:
    """Return the visit that a link names; None for one that is not ours, meant for something else, or too old."""
    try:
        return uuid.UUID(signing.TimestampSigner(salt=purpose, sep=".").unsign(key, max_age=VALID))
    except (signing.BadSignature, ValueError):
        return None

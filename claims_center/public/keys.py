"""Links in a reminder: each is signed. Those that name a visit hold for a week, the one that stops reminders always."""

import uuid
from datetime import timedelta

from django.core import signing

RESUME, STOP, NEVER = "claims_center.resume", "claims_center.stop", "claims_center.never"
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


def never_token(*, public_id: str, message_id: uuid.UUID) -> str:
    """Return the secret by which the reader of this mail wants no more of the kind; it begins with the merchant's id."""
    return signing.Signer(salt=NEVER, sep=".").sign(f"{public_id}.{message_id.hex}")


def message_id_of(token: str) -> uuid.UUID | None:
    """Return the mail that such a secret names; None for one that is not ours."""
    try:
        return uuid.UUID(signing.Signer(salt=NEVER, sep=".").unsign(token).partition(".")[2])
    except (signing.BadSignature, ValueError):
        return None

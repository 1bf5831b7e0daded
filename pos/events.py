"""What webhooks say of responses and redeemed rewards: the shapes of the answers, without anybody's code.

A code is worth money and this is kept in logs, ours and the receiver's; who needs it asks for it with a key.
"""

import uuid
import zoneinfo
from collections.abc import Sequence
from datetime import datetime

from loyalty.models import RedeemedReward
from offers.models import OfferResponse
from pos import answers, shapes
from pos.answers import Plain
from tenancy.models import Merchant
from tenancy.scope import current_merchant_id

# By the kind of document: the shape of the API's answer, and the field of it that messages leave out.
SHAPES: dict[str, tuple[type[shapes.Shape], str]] = {
    "response": (shapes.Response, "certificate_code"),
    "reward": (shapes.RedeemedReward, "code"),
}


def responses(ids: Sequence[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Plain]:
    """Return responses as they stand at `now`, by id, in two queries in the merchant's scope."""
    zone = zoneinfo.ZoneInfo(Merchant.objects.values_list("time_zone", flat=True).get(id=current_merchant_id()))
    found = OfferResponse.objects.select_related("offer").filter(id__in=ids)
    return {one.id: _as_told("response", answers.response(one, at=now, zone=zone)) for one in found}


def rewards(ids: Sequence[uuid.UUID], *, now: datetime) -> dict[uuid.UUID, Plain]:
    """Return redeemed rewards as they stand at `now`, by id, in one query in the merchant's scope."""
    found = RedeemedReward.objects.filter(id__in=ids)
    return {one.id: _as_told("reward", answers.redeemed_reward(one, at=now)) for one in found}


def _as_told(kind: str, values: Plain) -> Plain:
    return {key: value for key, value in values.items() if key != SHAPES[kind][1]}

"""Triggers of a thing that was cloned: the copy has them too, switched off until somebody has looked."""

import uuid
from datetime import datetime
from typing import Any

from triggers.models import Trigger


def copy_switched_off(*, model: type[Trigger], name: str, of: uuid.UUID, to: uuid.UUID, now: datetime) -> int:
    """Give a copy the triggers that are on for its original, switched off; return how many there are.

    `name` is the field of the triggers' `model` for what they give, `of` the original's id and `to` the copy's. In
    the caller's transaction and the merchant's scope. Whoever switches one on later begins there, not at the original.
    """
    rows: Any = model._default_manager
    copies = []
    for one in rows.filter(**{f"{name}_id": of}, is_active=True).order_by("event"):
        how = {"minimum_amount": one.minimum_amount, **one.more()}
        copies.append(model.made_with(event=one.event, is_active=False, active_since=now, **{f"{name}_id": to}, **how))
    rows.bulk_create(copies)
    return len(copies)

"""Switching triggers on and off."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.ids import new_id
from tenancy.places import SERVER
from tenancy.scope import current_merchant_id
from tenancy.seen import mark
from triggers import matching
from triggers.kit import Target
from triggers.models import Trigger
from triggers.states import Occasion

# From here on the journal is looked through: what is older was written before anything was switched on.
BEGIN = f"""
INSERT INTO triggers_triggerstate AS known (merchant_id, id, upto, server, stood_at, since)
VALUES (%(merchant)s, %(id)s, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, {SERVER},
    clock_timestamp(), clock_timestamp())
ON CONFLICT (merchant_id) DO UPDATE SET upto = excluded.upto, after_id = NULL, server = excluded.server,
    stood_at = excluded.stood_at, since = excluded.since, former_until = NULL WHERE %(anew)s
"""  # noqa: S608 - put together from a constant


class Stale(Exception):  # noqa: N818 - reads as what happened
    """Somebody else has changed these triggers since they were looked at."""

    def __str__(self) -> str:
        return _("Somebody else changed this meanwhile. Look at it again, then save.")


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a trigger shall be: `minimum` of a purchase, `flag` as the room of the target understands it."""

    minimum: Decimal | None = None
    flag: bool = False


@transaction.atomic
def switch(
    *,
    target: Target,
    subject_id: uuid.UUID,
    wanted: Mapping[Occasion, Wanted],
    seen: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Have a thing given by itself on these occasions and on no others.

    1. Locks the thing; what stands has to be what was ``seen`` (see `stamp`), else Stale.
    2. Where nothing was on before, the journal is looked through from now on.
    3. Switches on, changes and switches off; what is new or changed answers acts from ``now`` (UTC) on.
    4. Leaves one audit event; nothing changed is nothing done.
    """
    target.held(subject_id=subject_id)
    known = list(target.triggers_of(subject_id))
    if stamp(known) != seen:
        raise Stale
    before = as_facts(known)
    if wanted:
        _begin()
    for occasion in Occasion:
        standing = next((one for one in known if one.event == occasion), None)
        _set(target, subject_id, occasion, standing, wanted.get(occasion), now)
    after = as_facts(target.triggers_of(subject_id))
    if before != after:
        action, of = f"{target.name}.triggers_changed", (target.name, subject_id)
        audit(action=action, actor=actor, target=of, before=before, after=after)


def stamp(known: Any) -> str:
    """Return a fingerprint of triggers as they stand, for a form to bring back."""
    return mark(sorted(as_facts(known).items()))


def as_facts(known: Any) -> dict[str, Any]:
    """Return the triggers that are on, as the audit log keeps them."""
    return {
        one.event: {"minimum_amount": None if one.minimum_amount is None else str(one.minimum_amount)} | one.more()
        for one in known
        if one.is_active
    }


def _begin() -> None:
    anew = not matching.armed(events=Occasion.values)
    with connection.cursor() as cursor:
        cursor.execute(BEGIN, {"merchant": current_merchant_id(), "id": new_id(), "anew": anew})


def _set(
    target: Target,
    subject_id: uuid.UUID,
    occasion: Occasion,
    standing: Trigger | None,
    wanted: Wanted | None,
    now: datetime,
) -> None:
    if wanted is None:
        if standing is not None and standing.is_active:
            standing.is_active = False
            standing.save(update_fields=["is_active"])
        return
    made = standing or target.model.made_with(event=occasion.value, **{f"{target.name}_id": subject_id})
    was = None if standing is None or not standing.is_active else (standing.minimum_amount, standing.more())
    made.minimum_amount, made.is_active = wanted.minimum, True
    made.take_flag(wanted.flag)
    if was != (made.minimum_amount, made.more()):
        made.active_since = now
        made.save(force_insert=standing is None)

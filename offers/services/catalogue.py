"""What staff may do to offers. Each change leaves an audit event with what was and is."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from offers.errors import NotAllowed, StaleVersion
from offers.models import Offer, OfferResponse
from offers.models.trigger import OfferTrigger
from offers.services import stock
from tenancy.actors import Actor
from tenancy.audit import audit
from tenancy.changes import TransactionId
from triggers.copying import copy_switched_off

FIELDS = (
    "name",
    "description",
    "terms",
    "image",
    "offer_type",
    "percent",
    "amount",
    "multiplier",
    "buy_quantity",
    "get_quantity",
    "items",
    "minimum_amount",
    "currency",
    "effectivity_kind",
    "effectivity_from",
    "effectivity_to",
    "effectivity_after_days",
    "effectivity_days",
    "weekdays",
    "minute_from",
    "minute_to",
    "response_kind",
    "response_from",
    "response_to",
    "response_after_days",
    "response_days",
    "usage_kind",
    "usage_from",
    "usage_to",
    "usage_after_days",
    "usage_days",
    "days_valid",
    "is_claimable",
    "needs_clip",
    "has_shipping",
    "total_limit",
    "member_limit",
    "code_source",
    "pool_id",
)


@transaction.atomic
def create_offer(*, values: Mapping[str, Any], actor: Actor, now: datetime) -> Offer:
    """Make an offer, not published yet: saves it, opens the counters of its limits, audits. ``values``: see FIELDS."""
    offer: Offer = Offer.made_with(**values, created_at=now)
    offer.save(force_insert=True)
    stock.count(offer=offer)
    audit(action="offer.created", actor=actor, target=("offer", offer.id), after=_facts(offer))
    return offer


@transaction.atomic
def update_offer(*, offer_id: uuid.UUID, values: Mapping[str, Any], version: int, actor: Actor, now: datetime) -> Offer:
    """Change an offer that somebody looked at in its ``version``.

    1. Locks it against new responses too, so that limits and counters change together.
    2. Saves, counts anew what is taken of limited ones, carries a new name to the responses.
    3. Audits what changed; nothing changed is nothing done.

    Responses that stand keep their type, periods and validity. Raises StaleVersion, NotAllowed (the type of an offer
    that has responses).
    """
    offer: Offer = Offer.objects.select_for_update().get(id=offer_id)
    if offer.version != version:
        raise StaleVersion
    before = _facts(offer)
    for name, value in values.items():
        setattr(offer, name, value)
    after = _facts(offer)
    if before == after:
        return offer
    if before["offer_type"] != after["offer_type"] and OfferResponse.objects.filter(offer=offer).exists():
        raise NotAllowed(_("The type of an offer that has responses cannot change. Clone it instead."))
    offer.version += 1
    offer.save()
    stock.count(offer=offer)
    if before["name"] != after["name"]:
        OfferResponse.objects.filter(offer=offer).update(offer_name=offer.name, change_xid=TransactionId())
    audit(action="offer.changed", actor=actor, target=("offer", offer.id), before=before, after=after)
    return offer


@transaction.atomic
def publish_offer(*, offer_id: uuid.UUID, actor: Actor, now: datetime) -> Offer:
    """Let members see an offer from its effectivity on, and audit it. ``now`` becomes its publish date, once."""
    offer: Offer = Offer.objects.select_for_update().get(id=offer_id)
    if offer.archived_at is not None:
        raise NotAllowed(_("Bring the offer back from the archive first."))
    if offer.published_at is not None:
        return offer
    offer.published_at = now
    _bump(offer, "published_at")
    audit(action="offer.published", actor=actor, target=("offer", offer.id))
    return offer


@transaction.atomic
def unpublish_offer(*, offer_id: uuid.UUID, actor: Actor, now: datetime) -> Offer:
    """Take an offer out of sight, and audit it. Responses that stand stay as they are. Twice is once."""
    offer: Offer = Offer.objects.select_for_update().get(id=offer_id)
    if offer.published_at is None:
        return offer
    offer.published_at = None
    _bump(offer, "published_at")
    audit(action="offer.unpublished", actor=actor, target=("offer", offer.id))
    return offer


@transaction.atomic
def clone_offer(*, offer_id: uuid.UUID, op_key: uuid.UUID, actor: Actor, now: datetime) -> Offer:
    """Make another offer like this one, with "copy" behind its name, not published. Copies its triggers, audits.

    ``op_key`` becomes its id, so that the same request makes one. The copies of triggers are switched off.
    """
    known: Offer | None = Offer.objects.filter(id=op_key).first()
    if known is not None:
        return known
    offer: Offer = Offer.objects.get(id=offer_id)
    offer.id, offer.created_at, offer.version = op_key, now, 1
    offer.published_at = offer.archived_at = None
    offer.name = _("%(name)s (copy)") % {"name": offer.name[:110]}
    offer._state.adding = True
    offer.save(force_insert=True)
    stock.count(offer=offer)
    triggers = copy_switched_off(model=OfferTrigger, name="offer", of=offer_id, to=offer.id, now=now)
    after = {"of": str(offer_id), "triggers_off": triggers}
    audit(action="offer.cloned", actor=actor, target=("offer", offer.id), after=after)
    return offer


@transaction.atomic
def archive_offer(*, offer_id: uuid.UUID, archived: bool, actor: Actor, now: datetime) -> Offer:
    """Take an offer out of the catalogue, or back into it, and audit it. Responses stay valid. Twice is once."""
    offer: Offer = Offer.objects.select_for_update().get(id=offer_id)
    if (offer.archived_at is not None) == archived:
        return offer
    offer.archived_at = now if archived else None
    _bump(offer, "archived_at")
    audit(action="offer.archived" if archived else "offer.restored", actor=actor, target=("offer", offer.id))
    return offer


def _bump(offer: Offer, field: str) -> None:
    offer.version += 1
    offer.save(update_fields=[field, "version", "change_xid"])


def _facts(offer: Offer) -> dict[str, Any]:
    return {name: getattr(offer, name) for name in FIELDS}
